"""Fields that change, value by value: lists by what comes and goes, nested values path by path, nothing cut off."""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import field

from pydantic import JsonValue

from mqinfra.model.change import Action, Change, FieldDifference, Moved
from mqinfra.model.form import Form
from mqinfra.model.frozen import copied, dataclass
from mqinfra.model.setting import Unit
from mqinfra.model.span import Path
from mqinfra.model.spec import Mutability
from mqinfra.model.wording import in_words
from mqinfra.render.terminal import clean
from mqinfra.render.value import field_name, parsed, shown
from mqinfra.render.view.members import parted, unsigned

_NOTHING = frozenset[str]()
_ABSENT = "absent"
_MOST_LINES = 2000
_NESTED = 2
_BESIDE = frozenset(("revision",))


@dataclass(frozen=True, slots=True)
class Field:
    """One line about a field.

    Attributes:
        name: its path.
        before: the value that is there; None where a resource is created, or only `minus` and `plus` matter.
        after: the value that will be there; None where it is deleted, or only `minus` and `plus` matter.
        minus: what a list loses.
        plus: what a list gains.
        note: what the values do not say.
        stay: what is in a list before and after.
        short: its name without the word for all settings of a broker; empty where that is no less.
    """

    name: str
    before: str | None = None
    after: str | None = None
    minus: Sequence[str] = ()
    plus: Sequence[str] = ()
    note: str = ""
    stay: Sequence[str] = ()
    short: str = field(default="", compare=False)


Known = dict[int, tuple[FieldDifference, Field]]
"""What was written of fields that many new resources share, by their identity: values may not be hashed. The field is
kept with it, so that no other one takes its identity."""


def fields_of(change: Change, known: Known | None = None) -> list[Field]:
    """What changes, or what is made or deleted; of what is deleted, what it was, unless its name says so.

    Args:
        change: the change.
        known: what was written of changes before it, to be read and written.
    """
    creates, pairs = change.action is Action.CREATE, change.address.pairs
    named = {key for key, _ in pairs} if pairs and (creates or change.action is Action.DELETE) else _NOTHING
    if change.action is Action.DELETE:
        return [
            Field(field_name(path), before=_written(value, None))
            for path, value in _leaves((), dict(change.before or {}))
            if path[:1] and path[0] not in named
        ]
    differences = [difference for difference in change.differences if difference.path[0] not in named]
    if not differences:
        return []
    several = _several([difference.path[-1] for difference in differences])
    if not creates:
        return [_shortened(row, difference, several) for difference in differences for row in _rows(difference)]
    rows: list[Field] = []
    known = {} if known is None else known
    for difference in differences:
        rows.append(_new(difference, several) if several else _written_once(difference, known))
        rows += _elsewhere(difference) if difference.nodes else ()
    return rows


def _several(names: Sequence[str]) -> Collection[str]:
    """Names that occur more than once."""
    distinct = set(names)
    return () if len(distinct) == len(names) else [name for name, times in Counter(names).items() if times > 1]


def _written_once(difference: FieldDifference, known: Known) -> Field:
    """The field, of which no other of its resource ends as it does; of what many resources share it is written once."""
    found = known.get(id(difference))
    if found is None:
        found = known[id(difference)] = difference, _new(difference, ())
    return found[1]


def _new(difference: FieldDifference, several: Collection[str]) -> Field:
    """A field of what is created; a text that carries JSON by what it carries."""
    name, value = field_name(difference.path), parsed(difference.after)
    written = _or_default(value if _nested(value) else difference.after, difference)
    return Field(name, after=written, note=_note(difference, creates=True), short=_short(name, difference, several))


def _shortened(row: Field, difference: FieldDifference, several: Collection[str]) -> Field:
    short = _short(row.name, difference, several)
    return copied(row, short=short) if short else row


def _short(name: str, difference: FieldDifference, several: Collection[str]) -> str:
    """A setting is told from all others by its own name, and what is inside of its value by that."""
    path = difference.path
    if not name or len(path) != _NESTED or path[-1] in several:
        return ""
    return name.removeprefix(f"{clean(path[0])}.")


def _rows(difference: FieldDifference) -> Iterator[Field]:
    name, note = field_name(difference.path), _note(difference, creates=False)
    before, after = parsed(difference.before), parsed(difference.after)
    if difference.nodes and not differ(before, after):
        yield from _on_nodes(difference, name, note)
        return
    elif difference.form is not None and parted(difference.form, difference.before, difference.after) is not None:
        yield _between(name, difference.before, difference.after, note, difference.form)
    elif isinstance(before, str) and isinstance(after, str) and max(before.count("\n"), after.count("\n")) > 0:
        yield _lines(name, before, after, note)
    elif isinstance(before, dict | list) and isinstance(after, dict | list) and differ(before, after):
        for path, one, other in _inner(difference.path, before, after):
            yield _between(field_name(path), one, other, note, difference.form)
            note = ""
    else:
        texts = _before(difference), _or_default(difference.after, difference)
        yield Field(name, *(texts if texts[0] != texts[1] else _typed(difference.before, difference.after)), note=note)
    yield from _elsewhere(difference)


