"""JSON Schema: whether one schema accepts all that another one accepts, by Confluent's public algorithm.

It is an approximation by nature: what a pattern or a `oneOf` accepts can't be told in general. The algorithm errs on
the safe side, as the registries do.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue

from mqinfra.providers.registry.compatibility.finding import Finding, Side
from mqinfra.providers.registry.compatibility.json_shape import Combined, Leaf, Shape, is_open, shape_of
from mqinfra.providers.registry.compatibility.rules import Rules
from mqinfra.providers.registry.schemas.json_schema import read, resolved
from mqinfra.providers.registry.schemas.located import Located, Pointer, located
from mqinfra.providers.registry.schemas.schema import Schema, Spot

_BOUNDS: Mapping[str, Sequence[tuple[str, bool]]] = {
    "string": (("maxLength", True), ("minLength", False)),
    "number": (("maximum", True), ("minimum", False), ("exclusiveMaximum", True), ("exclusiveMinimum", False)),
    "object": (("maxProperties", True), ("minProperties", False)),
    "array": (("maxItems", True), ("minItems", False)),
}
"""Limits by type, and whether each is an upper one."""


def findings(reader: Side, writer: Side, rules: Rules) -> list[Finding]:
    """Say what the reader's schema refuses of what the writer's accepts; nothing where it accepts all of it.

    What one of them refers to and nobody knows here is taken for anything.

    Raises:
        SchemaError: one of them is no JSON Schema.
    """
    reading, writing = read(reader.schema), read(writer.schema)
    comparison = _Comparison(
        reader, writer, _Document(reading, reader.schema), _Document(writing, writer.schema), rules
    )
    return list(dict.fromkeys(comparison.compare(writing.value, reading.value, (), "")))


class _Document:
    """A document and those that it refers to."""

    def __init__(self, found: Located, schema: Schema) -> None:
        self.located = found
        self.others: dict[str, JsonValue] = {name: located(text).value for name, text in schema.references.items()}

    def shape(self, value: JsonValue) -> Shape:
        """What a schema is, references followed."""
        target = resolved(self.located.value, value, self.others)
        return shape_of(True if target is None else target)


@dataclass
class _Comparison:
    reader: Side
    writer: Side
    reading: _Document
    writing: _Document
    rules: Rules

    def __post_init__(self) -> None:
        self._going: set[tuple[int, int]] = set()

    def compare(self, old: JsonValue, new: JsonValue, at: Pointer, path: str) -> Iterator[Finding]:
        """Compare what was accepted with what is now."""
        pair = id(old), id(new)
        if pair in self._going and isinstance(new, dict):
            return
        self._going.add(pair)
        try:
            yield from self._shapes(self.writing.shape(old), self.reading.shape(new), at, path)
        finally:
            self._going.discard(pair)

    def _fits(self, old: JsonValue, new: JsonValue, at: Pointer, path: str) -> bool:
        return next(self.compare(old, new, at, path), None) is None

    def _shapes(self, old: Shape, new: Shape, at: Pointer, path: str) -> Iterator[Finding]:
        if isinstance(old, Combined) and isinstance(new, Combined):
            yield from self._combined(old, new, at, path)
            return
        if isinstance(new, Combined):
            some = new.parts if len(new.parts) == 1 or new.word != "allOf" else ()
            if any(self._fits_shape(old, part, at, path) for part in some):
                return
        elif isinstance(old, Combined):
            some = old.parts if len(old.parts) == 1 or old.word == "allOf" else ()
            if any(self._fits_shape(part, new, at, path) for part in some):
                return
        if isinstance(old, Leaf) and old.kind == "never":
            return
        if isinstance(new, Leaf) and new.kind == "any":
            return
        if old.kind != new.kind:
            yield self._found(f"{_of(path)} is {new.title} in {{reader}}, and {old.title} in {{writer}}", (*at, "type"))
        elif isinstance(old, Leaf) and isinstance(new, Leaf):
            yield from self._leaves(old, new, at, path)

    def _fits_shape(self, old: Shape, new: Shape, at: Pointer, path: str) -> bool:
        one = old.schema if isinstance(old, Leaf) and old.whole else None
        other = new.schema if isinstance(new, Leaf) and new.whole else None
        if one is not None and other is not None:
            return self._fits(dict(one), dict(other), at, path)
        return next(self._shapes(old, new, at, path), None) is None

    def _combined(self, old: Combined, new: Combined, at: Pointer, path: str) -> Iterator[Finding]:
        single = len(old.parts) == 1, len(new.parts) == 1
        extended = new.word in (old.word, "anyOf") or all(single)
        extended = extended or (single[0] and new.word == "oneOf") or (single[1] and old.word == "allOf")
        if not extended:
            yield self._found(f"{_of(path)} is `{new.word}` in {{reader}}, and `{old.word}` in {{writer}}", at)
            return
        if new.word == "allOf" and len(new.parts) > len(old.parts):
            yield self._found(f"{_of(path)} has more conditions in {{reader}} than in {{writer}}", at)
        if old.word != "allOf" and len(new.parts) < len(old.parts):
            yield self._found(f"{_of(path)} allows {new.title} in {{reader}}, and {old.title} in {{writer}}", at)
        fitting = [
            [number for number, part in enumerate(new.parts) if self._fits_shape(one, part, at, path)]
            for one in old.parts
        ]
        if _matched(fitting) < min(len(old.parts), len(new.parts)):
            yield self._found(f"{_of(path)} allows {new.title} in {{reader}}, and {old.title} in {{writer}}", at)

    def _leaves(self, old: Leaf, new: Leaf, at: Pointer, path: str) -> Iterator[Finding]:
        if new.kind in ("enum", "const"):
            yield from self._values(old, new, at, path)
            return
        if new.kind == "not":
            if not self._fits(new.schema.get("not"), old.schema.get("not"), at, path):
                yield self._found(f"{_of(path)} excludes more in {{reader}} than in {{writer}}", (*at, "not"))
            return
        yield from self._limits(old, new, at, path)
        if new.kind == "object":
            yield from self._object(old.schema, new.schema, at, path)
        elif new.kind == "array":
            yield from self._array(old.schema, new.schema, at, path)

    def _values(self, old: Leaf, new: Leaf, at: Pointer, path: str) -> Iterator[Finding]:
        before = old.schema["enum"] if old.kind == "enum" else [old.schema.get("const")]
        after = new.schema["enum"] if new.kind == "enum" else [new.schema.get("const")]
        missing = [value for value in before if value not in after]
        if missing:
            named = ", ".join(f"`{value}`" for value in missing)
            yield self._found(
                f"{_of(path)} no longer allows {named} in {{reader}}, which {{writer}} does", (*at, new.kind)
            )

    def _limits(self, old: Leaf, new: Leaf, at: Pointer, path: str) -> Iterator[Finding]:
        for word, upper in _BOUNDS.get(new.kind, ()):
            was, now = old.schema.get(word), new.schema.get(word)
            narrower = now is not None and (was is None or (now < was if upper else now > was))
            if narrower and _is_number(now) and (was is None or _is_number(was)):
                told = (
                    f"{_of(path)} has `{word}` {now} in {{reader}}, and {'none' if was is None else was} in {{writer}}"
                )
                yield self._found(told, (*at, word))
        exact = ["pattern", *(["format"] if self.rules.formats else [])] if new.kind == "string" else []
        for word in exact:
            was, now = old.schema.get(word), new.schema.get(word)
            if now is not None and now != was:
                before = "none" if was is None else f"`{was}`"
                yield self._found(
                    f"{_of(path)} has `{word}` `{now}` in {{reader}}, and {before} in {{writer}}", (*at, word)
                )
        if new.kind == "number":
            yield from self._number(old.schema, new.schema, at, path)
        if new.kind == "array" and new.schema.get("uniqueItems") is True and old.schema.get("uniqueItems") is not True:
            yield self._found(
                f"{_of(path)} must have `uniqueItems` in {{reader}}, and need not in {{writer}}", (*at, "uniqueItems")
            )

    def _number(self, old: Mapping[str, Any], new: Mapping[str, Any], at: Pointer, path: str) -> Iterator[Finding]:
        if new.get("type") == "integer" and old.get("type") != "integer":
            yield self._found(f"{_of(path)} is integer in {{reader}}, and number in {{writer}}", (*at, "type"))
        was, now = old.get("multipleOf"), new.get("multipleOf")
        if _is_number(now) and now and (not _is_number(was) or (was / now) % 1):
            told = (
                f"{_of(path)} has `multipleOf` {now} in {{reader}}, and {'none' if was is None else was} in {{writer}}"
            )
            yield self._found(told, (*at, "multipleOf"))

    def _object(self, old: Mapping[str, Any], new: Mapping[str, Any], at: Pointer, path: str) -> Iterator[Finding]:
        before, after = _mapping(old, "properties"), _mapping(new, "properties")
        needed, now_needed = _names(old), _names(new)
        for name in after:
            if name in before:
                place = (*at, "properties", name)
                yield from self.compare(before[name], after[name], place, _dotted(path, name))
        for name in before:
            if name not in after:
                yield from self._removed(before[name], new, at, path, name)
        for name in now_needed:
            default = isinstance(after.get(name), dict) and "default" in after[name]
            forgiven = default and self.rules.required_with_default
            if name not in needed and not (forgiven and (name in before or not is_open(old))):
                told = f"`{_dotted(path, name)}` is required in {{reader}}, and not in {{writer}}"
                yield self._found(told, (*at, "properties", name) if name in after else (*at, "required"))
        for name in after:
            if name not in before and name not in now_needed:
                yield from self._added(old, after[name], at, path, name)
        yield from self._additional(old, new, at, path)

    def _removed(
        self, before: JsonValue, new: Mapping[str, Any], at: Pointer, path: str, name: str
    ) -> Iterator[Finding]:
        covering = _covering(new, name)
        if covering is True or before is False:
            return
        if covering is False:
            told = (
                f"`{_dotted(path, name)}` was removed in {{reader}}, which allows no properties that it does not name"
            )
            yield self._found(told, (*at, "additionalProperties"))
        elif not self._fits(before, covering, at, path):
            told = f"`{_dotted(path, name)}` was removed in {{reader}}, whose other properties have another schema"
            yield self._found(told, (*at, "additionalProperties"))

    def _added(self, old: Mapping[str, Any], after: JsonValue, at: Pointer, path: str, name: str) -> Iterator[Finding]:
        covering = _covering(old, name)
        place = (*at, "properties", name)
        if covering is True and shape_of(after).kind != "any":
            told = (
                f"`{_dotted(path, name)}` has a schema in {{reader}}, and {{writer}} allows anything under that name, "
                "because it does not say `additionalProperties: false`"
            )
            yield self._found(told, place)
        elif not isinstance(covering, bool) and not self._fits(covering, after, place, _dotted(path, name)):
            told = f"`{_dotted(path, name)}` has another schema in {{reader}} than other properties in {{writer}}"
            yield self._found(told, place)

    def _additional(self, old: Mapping[str, Any], new: Mapping[str, Any], at: Pointer, path: str) -> Iterator[Finding]:
        was, now = old.get("additionalProperties", True), new.get("additionalProperties", True)
        place = (*at, "additionalProperties")
        if now is False and was is not False:
            yield self._found(f"{_of(path)} allows no other properties in {{reader}}, and does in {{writer}}", place)
        elif was is True and isinstance(now, dict) and shape_of(now).kind != "any":
            yield self._found(f"{_of(path)} allows fewer other properties in {{reader}} than in {{writer}}", place)
        elif isinstance(was, dict) and isinstance(now, dict):
            yield from self.compare(was, now, place, f"{path}[]")

    def _array(self, old: Mapping[str, Any], new: Mapping[str, Any], at: Pointer, path: str) -> Iterator[Finding]:
        was, now = old.get("items"), new.get("items")
        place = (*at, "items")
        if isinstance(now, list) or isinstance(was, list):
            yield from self._tuple(old, new, at, path)
        elif now is not None and was is None:
            if shape_of(now).kind != "any":
                yield self._found(f"{_of(path)} has a schema of its items in {{reader}}, and none in {{writer}}", place)
        elif now is not None:
            yield from self.compare(was, now, place, f"{path}[]")

    def _tuple(self, old: Mapping[str, Any], new: Mapping[str, Any], at: Pointer, path: str) -> Iterator[Finding]:
        was, now = old.get("items"), new.get("items")
        place = (*at, "items")
        if not isinstance(was, list) or not isinstance(now, list):
            if now is not None:
                yield self._found(
                    f"{_of(path)} says otherwise what its items are in {{reader}} than in {{writer}}", place
                )
            return
        for index, (one, other) in enumerate(zip(was, now, strict=False)):
            yield from self.compare(one, other, (*place, index), f"{path}[{index}]")
        if len(was) > len(now) and new.get("additionalItems") is False:
            yield self._found(f"{_of(path)} has fewer items in {{reader}} than in {{writer}}", place)
        if len(now) > len(was) and old.get("additionalItems") is not False:
            yield self._found(f"{_of(path)} says what more items are in {{reader}} than in {{writer}}", place)

    def _found(self, text: str, at: Pointer) -> Finding:
        told = text.replace("{reader}", self.reader.title).replace("{writer}", self.writer.title)
        document = self.reading if self.reader.new else self.writing if self.writer.new else None
        return Finding(told, document.located.spot(at) if document is not None else Spot())


def _matched(fitting: Sequence[Sequence[int]]) -> int:
    """How many of some can each have one of their own among those that fit."""
    holder: dict[int, int] = {}

    def place(one: int, tried: set[int]) -> bool:
        for other in fitting[one]:
            if other not in tried:
                tried.add(other)
                if other not in holder or place(holder[other], tried):
                    holder[other] = one
                    return True
        return False

    return sum(place(one, set()) for one in range(len(fitting)))


def _covering(schema: Mapping[str, Any], name: str) -> JsonValue:
    """What holds for a property that a schema does not name: True for anything, False for none."""
    import re  # noqa: PLC0415 - hardly any schema has patterns

    for pattern, inner in _mapping(schema, "patternProperties").items():
        try:
            if re.search(pattern, name):
                held: JsonValue = inner
                return held
        except re.error:  # a pattern that only the registry's own engine reads
            continue
    found: JsonValue = schema.get("additionalProperties", True)
    return True if isinstance(found, dict) and shape_of(found).kind == "any" else found


def _mapping(schema: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = schema.get(key)
    return found if isinstance(found, dict) else {}


def _names(schema: Mapping[str, Any]) -> list[str]:
    found = schema.get("required")
    return [str(name) for name in found] if isinstance(found, list) else []


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _dotted(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _of(path: str) -> str:
    return f"`{path}`" if path else "the schema"
