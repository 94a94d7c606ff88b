"""A comment as a host reads it: what is prose, what is code, what is HTML."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token

OUR_HTML = re.compile(
    r"<!-- mqinfra:[a-z]+:[A-Za-z0-9._%-]+/[A-Za-z0-9._%-]+ -->|"
    r"<details><summary>[A-Za-z0-9 ,()]+</summary>|</details>|<br>"
)
OUR_TOKENS = frozenset(
    (
        *("heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "fence", "html_block"),
        *("text", "code_inline", "html_inline", "strong_open", "strong_close", "softbreak"),
        *("blockquote_open", "blockquote_close"),
        *(f"{what}_{end}" for what in ("table", "thead", "tbody", "tr", "th", "td") for end in ("open", "close")),
    )
)


@dataclass
class Read:
    """What a Markdown reader makes of a comment."""

    prose: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    spans: list[str] = field(default_factory=list)
    fences: list[str] = field(default_factory=list)
    rows: list[list[list[str]]] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    @property
    def code(self) -> str:
        """All that stands in code, with lines that were wrapped put together again."""
        return " ".join(" ".join([*self.fences, *self.spans]).split())


def read(markdown: str) -> Read:
    """Parse a comment as CommonMark with the tables of GitHub."""
    found = Read()
    for token in _flat(MarkdownIt("commonmark").enable("table").parse(markdown)):
        match token.type:
            case "text":
                found.prose.append(token.content)
            case "code_inline":
                found.spans.append(token.content)
                if found.rows and found.rows[-1]:
                    found.rows[-1][-1].append(token.content)
            case "fence":
                found.fences.append(token.content)
            case "html_block" | "html_inline":
                found.html += [line for line in token.content.splitlines() if line]
            case "tr_open":
                found.rows.append([])
            case "td_open":
                found.rows[-1].append([])
            case "table_close":
                found.rows.append([])
        if token.type not in OUR_TOKENS:
            found.foreign.append(token.type)
    found.rows = [row for row in found.rows if row]
    return found


def assert_only_ours(found: Read) -> None:
    """Nothing but what we wrote has a meaning: no link, no HTML, no mention, no reference."""
    assert not found.foreign
    assert [html for html in found.html if not OUR_HTML.fullmatch(html)] == []
    for text in found.prose:
        assert not set(text) & set("<@#[&\\`|$_~"), text
        assert "http" not in text
        assert "www" not in text
    opened = [html for html in found.html if html.startswith("<details>")]
    assert found.html.count("</details>") == len(opened)


def _flat(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _flat(token.children or ())
