"""Values and differences for people: `7d -> 3d (259200000 ms)`, nested values by path, long texts by line.

Separate because plans, Markdown and inventories of fields must write the same value the same way.
"""

import difflib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from mqinfra.model.change import FieldDifference
from mqinfra.model.setting import Unit
from mqinfra.model.unit import format_bytes, format_ms
from mqinfra.render.terminal import clean, plural

_LONG = 120
# A rule of an access list that a reviewer does not see is a hole; only what nobody reads any more is cut.
_LONG_LIST = 4000
_MOST_ROWS = 30
_MOST_LINES = 2000
_PLAIN_TEXT = re.compile(r"[^\s\"'`]+")
_LOOKS_TYPED = re.compile(r"[+-]?[\d.]+([eE][+-]?\d+)?|true|false|null")


class _Absent:
    """A key that one of two mappings does not have; null is a value."""


_ABSENT = _Absent()


@dataclass(frozen=True, slots=True)
class Row:
    """One line about a field.

    Attributes:
        name: the field, as in the manifest: `config.retention.ms`; empty for a line that belongs to the one above.
        text: its value, or before and after.
    """

    name: str
    text: str


def field_name(path: tuple[str, ...]) -> str:
    """Write a path the way people type it in selectors and `lifecycle.ignore`."""
    return clean(".".join(path))


def shown(value: JsonValue, unit: Unit | None = None) -> str:
    """Write a value on one line, in the largest unit that fits it; None is the broker's default."""
    match value:
        case None:
            return "broker default"
        case bool():
            return "true" if value else "false"
        case int() if unit is not None:
            return format_ms(value) if unit is Unit.MS else format_bytes(value)
        case str():
            return _text(value)
        case dict():
            inside = ", ".join(f"{clean(key)}: {_inside(item)}" for key, item in value.items())
            return _limited("{" + inside + "}", _LONG_LIST)
        case list():
            return _limited("[" + ", ".join(map(_inside, value)) + "]", _LONG_LIST)
        case _:
            return str(value)


def _inside(value: JsonValue) -> str:
    return "null" if value is None else shown(value)


def _text(value: str) -> str:
    if _PLAIN_TEXT.fullmatch(value) and not _LOOKS_TYPED.fullmatch(value):
        return _limited(clean(value))
    return _limited('"' + clean(value).replace('"', '\\"') + '"')


def _limited(text: str, most: int = _LONG) -> str:
    if len(text) <= most:
        return text
    # Cutting makes a new word, which may be a command to a CI runner only now.
    return clean(f"{text[: most * 2 // 3]} ... {text[-most // 6 :]} ({len(text):,} characters)")


def inline_fields(fields: Mapping[str, JsonValue]) -> str:
    """Write fields of a resource on one line: `partitions 12, config.retention.ms 604800000`."""
    flat = _flat(fields)
    return ", ".join(f"{name} {shown(value)}" for name, value in flat)


def _flat(fields: Mapping[str, JsonValue]) -> Iterator[tuple[str, JsonValue]]:
    for name, value in fields.items():
        if isinstance(value, dict):
            for key, item in value.items():
                yield field_name((name, key)), item
        else:
            yield clean(name), value


def declared_row(difference: FieldDifference) -> Row:
    """The line about a field of a resource that is created."""
    return Row(field_name(difference.path), _after(difference) + _raw(difference))


def short_value(difference: FieldDifference) -> str:
    """A field and its new value in as few words as can be."""
    return f"{field_name(difference.path)} {_after(difference)}"


def short_difference(difference: FieldDifference) -> str:
    """A field and its change in as few words as can be."""
    before = "; ".join(_on_nodes(difference)) or _before(difference)
    return f"{field_name(difference.path)} {before} -> {_after(difference)}"


def difference_rows(difference: FieldDifference) -> list[Row]:
    """The lines about a field that changes.

    Nested values (also JSON in a text) give one line per inner path, long texts one per line that changes. Values of
    single nodes stand on lines of their own, and what the values do not say stands on the last.
    """
    rows = _value_rows(difference)
    said = [] if difference.nodes and _only_places(difference) else [clean(difference.note)]
    return rows + [Row("", text) for text in said if text]


