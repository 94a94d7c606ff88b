"""Values by chance for JSON Schemas, and values that do not fit. Whether they do, jsonschema says."""

import datetime as dt
import math
import random
import uuid
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from mqinfra.providers.base.verification.payload import TEXT
from mqinfra.providers.registry.schemas.json_schema import pointed_at

_TEXTS = ("", "canary", TEXT)
_SHALLOW = 3
_DEEPEST = 20
_SECONDS = 4_102_444_800  # up to the end of 2099
_MANY = 1_000
EVERY_TYPE: Mapping[str, Any] = MappingProxyType(
    {"string": "mqinfra canary", "integer": 7, "boolean": True, "null": None, "array": [], "object": {}}
)
"""A value of each type, but for `number`, which integers are."""
_PLAIN_TYPES = ("string", "integer", "boolean")


class JsonValues:
    """Values of one schema.

    Args:
        root: the schema.
        references: what it refers to, by the names that it uses.
    """

    def __init__(self, root: Any, references: Mapping[str, Any]) -> None:  # noqa: ANN401 - any JSON
        self._root, self._references = root, references

    def of(self, chance: random.Random) -> Any:  # noqa: ANN401 - any JSON
        """A value that mostly fits: patterns, and parts that contradict each other, are not worked out."""
        return self._value(self._root, self._root, chance, 0)

    def _value(self, root: Any, schema: Any, chance: random.Random, depth: int) -> Any:  # noqa: ANN401 - any JSON
        root, schema = self._followed(root, schema)
        if not isinstance(schema, dict) or depth > _DEEPEST:
            return chance.choice(_TEXTS)
        root, schema = self._merged(root, schema, chance)
        if "const" in schema:
            return schema["const"]
        for key in ("enum", "examples"):
            if isinstance(schema.get(key), list) and schema[key]:
                return chance.choice(schema[key])
        if "pattern" in schema and "default" in schema:
            return schema["default"]
        match _type_of(schema, chance):
            case "object":
                return self._object(root, schema, chance, depth)
            case "array":
                return self._array(root, schema, chance, depth)
            case "string":
                return _string(schema, chance)
            case "integer":
                return _integer(schema, chance)
            case "number":
                return _number(schema, chance)
            case "boolean":
                return chance.random() < 0.5
        return None

    def _followed(self, root: Any, schema: Any) -> tuple[Any, Any]:  # noqa: ANN401 - any JSON
        """What `$ref` leads to, with the document that it is in."""
        for _ in range(_DEEPEST):
            if not isinstance(schema, dict) or not isinstance(schema.get("$ref"), str):
                break
            name, _, pointer = schema["$ref"].partition("#")
            known = root if not name or (isinstance(root, dict) and root.get("$id") == name) else None
            root = known if known is not None else self._references.get(name)
            schema = pointed_at(root, pointer)
        return root, schema

    def _merged(self, root: Any, schema: dict[str, Any], chance: random.Random) -> tuple[Any, dict[str, Any]]:  # noqa: ANN401 - any JSON
        """A schema with all of `allOf` and one of `anyOf` and `oneOf` in it."""
        parts = list(schema.get("allOf") or ())
        parts += [chance.choice(schema[key]) for key in ("anyOf", "oneOf") if schema.get(key)]
        if not parts:
            return root, schema
        whole = {key: item for key, item in schema.items() if key not in ("allOf", "anyOf", "oneOf")}
        for part in parts:
            root, one = self._followed(root, part)
            if isinstance(one, dict):
                root, one = self._merged(root, one, chance)
                for key, item in one.items():
                    whole[key] = _joined(key, whole.get(key), item)
        return root, whole

    def _object(self, root: Any, schema: dict[str, Any], chance: random.Random, depth: int) -> dict[str, Any]:  # noqa: ANN401 - any JSON
        properties = schema.get("properties") or {}
        required = schema.get("required") or []
        names = [*required, *(name for name in properties if name not in required)]
        found = {}
        for name in names:
            if name in required or (depth <= _SHALLOW and chance.random() < 0.8):
                found[name] = self._value(root, properties.get(name, {}), chance, depth + 1)
        more = schema.get("additionalProperties")
        at = 0
        while len(found) < schema.get("minProperties", 0) and more is not False and at < _MANY:
            found[f"key-{at}"] = self._value(root, more, chance, depth + 1)
            at += 1
        return found

    def _array(self, root: Any, schema: dict[str, Any], chance: random.Random, depth: int) -> list[Any]:  # noqa: ANN401 - any JSON
        held = schema.get("prefixItems", schema.get("items"))
        first = held if isinstance(held, list) else []
        rest = schema.get("additionalItems") if isinstance(schema.get("items"), list) else schema.get("items")
        least = max(len(first), schema.get("minItems", 0))
        most = min(schema.get("maxItems", least + 2), least + 2)
        size = least if depth > _SHALLOW or rest is False else chance.randint(min(least, most), most)
        found = [self._value(root, first[at] if at < len(first) else rest, chance, depth + 1) for at in range(size)]
        if not schema.get("uniqueItems"):
            return found
        return [one for at, one in enumerate(found) if one not in found[:at]]


