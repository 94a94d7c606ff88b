"""What a JSON Schema is, as the algorithm of compatibility sees it: one plain condition, or several put together."""

from collections.abc import Mapping
from typing import Any

from pydantic import JsonValue

from mqinfra.model.frozen import dataclass

_BY_KEYWORD: Mapping[str, tuple[str, ...]] = {
    "object": ("properties", "required", "additionalProperties", "patternProperties", "minProperties", "maxProperties"),
    "array": ("items", "minItems", "maxItems", "uniqueItems", "additionalItems"),
    "string": ("minLength", "maxLength", "pattern"),
    "number": ("minimum", "maximum", "multipleOf", "exclusiveMinimum", "exclusiveMaximum"),
}
"""What tells a type that is not written."""
_COMBINING = ("allOf", "anyOf", "oneOf")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One condition.

    Attributes:
        kind: `object`, `array`, `string`, `number`, `boolean`, `null`, `enum`, `const`, `not`, `any` or `never`.
        schema: the schema that it is, or a part of one.
        whole: it is all that the schema says.
    """

    kind: str
    schema: Mapping[str, Any]
    whole: bool = True

    @property
    def title(self) -> str:
        """For people."""
        return str(self.schema.get("type")) if self.kind == "number" and "type" in self.schema else self.kind


@dataclass(frozen=True, slots=True)
class Combined:
    """Several conditions.

    Attributes:
        word: `allOf`, `anyOf` or `oneOf`.
        parts: the conditions.
    """

    word: str
    parts: "tuple[Shape, ...]"
    kind: str = "combined"

    @property
    def title(self) -> str:
        """For people."""
        return (" and " if self.word == "allOf" else " or ").join(part.title for part in self.parts)


Shape = Leaf | Combined


def shape_of(value: JsonValue) -> Shape:
    """Say what a schema is; references must have been followed."""
    if value is False:
        return Leaf("never", {})
    if not isinstance(value, dict):
        return Leaf("any", {})
    parts = [*_typed(value), *_others(value)]
    for word in _COMBINING:
        held = value.get(word)
        if isinstance(held, list):
            parts.append(Combined(word, tuple(_part(item) for item in held)))
    if not parts:
        return Leaf("any", value)
    if len(parts) == 1:
        only = parts[0]
        return Leaf(only.kind, only.schema) if isinstance(only, Leaf) else only
    return Combined("allOf", tuple(parts))


def is_open(schema: Mapping[str, Any]) -> bool:
    """Whether an object allows any property that it does not name."""
    found = schema.get("additionalProperties", True)
    return (found is True or found == {}) and not schema.get("patternProperties")


def _part(item: JsonValue) -> Shape:
    """One of several conditions; one that refers elsewhere is looked up when it is compared."""
    return Leaf("schema", item) if isinstance(item, dict) and "$ref" in item else shape_of(item)


def _typed(value: dict[str, Any]) -> list[Shape]:
    said = value.get("type")
    if isinstance(said, list):
        parts = tuple(Leaf(_kind(one), {**value, "type": one}, whole=False) for one in said)
        return [Combined("anyOf", parts)] if len(parts) > 1 else list(parts)
    if isinstance(said, str):
        return [Leaf(_kind(said), value, whole=False)]
    kinds = [kind for kind, words in _BY_KEYWORD.items() if any(word in value for word in words)]
    return [Leaf(kind, value, whole=False) for kind in kinds[:1]]


def _others(value: dict[str, Any]) -> list[Shape]:
    found: list[Shape] = []
    if isinstance(value.get("enum"), list):
        found.append(Leaf("enum", value, whole=False))
    if "const" in value:
        found.append(Leaf("const", value, whole=False))
    if "not" in value:
        found.append(Leaf("not", value, whole=False))
    return found


def _kind(said: str) -> str:
    return "number" if said == "integer" else said