def _elsewhere(difference: FieldDifference) -> Iterator[Field]:
    """What the nodes have that don't have what is wanted."""
    for node, value in difference.nodes.items():
        yield Field("", _ABSENT if value is None else _written(value, difference.unit), note=f"on {clean(node)}")


def _on_nodes(difference: FieldDifference, name: str, note: str) -> Iterator[Field]:
    """A value that only some nodes don't have."""
    after = _or_default(difference.after, difference)
    places = {f"{what} on {node}" for node in difference.nodes for what in ("differs", "missing")}
    kept = "" if note in map(clean, places) else note
    for node, value in difference.nodes.items():
        said = ", ".join(filter(None, (f"on {clean(node)}", kept)))
        if isinstance(value, list):
            yield _between(name, value, difference.after, said, difference.form)
        else:
            yield Field(name, _ABSENT if value is None else _written(value, difference.unit), after, note=said)
        name, kept = "", ""


def _lines(name: str, before: str, after: str, note: str) -> Field:
    """A text of several lines by those that change; of a very long one, both as a whole."""
    one, other = before.splitlines(), after.splitlines()
    if max(len(one), len(other)) > _MOST_LINES:
        return Field(name, clean(before), clean(after), note=note)
    # The first two lines name the files, and `@@` says where; a text's own lines begin with one sign.
    import difflib  # noqa: PLC0415 - few plans change long texts

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
    if isinstance(value, dict | list):
        return clean(_reference(value) or in_words(value))
    return clean(in_words(value))


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


class _Absent:
    """A key that one of two mappings does not have; null is a value."""


_MISSING = _Absent()
Value = JsonValue | _Absent


def _between(name: str, one: Value, other: Value, note: str, form: Form | None) -> Field:
    """One value, or one inside a nested one: what has members by those that come and go."""
    if not isinstance(one, _Absent) and not isinstance(other, _Absent):
        parts = parted(form, one, other)
        if parts is not None:
            some = (parts.minus, parts.plus, parts.stay)
            minus, plus, stay = ([_written(unsigned(form, item), None) for item in members] for members in some)
            return Field(name, minus=minus, plus=plus, note=note, stay=stay)
    texts = _word(one), _word(other)
    if texts[0] == texts[1] and not isinstance(one, _Absent) and not isinstance(other, _Absent):
        texts = _typed(one, other)
    return Field(name, *texts, note=note)


def _word(value: Value) -> str:
    return _ABSENT if isinstance(value, _Absent) else _written(value, None)


def _typed(one: JsonValue, other: JsonValue) -> tuple[str, str]:
    """Two values that read alike, `12` and `"12"`, so that their types are seen."""
    return clean(json.dumps(one, ensure_ascii=False)), clean(json.dumps(other, ensure_ascii=False))


def _inner(path: tuple[str, ...], before: JsonValue, after: JsonValue) -> Iterator[tuple[Path, Value, Value]]:
    """Walk two nested values side by side, without recursion since their depth is not ours to choose."""
    stack: list[tuple[Path, Value, Value]] = [(path, before, after)]
    while stack:
        here, one, other = stack.pop()
        if isinstance(one, dict) and isinstance(other, dict):
            stack += [
                ((*here, key), one.get(key, _MISSING), other.get(key, _MISSING))
                for key in reversed([*one, *(key for key in other if key not in one)])
                if key not in one or key not in other or differ(one[key], other[key])
            ]
        elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other) and any(map(_nested, one)):
            stack += [
                ((*here, str(i)), one[i], other[i]) for i in reversed(range(len(one))) if differ(one[i], other[i])
            ]
        else:
            yield here, one, other


def _nested(value: JsonValue) -> bool:
    return isinstance(value, dict | list)


def differ(one: JsonValue, other: JsonValue) -> bool:
    """Whether two values are not the same JSON: Python takes true for 1."""
    return one != other or json.dumps(one, sort_keys=True) != json.dumps(other, sort_keys=True)


def _leaves(path: tuple[str, ...], value: JsonValue) -> Iterator[tuple[tuple[str, ...], JsonValue]]:
    """Every value inside a nested one, without recursion, since its depth is not ours to choose."""
    stack = [(path, value)]
    while stack:
        here, one = stack.pop()
        if isinstance(one, dict) and one:
            stack += [((*here, key), item) for key, item in reversed(one.items())]
        else:
            yield here, one