def misfits(schema: Any, fitting: Any) -> Iterator[tuple[Any]]:  # noqa: ANN401 - any JSON
    """Values that do not fit a schema, each in a tuple of its own; none where that can't be read off it."""
    if not isinstance(schema, dict):
        return
    if isinstance(fitting, dict):
        for name in schema.get("required") or ():
            yield ({key: item for key, item in fitting.items() if key != name},)
        for name, one in (schema.get("properties") or {}).items():
            for (wrong,) in misfits(one, fitting.get(name)):
                yield ({**fitting, name: wrong},)
    said = schema.get("type")
    types = [said] if isinstance(said, str) else said
    if isinstance(types, list):
        taken = {*types, "integer"} if "number" in types else set(types)
        yield from ((value,) for kind, value in EVERY_TYPE.items() if kind not in taken)


def _joined(key: str, one: Any, other: Any) -> Any:  # noqa: ANN401 - any JSON
    if key == "properties" and isinstance(one, dict) and isinstance(other, dict):
        return {**one, **other}
    if key == "required" and isinstance(one, list) and isinstance(other, list):
        return [*one, *(name for name in other if name not in one)]
    return other


def _type_of(schema: Mapping[str, Any], chance: random.Random) -> str:
    said = schema.get("type")
    if isinstance(said, list) and said:
        return str(chance.choice(said))
    if isinstance(said, str):
        return said
    for kind, keys in (
        ("object", ("properties", "required", "additionalProperties", "minProperties")),
        ("array", ("items", "prefixItems", "minItems")),
        ("string", ("pattern", "format", "minLength", "maxLength")),
        ("number", ("minimum", "maximum", "multipleOf", "exclusiveMinimum", "exclusiveMaximum")),
    ):
        if any(key in schema for key in keys):
            return kind
    return chance.choice(_PLAIN_TYPES)


def _string(schema: Mapping[str, Any], chance: random.Random) -> str:
    moment = dt.datetime.fromtimestamp(chance.randrange(_SECONDS), dt.UTC)
    formats = {
        "date-time": moment.isoformat(),
        "date": moment.date().isoformat(),
        "time": f"{moment.time().isoformat()}Z",
        "duration": f"PT{chance.randrange(_MANY)}S",
        "uuid": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
        "email": f"canary-{chance.randrange(_MANY)}@example.com",
        "hostname": f"canary-{chance.randrange(_MANY)}.example.com",
        "uri": f"https://example.com/canary/{chance.randrange(_MANY)}",
        "ipv4": f"192.0.2.{chance.randrange(256)}",
        "ipv6": f"2001:db8::{chance.randrange(65536):x}",
    }
    if schema.get("format") in formats:
        return formats[schema["format"]]
    if "pattern" in schema:
        return "canary"  # no text is worked out for a pattern
    text = chance.choice((*_TEXTS, f"canary-{chance.getrandbits(32):08x}"))
    least, most = schema.get("minLength", 0), schema.get("maxLength", _MANY)
    return text.ljust(least, "x")[:most]


def _integer(schema: Mapping[str, Any], chance: random.Random) -> int:
    step = schema.get("multipleOf", 1)
    low, high = _bounds(schema, 1)
    if not isinstance(step, int):
        step = 1
    return step * chance.randint(-(-int(low) // step), max(-(-int(low) // step), int(high) // step))


def _number(schema: Mapping[str, Any], chance: random.Random) -> float:
    low, high = _bounds(schema, 0.001)
    step = schema.get("multipleOf")
    if isinstance(step, int | float) and step > 0:
        first = math.ceil(low / step)
        return step * chance.randint(first, max(first, math.floor(high / step)))
    return chance.choice((low, high, round(chance.uniform(low, high), 3)))


def _bounds(schema: Mapping[str, Any], apart: float) -> tuple[float, float]:
    """The least and the greatest; in draft 4 `exclusiveMinimum` is a word about `minimum`."""
    low, high = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum", False), schema.get("exclusiveMaximum", False)
    if above is not False:
        low = (low if above is True else above) or 0
        low += apart
    if below is not False:
        high = (high if below is True else below) or 0
        high -= apart
    if low is None:
        low = -_MANY if high is None else min(-_MANY, high - _MANY)
    return low, max(low, low + 2 * _MANY if high is None else high)
