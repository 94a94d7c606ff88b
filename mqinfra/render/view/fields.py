"""Fields that change, value by value: lists by what comes and goes, nested values path by path, nothing cut off."""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from mqinfra.model.change import Action, Change, FieldDifference, Moved
from mqinfra.model.setting import Unit
from mqinfra.model.spec import Mutability
from mqinfra.model.wording import in_words
from mqinfra.render.terminal import clean
from mqinfra.render.value import field_name, parsed, shown

_ABSENT = "absent"
_MOST_LINES = 2000
_BESIDE = frozenset(("revision",))


@dataclass(frozen=True)
class Field:
    """One line about a field.

    Attributes:
        name: its path.
        before: the value that is there; None where a resource is created, or only `minus` and `plus` matter.
        after: the value that will be there; None where it is deleted, or only `minus` and `plus` matter.
        minus: what a list loses.
        plus: what a list gains.
        note: what the values do not say.
    """

    name: str
    before: str | None = None
    after: str | None = None
    minus: Sequence[str] = ()
    plus: Sequence[str] = ()
    note: str = ""


def fields_of(change: Change) -> list[Field]:
    """What changes, or what is made or deleted; of what is deleted, what it was."""
    if change.action is Action.DELETE:
        return [
            Field(name, before=_written(value, None))
            for path, value in _leaves((), dict(change.before or {}))
            for name in [field_name(path)]
        ]
    creates = change.action is Action.CREATE
    return [field for difference in change.differences for field in _rows(difference, creates=creates)]


def _rows(difference: FieldDifference, *, creates: bool) -> Iterator[Field]:
    name, note = field_name(difference.path), _note(difference, creates=creates)
    before, after = parsed(difference.before), parsed(difference.after)
    if creates:
        yield Field(name, after=_or_default(difference.after, difference), note=note)
    elif isinstance(before, list) and isinstance(after, list):
        old, new = [_written(item, None) for item in before], [_written(item, None) for item in after]
        minus, plus = [item for item in old if item not in new], [item for item in new if item not in old]
        if minus or plus:
            yield Field(name, minus=minus, plus=plus, note=note)
        else:
            yield Field(name, ", ".join(old), ", ".join(new), note=note)
    elif isinstance(before, dict) and isinstance(after, dict):
        for path, one, other in _inner(difference.path, before, after):
            yield Field(field_name(path), one, other, note=note)
            note = ""
    elif isinstance(before, str) and isinstance(after, str) and max(before.count("\n"), after.count("\n")) > 0:
        yield _lines(name, before, after, note)
    else:
        yield Field(name, _before(difference), _or_default(difference.after, difference), note=note)
    for node, value in difference.nodes.items():
        yield Field("", _ABSENT if value is None else _written(value, difference.unit), note=f"on {clean(node)}")


def _lines(name: str, before: str, after: str, note: str) -> Field:
    """A text of several lines by those that change; of a very long one, both as a whole."""
    one, other = before.splitlines(), after.splitlines()
    if max(len(one), len(other)) > _MOST_LINES:
        return Field(name, clean(before), clean(after), note=note)
    # The first two lines name the files, and `@@` says where; a text's own lines begin with one sign.
    changed = list(difflib.unified_diff(one, other, lineterm="", n=0))[2:]
    minus, plus = ([clean(line[1:]) for line in changed if line[0] == sign] for sign in "-+")
    return Field(name, minus=minus, plus=plus, note=note)


def _note(difference: FieldDifference, *, creates: bool) -> str:
    notes = [clean(difference.note)] if difference.note else []
    if difference.mutability is Mutability.IMMUTABLE and not creates:
        notes.append("immutable")
    if difference.moved in (Moved.DRIFT, Moved.BOTH):
        notes.append(f"drift: applied as {_written(difference.recorded, difference.unit)}")
    return ", ".join(notes)


def _before(difference: FieldDifference) -> str:
    if difference.secret and difference.before is None:
        return "another value"
    return _or_default(difference.before, difference)


def _or_default(value: JsonValue, difference: FieldDifference) -> str:
    if value is None and difference.inherited is not None:
        return f"broker default ({_written(difference.inherited, difference.unit)})"
    return _written(value, difference.unit)


def _written(value: JsonValue, unit: Unit | None) -> str:
    if unit is not None and isinstance(value, int) and not isinstance(value, bool):
        return shown(value, unit)
    return clean(_reference(value) or in_words(value))


def _reference(value: JsonValue) -> str:
    """Where a secret comes from; empty for any other value."""
    match value:
        case {"env": str(name), **rest} if rest.keys() <= _BESIDE:
            return f"from ${name}"
        case {"file": str(name), **rest} if rest.keys() <= _BESIDE:
            return f"from {name}"
        case [_, *_] if all(map(_reference, value)):
            return ", ".join(map(_reference, value))
        case _:
            return ""


def _inner(
    path: tuple[str, ...], before: dict[str, JsonValue], after: dict[str, JsonValue]
) -> Iterator[tuple[tuple[str, ...], str, str]]:
    old, new = dict(_leaves(path, before)), dict(_leaves(path, after))
    for key in dict.fromkeys((*old, *new)):
        one = _written(old[key], None) if key in old else _ABSENT
        other = _written(new[key], None) if key in new else _ABSENT
        if one != other:
            yield key, one, other


def _leaves(path: tuple[str, ...], value: JsonValue) -> Iterator[tuple[tuple[str, ...], JsonValue]]:
    """Every value inside a nested one, without recursion, since its depth is not ours to choose."""
    stack = [(path, value)]
    while stack:
        here, one = stack.pop()
        if isinstance(one, dict) and one:
            stack += [((*here, key), item) for key, item in reversed(one.items())]
        else:
            yield here, one
