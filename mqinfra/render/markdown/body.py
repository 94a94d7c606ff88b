"""The body of a comment in its budget: what is grave first and for as long as anything can be named, notes last.

Hosts cut comments that are too long (GitHub at 65,536 characters). What destroys or is blocked is named for as long as
anything can be; then creates are folded, then updates, to names and numbers, which the body says.
"""

from collections.abc import Iterable, Sequence

from mqinfra.model.frozen import dataclass
from mqinfra.render.markdown.escape import fenced, marker, name, size
from mqinfra.render.markdown.sections import Filled, Section

BUDGET = 60_000
"""Bytes of UTF-8, with room for what else a workflow writes beside it."""
_FOLDING = 400


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the changes.

    Attributes:
        head: what the comment is, and what the changes come to.
        tail: what to do now.
        notes: what else is to be said; it is left out where there is no room.
    """

    head: str
    tail: str
    notes: str


def body(frame: Frame, sections: Sequence[Section], budget: int) -> str:
    """Put it together in the budget: everything, else first what is grave, then notes that are short, then the rest."""
    text = _joined(frame, (section.whole for section in sections), frame.notes)
    if size(text) <= budget:
        return text
    room = budget - size(frame.head) - size(frame.tail) - _FOLDING - len(sections) - 2
    notes = frame.notes if size(frame.notes) <= room // 10 else ""
    room -= size(notes)
    filled: list[Filled] = []
    for at, section in enumerate(sections):
        later = min(sum(one.least for one in sections[at + 1 :]), room // 2)
        filled.append(section.fill(room - later))
        room -= size(filled[-1].text)
    folding = _folding(sections, filled, notes_left=notes != frame.notes)
    return _joined(frame, (one.text for one in filled), notes, folding)


def _joined(frame: Frame, texts: Iterable[str], notes: str, folding: str = "") -> str:
    parts = [frame.head, folding, *texts, notes, frame.tail]
    return "\n".join(part for part in parts if part)


def _folding(sections: Sequence[Section], filled: Sequence[Filled], *, notes_left: bool) -> str:
    """Say what is missing, most of all of what destroys."""
    total = sum(section.number for section in sections)
    parts = [
        f"{sum(one.whole for one in filled):,} of {total:,} changes in full",
        f"{sum(one.named for one in filled):,} by name",
        f"{sum(one.counted for one in filled):,} counted",
    ]
    missing = sum(one.counted for section, one in zip(sections, filled, strict=True) if section.heading.grave)
    if missing:
        grave = sum(section.number for section in sections if section.heading.grave)
        verb = "is" if missing == 1 else "are"
        parts.append(f"**{missing:,} of {grave:,} destructive or blocked changes {verb} not shown**")
    parts += ["updates without their places"] if any(one.dense for one in filled) else []
    parts += ["notes left out"] if notes_left else []
    return f"> Shortened to fit a comment: {', '.join(parts)}. The job's log has it all.\n"


def head(what: str, project: str, environment: str, paragraphs: Iterable[str]) -> str:
    """The hidden marker, and what a comment says before the changes.

    Args:
        what: kind of the comment, a word of ours.
        project: the project's name.
        environment: the environment's name.
        paragraphs: the rest of the headline, and what follows it, as Markdown.
    """
    first, *others = (text.rstrip("\n") for text in paragraphs)
    title = f"{marker(what, project, environment)}\n### {name(project)} / {name(environment)}{first}"
    return "\n\n".join([title, *others]) + "\n"


def folded(heading: str, lines: Sequence[str]) -> str:
    """Lines that are opened by a click; nothing where there are none."""
    if not lines:
        return ""
    return f"<details><summary>{heading}</summary>\n\n{fenced(lines)}\n</details>\n"
