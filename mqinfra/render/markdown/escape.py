"""The one choke point of Markdown: what somebody else wrote stands in code, and nowhere else.

Inside fences and code spans that are longer than any run of backticks in them, no host finds mentions, references,
links, HTML or quick actions. Entities and backslashes would not do: hosts look for mentions in what is left after
those were read.
"""

import re
from collections.abc import Iterable, Sequence

from mqinfra.render.terminal import clean, cut, document

_BACKTICKS = re.compile(r"`+")
_UNMARKED = re.compile(r"[^A-Za-z0-9._-]|(?<=-)-")
_SHORT = 200


def marker(what: str, project: str, environment: str) -> str:
    """The hidden first line by which a bot finds its own comment again.

    Args:
        what: kind of the comment, a word of ours.
        project: the project's name.
        environment: the environment's name.
    """
    words = [_UNMARKED.sub(lambda match: f"%{ord(match[0]):X}", word) for word in (project, environment)]
    return f"<!-- mqinfra:{what}:{'/'.join(words)} -->"


def fenced(lines: Iterable[str], language: str = "") -> str:
    """Put lines into a fence that nothing in them can close."""
    text = document(lines)
    fence = "`" * max(3, len(longest_run(text)) + 1)
    return f"{fence}{language}\n{text}{fence}\n"


def code(text: str) -> str:
    """Put a text of somebody else's into a code span that nothing in it can close."""
    shown = clean(text)
    ticks = longest_run(shown) + "`"
    pad = " " if shown[:1] in ("`", " ") or shown[-1:] in ("`", " ") or not shown else ""
    return f"{ticks}{pad}{shown}{pad}{ticks}"


def name(text: str) -> str:
    """A word of somebody else's in the middle of a sentence of ours: as code, and not for ever."""
    return code(cut(clean(text), _SHORT))


def row(cells: Iterable[Sequence[str]]) -> str:
    """One row of a table. Each cell holds texts of somebody else's, one below the other."""
    texts = ["<br>".join(code(text).replace("|", "\\|") for text in cell) for cell in cells]
    return f"| {' | '.join(texts)} |"


def table(heads: Sequence[str], rows: Iterable[str]) -> str:
    """A table of rows that `row` made, under heads that are words of ours."""
    return "\n".join([f"| {' | '.join(heads)} |", "|---" * len(heads) + "|", *rows, ""])


def size(text: str) -> int:
    """How much of a budget a text takes: bytes, of which there are never fewer than of anything that a host counts."""
    return len(text.encode())


def longest_run(text: str) -> str:
    """The longest run of backticks in a text."""
    return max(_BACKTICKS.findall(text), key=len, default="")
