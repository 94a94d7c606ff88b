"""JSON Schema: a schema read as JSON, with the slips that every registry refuses."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import JsonValue

from mqinfra.providers.registry.schemas.located import Located, Pointer, located
from mqinfra.providers.registry.schemas.schema import Schema, SchemaError

TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")
INSIDE_MAPPING = ("properties", "patternProperties", "definitions", "$defs", "dependentSchemas")
INSIDE_LIST = ("allOf", "anyOf", "oneOf", "prefixItems")
INSIDE = ("additionalProperties", "items", "additionalItems", "contains", "not", "if", "then", "else", "propertyNames")


def read(schema: Schema) -> Located:
    """Read a schema.

    Raises:
        SchemaError: it is no JSON Schema.
    """
    document = located(schema.text)
    for pointer, value in parts(document.value):
        if not isinstance(value, dict | bool):
            raise SchemaError("a schema is a mapping, or `true` or `false`", document.spot(pointer))
        if isinstance(value, dict):
            _check(document, pointer, value, schema)
    return document


def parts(value: JsonValue, pointer: Pointer = ()) -> Iterator[tuple[Pointer, JsonValue]]:
    """All schemas in a schema, itself first, with the place of each."""
    yield pointer, value
    if not isinstance(value, dict):
        return
    for key in INSIDE_MAPPING:
        held = value.get(key)
        if isinstance(held, dict):
            for name, inner in held.items():
                yield from parts(inner, (*pointer, key, name))
    for key in (*INSIDE_LIST, *INSIDE):
        held = value.get(key)
        if isinstance(held, list):
            for index, inner in enumerate(held):
                yield from parts(inner, (*pointer, key, index))
        elif held is not None and key not in INSIDE_LIST:
            yield from parts(held, (*pointer, key))


def resolved(root: JsonValue, value: JsonValue, references: Mapping[str, JsonValue]) -> JsonValue | None:
    """Follow `$ref` of a schema, through as many as there are; None where one leads nowhere that is known.

    Args:
        root: the whole document.
        value: the schema.
        references: other documents, by the name under which they are referred to.
    """
    for _ in range(20):
        if not isinstance(value, dict) or not isinstance(value.get("$ref"), str):
            return value
        name, _, pointer = str(value["$ref"]).partition("#")
        document = root if not name or _same_id(root, name) else references.get(name)
        if document is None:
            return None
        root = document
        found = pointed_at(document, pointer)
        if found is None:
            return None
        value = found
    return None


def pointed_at(document: JsonValue, pointer: str) -> JsonValue | None:
    """What a JSON pointer leads to; None where it leads nowhere."""
    value: Any = document
    for part in pointer.split("/")[1:]:
        step = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value if value is not None else None


def _same_id(root: JsonValue, name: str) -> bool:
    return isinstance(root, dict) and name in (root.get("$id"), root.get("id"))


def _check(document: Located, pointer: Pointer, value: Mapping[str, Any], schema: Schema) -> None:
    said = value.get("type")
    for one in said if isinstance(said, list) else [said] if said is not None else []:
        if one not in TYPES:
            spot = document.spot((*pointer, "type"))
            raise SchemaError(f"`{one}` is no type of JSON Schema; those are {', '.join(TYPES)}", spot)
    required = value.get("required")
    if required is not None and not (isinstance(required, list) and all(isinstance(one, str) for one in required)):
        raise SchemaError("`required` must be a list of names", document.spot((*pointer, "required")))
    for key in ("properties", "patternProperties"):
        if key in value and not isinstance(value[key], dict):
            raise SchemaError(f"`{key}` must be a mapping", document.spot((*pointer, key)))
    reference = value.get("$ref")
    if isinstance(reference, str):
        name = reference.partition("#")[0]
        known = {*schema.references, *schema.missing}
        if name and name not in known and not _same_id(document.value, name):
            spot = document.spot((*pointer, "$ref"))
            raise SchemaError(f"`$ref` to `{name}`, which is none of its references", spot)
        if not name and pointed_at(document.value, reference.partition("#")[2]) is None:
            raise SchemaError(f"`$ref` to `{reference}`, which leads nowhere", document.spot((*pointer, "$ref")))
