"""Schemas that may follow a schema, and schemas that may not, made from it."""

import json
import re
from typing import Any

from mqinfra.providers.registry.subjects.spec import SubjectSpec

ADDED = "mqinfra_canary"
_SCALARS = "string|bytes|bool|double|float|int32|int64|uint32|uint64|sint32|sint64|fixed32|fixed64"
_FIELD = re.compile(rf"\b(?P<type>{_SCALARS})(?P<rest>\s+\w+\s*=\s*\d+)")


def compatible(spec: SubjectSpec) -> str | None:
    """One that every level lets follow; None where none is known to be made.

    In Avro a field with a default, in Protobuf a comment, in JSON Schema a description: whether a property may be added
    depends on whether the model is open, and Apicurio takes a new field of Protobuf for one that went, the other way.
    """
    if spec.type == "protobuf":
        return f"{spec.definition}\n// {ADDED}\n"
    value = _object(spec)
    if value is None:
        return None
    if spec.type == "json":
        return json.dumps({**value, "description": f"{value.get('description', '')} {ADDED}".strip()})
    if value.get("type") != "record" or not isinstance(value.get("fields"), list):
        return None
    return json.dumps({**value, "fields": [*value["fields"], {"name": ADDED, "type": "string", "default": ""}]})


def incompatible(spec: SubjectSpec) -> str | None:
    """One that no level but NONE lets follow: its first field is of a type that reads nothing of the other's."""
    if spec.type == "protobuf":
        changed, number = _FIELD.subn(_clashing, spec.definition, count=1)
        return changed if number else None
    value = _object(spec)
    if value is None:
        return None
    if spec.type == "json":
        return _clashing_property(value)
    fields = value.get("fields")
    if value.get("type") != "record" or not isinstance(fields, list) or not fields:
        return None
    first = fields[0]
    kind = {"type": "array", "items": "int"} if first["type"] in ("string", "bytes") else "string"
    if first["type"] not in ("string", "bytes", "int", "long", "float", "double", "boolean"):
        return None
    return json.dumps({**value, "fields": [{"name": first["name"], "type": kind}, *fields[1:]]})


def _clashing(match: re.Match[str]) -> str:
    kind = "double" if match["type"] in ("string", "bytes") else "string"
    return kind + match["rest"]


def _clashing_property(value: dict[str, Any]) -> str | None:
    properties = value.get("properties")
    if not isinstance(properties, dict):
        return None
    for name, one in properties.items():
        if isinstance(one, dict) and isinstance(one.get("type"), str):
            kind = "boolean" if one["type"] != "boolean" else "string"
            return json.dumps({**value, "properties": {**properties, name: {"type": kind}}})
    return None


def _object(spec: SubjectSpec) -> dict[str, Any] | None:
    try:
        value = json.loads(spec.definition)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