def _value_rows(difference: FieldDifference) -> list[Row]:
    name = field_name(difference.path)
    if difference.nodes:
        wanted = _after(difference) + _raw(difference)
        if difference.before != difference.after:
            first = Row(name, f"{_before(difference)} -> {wanted}")
            return [first, *(Row("", text) for text in _on_nodes(difference))]
        only, *more = _on_nodes(difference)
        return [Row(name, f"{only} -> {wanted}"), *(Row("", text) for text in more)]
    before, after = parsed(difference.before), parsed(difference.after)
    if isinstance(before, dict | list) and isinstance(after, dict | list):
        rows = [Row(inner, f"{one} -> {other}") for inner, one, other in _inner(difference.path, before, after)]
        if rows:
            return _capped(rows)
    if isinstance(difference.before, str) and isinstance(difference.after, str):
        changed = _line_rows(name, difference.before, difference.after)
        if changed:
            return changed
    return [Row(name, f"{_before(difference)} -> {_after(difference)}{_raw(difference)}")]


def _on_nodes(difference: FieldDifference) -> list[str]:
    return [
        f"missing on {clean(node)}" if value is None else f"{shown(value, difference.unit)} on {clean(node)}"
        for node, value in difference.nodes.items()
    ]


def _only_places(difference: FieldDifference) -> bool:
    """Whether the note says nothing but the node, which stands beside its value."""
    return any(difference.note in (f"differs on {node}", f"missing on {node}") for node in difference.nodes)


def _before(difference: FieldDifference) -> str:
    if difference.secret and difference.before is None:
        return "another value"  # a secret is never shown, and no broker has a default one
    return _or_default(difference.before, difference)


def _after(difference: FieldDifference) -> str:
    return _or_default(difference.after, difference)


def _or_default(value: JsonValue, difference: FieldDifference) -> str:
    text = shown(value, difference.unit)
    if value is None and difference.inherited is not None:
        return f"{text} ({shown(difference.inherited, difference.unit)})"
    return text


def _raw(difference: FieldDifference) -> str:
    value = difference.after
    if difference.unit is None or isinstance(value, bool) or not isinstance(value, int):
        return ""
    human = shown(value, difference.unit)
    return "" if human.startswith(str(value)) else f" ({value} {difference.unit.value})"


def parsed(value: JsonValue) -> JsonValue:
    """Take JSON out of a text; schemas and policies are carried so."""
    if isinstance(value, str) and value[:1] in ("{", "[") and len(value) < 1_000_000:
        try:
            parsed: JsonValue = json.loads(value)
        except (ValueError, RecursionError):
            return value
        return parsed
    return value


def _inner(path: tuple[str, ...], before: JsonValue, after: JsonValue) -> Iterator[tuple[str, str, str]]:
    """Walk two nested values side by side, without recursion since their depth is not ours to choose."""
    stack: list[tuple[tuple[str, ...], JsonValue | _Absent, JsonValue | _Absent]] = [(path, before, after)]
    while stack:
        here, one, other = stack.pop()
        if isinstance(one, dict) and isinstance(other, dict):
            stack += [
                ((*here, key), one.get(key, _ABSENT), other.get(key, _ABSENT))
                for key in reversed([*one, *(key for key in other if key not in one)])
                if key not in one or key not in other or one[key] != other[key]
            ]
        elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
            stack += [((*here, str(i)), one[i], other[i]) for i in reversed(range(len(one))) if one[i] != other[i]]
        else:
            yield field_name(here), _or_absent(one), _or_absent(other)


def _or_absent(value: "JsonValue | _Absent") -> str:
    return "absent" if isinstance(value, _Absent) else _inside(value)


def _line_rows(name: str, before: str, after: str) -> list[Row]:
    one, other = before.splitlines(), after.splitlines()
    if max(len(one), len(other)) < 2 or max(len(one), len(other)) > _MOST_LINES:
        return []
    # The first two lines name the files, and `@@` says where; a text's own lines begin with one sign.
    changed = [line for line in list(difflib.unified_diff(one, other, lineterm="", n=0))[2:] if line[0] in "+-"]
    if not changed:
        return []
    return _capped(
        [Row(name, plural(len(changed), "line") + " differ"), *(Row("", _limited(clean(line))) for line in changed)]
    )


def _capped(rows: list[Row]) -> list[Row]:
    if len(rows) <= _MOST_ROWS:
        return rows
    return [*rows[:_MOST_ROWS], Row("", f"and {plural(len(rows) - _MOST_ROWS, 'more line')}")]
