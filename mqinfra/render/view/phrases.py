"""Fields of a change in phrases: every value that changes, and of very long ones the place where they differ."""

from collections.abc import Sequence

from mqinfra.model.frozen import dataclass
from mqinfra.render.terminal import clean, cut
from mqinfra.render.value import limited
from mqinfra.render.view.changes import ChangeItem
from mqinfra.render.view.consequences import with_costs
from mqinfra.render.view.fields import Field
from mqinfra.render.view.names import alike_for

_LONG = 300
_AROUND = 40
_LONGEST = 2000
_MOST_ITEMS = 4000
LONG_NEW_VALUE = 400
"""Characters that are shown of a value of something new."""


@dataclass(frozen=True, slots=True)
class FieldText:
    """What is said of a field, or of all of them.

    Attributes:
        name: the field; empty where it is said of all.
        text: its values, with what the change of it takes.
    """

    name: str
    text: str

    def __str__(self) -> str:
        return f"{self.name} {self.text}".strip()


def field_texts(change: ChangeItem) -> list[FieldText]:
    """What is said of the fields of a change; nothing of those of what is deleted."""
    if change.summary:
        return [FieldText("", change.summary)]
    if change.action == "delete":
        return []
    if change.action == "create":
        return [
            FieldText(field.short or field.name, _noted(cut(field.after or '""', LONG_NEW_VALUE), field))
            for field in telling_first(change.fields)
        ]
    texts: list[FieldText] = []
    for field, cost in with_costs(change.fields, change.costs):
        text = _noted(_changed(field), field)
        texts.append(FieldText(field.short or field.name, f"{text}: {cost}" if cost else text))
    return texts


def beside(change: ChangeItem) -> set[str]:
    """Names of the fields beside which their first cost stands."""
    if change.summary or change.action in ("create", "delete"):
        return set()
    return {field.name for field in change.fields if field.name}


def _noted(value: str, field: Field) -> str:
    return f"{value} ({field.note})" if field.note else value


def _changed(field: Field) -> str:
    if field.minus or field.plus:
        return _items([*(f"- {item}" for item in field.minus), *(f"+ {item}" for item in field.plus)])
    if field.after is None:
        return limited(field.before or "", _LONGEST)
    before, after = _differing(field.before or '""', field.after or '""')
    return f"{limited(before, _LONGEST)} -> {limited(after, _LONGEST)}"


def _items(items: Sequence[str]) -> str:
    kept: list[str] = []
    room = _MOST_ITEMS
    for item in items:
        text = limited(item, _LONGEST)
        room -= len(text)
        if room < 0:
            break
        kept.append(text)
    left = len(items) - len(kept)
    return " ".join([*kept, *([f"and {left:,} more"] if left else [])])


def _differing(one: str, other: str) -> tuple[str, str]:
    """Two long texts without what both begin and end with, but for a few characters around the place."""
    if max(len(one), len(other)) <= _LONG:
        return one, other
    start = alike_for(one, other)
    end = alike_for(one[start:][::-1], other[start:][::-1])
    return _around(one, start, end), _around(other, start, end)


def _around(text: str, start: int, end: int) -> str:
    first, last = max(start - _AROUND, 0), min(len(text) - end + _AROUND, len(text))
    # Cutting makes new words, which may be a command to a CI runner only now.
    return clean(f"{'...' if first else ''}{text[first:last]}{'...' if last < len(text) else ''}")


def telling_first(fields: Sequence[Field]) -> list[Field]:
    """Of a new resource, first what makes it what it is, then the broker's own keys, and last switches and nothings."""
    return sorted(fields, key=_says_little)


def _says_little(field: Field) -> int:
    if field.after in ("", "[]", "{}", "0", "true", "false"):
        return 2
    return 1 if "." in field.name else 0
