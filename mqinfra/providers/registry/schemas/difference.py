"""In what two schemas differ, told field by field for people; line by line only where no field says it."""

import difflib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import JsonValue

from mqinfra.providers.registry.schemas.json_schema import INSIDE, INSIDE_LIST, INSIDE_MAPPING
from mqinfra.providers.registry.schemas.located import located
from mqinfra.providers.registry.schemas.protobuf import read as read_protobuf
from mqinfra.providers.registry.schemas.protobuf import tokens
from mqinfra.providers.registry.schemas.protobuf_names import label_of, type_of, walk
from mqinfra.providers.registry.schemas.schema import Schema, SchemaError, SchemaType, UncheckedError

Parts = dict[str, dict[str, str]]
"""What a schema is made of: attributes by the path of each field, `Order.lines[].sku`."""
_MOST = 12
_LONGEST = 60
_NESTING = frozenset((*INSIDE_MAPPING, *INSIDE_LIST, *INSIDE))


def differences(before: Schema, after: Schema) -> list[str]:
    """Say what became of a schema, one phrase per field; nothing where both say the same."""
    if before.type is not after.type:
        return [f"{before.type.value} became {after.type.value}"]
    try:
        old, new = _parts(before), _parts(after)
    except (SchemaError, UncheckedError):
        return _lines(before.text, after.text)
    return [*_phrases(old, new)] or _lines(before.text, after.text)


def summary(before: Schema, after: Schema) -> str:
    """The same as one text, cut where it is long."""
    found = differences(before, after)
    more = len(found) - _MOST
    return "; ".join([*found[:_MOST], *([f"and {more} more"] if more > 0 else [])])


def _phrases(old: Parts, new: Parts) -> Iterator[str]:
    for path in old.keys() - new.keys():
        holder = path.rpartition(".")[0]
        if holder not in old or holder in new:
            yield f"`{path}` removed"
    for path, attributes in new.items():
        if path not in old:
            holder = path.rpartition(".")[0]
            if holder not in new or holder in old:
                told = ", ".join(f"{name} {value}" for name, value in attributes.items() if name != "doc")
                yield f"`{path}` added ({told})" if told else f"`{path}` added"
            continue
        for name in sorted(old[path].keys() | attributes.keys()):
            was, now = old[path].get(name), attributes.get(name)
            if was != now:
                yield f"`{path}`: {name} {was if was is not None else 'unset'} → {now if now is not None else 'unset'}"


def _parts(schema: Schema) -> Parts:
    if schema.type is SchemaType.PROTOBUF:
        return dict(_of_protobuf(schema))
    value = located(schema.text).value
    found: Parts = {}
    if schema.type is SchemaType.AVRO:
        _of_avro(value, "", found)
    else:
        _of_json(value, "", found)
    return found


def _of_avro(value: JsonValue, path: str, found: Parts) -> str:
    """Collect the fields of an Avro type, and name the type."""
    if isinstance(value, list):
        return " or ".join(_of_avro(item, path, found) for item in value)
    if not isinstance(value, dict):
        return str(value)
    kind = value.get("type")
    if kind in ("array", "map"):
        inner = "items" if kind == "array" else "values"
        return f"{kind} of {_of_avro(value.get(inner), f'{path}[]', found)}"
    if isinstance(kind, dict | list):
        return _of_avro(kind, path, found)
    name = str(value.get("name") or "")
    if kind in ("record", "error"):
        here = path or name
        _keep(found, here, {key: value[key] for key in value if key not in ("fields", "type")})
        some = value.get("fields")
        for field in some if isinstance(some, list) else []:
            if isinstance(field, dict):
                inner = f"{here}.{field.get('name')}"
                said = _of_avro(field.get("type"), inner, found)
                own = {key: field[key] for key in field if key not in ("name", "type")}
                found[inner] = {"type": said, **{key: _shown(item) for key, item in own.items()}}
        return name
    rest = {key: _shown(item) for key, item in value.items() if key not in ("type", "name", "doc")}
    return " ".join([str(kind), name, *(f"{key}={item}" for key, item in rest.items())]).replace("  ", " ")


def _of_json(value: JsonValue, path: str, found: Parts) -> None:
    if not isinstance(value, dict):
        found[path or "schema"] = {"schema": _shown(value)}
        return
    own = {key: item for key, item in value.items() if key not in _NESTING or isinstance(item, bool)}
    _keep(found, path or "schema", own)
    required = value.get("required")
    names = required if isinstance(required, list) else []
    for key in INSIDE_MAPPING:
        held = value.get(key)
        for name, inner in held.items() if isinstance(held, dict) else ():
            dotted = name if key == "properties" else f"{key}.{name}"
            here = f"{path}.{dotted}" if path else dotted
            _of_json(inner, here, found)
            if key == "properties" and name in names:
                found[here]["required"] = "true"
    found[path or "schema"].pop("required", None)
    for key in (*INSIDE_LIST, *INSIDE):
        held = value.get(key)
        here = f"{path}[]" if key == "items" else f"{path}.{key}" if path else key
        if isinstance(held, list):
            for index, inner in enumerate(held):
                _of_json(inner, f"{here}.{index}", found)
        elif isinstance(held, dict):
            _of_json(held, here, found)


def _of_protobuf(schema: Schema) -> Iterator[tuple[str, dict[str, str]]]:
    document = read_protobuf(schema)
    for name, message, _ in walk(document.file):
        reserved = [f"{one.start} to {one.end - 1}" for one in message.reserved_range] + list(message.reserved_name)
        yield name, {"reserved": ", ".join(reserved)} if reserved else {}
        for field in message.field:
            held = message.oneof_decl[field.oneof_index].name if field.HasField("oneof_index") else ""
            attributes = {"type": type_of(message, field), "number": str(field.number)}
            if label_of(message, field):
                attributes["label"] = label_of(message, field)
            if held and not field.proto3_optional:
                attributes["oneof"] = held
            yield f"{name}.{field.name}", attributes
    for enum_name, enum in _enums(schema):
        yield enum_name, {}
        for value in enum.value:
            yield f"{enum_name}.{value.name}", {"number": str(value.number)}


def _enums(schema: Schema) -> Iterator[tuple[str, Any]]:
    file = read_protobuf(schema).file
    yield from ((one.name, one) for one in file.enum_type)
    for name, message, _ in walk(file):
        yield from ((f"{name}.{one.name}", one) for one in message.enum_type)


def _keep(found: Parts, path: str, own: Mapping[str, Any]) -> None:
    found[path] = {key: _shown(value) for key, value in own.items()}


def _shown(value: JsonValue) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _lines(before: str, after: str) -> list[str]:
    """The lines that differ, for what no field says; of Protobuf its comments."""
    if tokens(before) == tokens(after):
        return []
    old, new = before.splitlines(), after.splitlines()
    lines = difflib.unified_diff(old, new, n=0, lineterm="")
    return [line[:_LONGEST] for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]
