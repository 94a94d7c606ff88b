"""Pairs of schemas, an old and a new one, by chance from a fixed seed: what people do to schemas, right and wrong."""

from __future__ import annotations

import copy
import json
import random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PAIRS = 200
_SEED = 14
_NAMES = ("id", "amount", "note", "by", "lines", "state", "total", "flag")


def avro_pairs() -> Iterator[tuple[str, str]]:
    """Records with fields of every type, some nested, and one to three edits."""
    chance = random.Random(_SEED)  # noqa: S311 - chance for tests
    for number in range(PAIRS):
        old = _avro_record(chance, f"R{number}", 0)
        new = copy.deepcopy(old)
        for _ in range(chance.randint(1, 3)):
            _edit_avro(chance, new)
        yield json.dumps(old), json.dumps(new)


def _avro_record(chance: random.Random, name: str, depth: int) -> dict[str, Any]:
    names = chance.sample(_NAMES, chance.randint(1, 5))
    return {"type": "record", "name": name, "fields": [_avro_field(chance, one, name, depth) for one in names]}


def _avro_field(chance: random.Random, name: str, holder: str, depth: int) -> dict[str, Any]:
    kind = _avro_type(chance, f"{holder}_{name}", depth)
    field: dict[str, Any] = {"name": name, "type": kind}
    defaults: dict[str, Any] = {"int": 1, "long": 2, "float": 1.5, "double": 2.5, "string": "x", "boolean": True}
    if isinstance(kind, str) and kind in defaults and chance.random() < 0.5:
        field["default"] = defaults[kind]
    if isinstance(kind, list):
        field["default"] = None
    return field


def _avro_type(chance: random.Random, name: str, depth: int) -> Any:
    plain = ["int", "long", "float", "double", "string", "bytes", "boolean"]
    kinds: list[Callable[[], Any]] = [
        lambda: chance.choice(plain),
        lambda: chance.choice(plain),
        lambda: ["null", chance.choice(plain)],
        lambda: {"type": "array", "items": chance.choice(plain)},
        lambda: {"type": "map", "values": chance.choice(plain)},
        lambda: {"type": "enum", "name": f"{name}_e", "symbols": chance.sample(["A", "B", "C", "D"], 3)},
        lambda: {"type": "fixed", "name": f"{name}_f", "size": chance.randint(1, 4)},
    ]
    if depth < 2:
        kinds.append(lambda: _avro_record(chance, f"{name}_r", depth + 1))
    return chance.choice(kinds)()


def _edit_avro(chance: random.Random, record: dict[str, Any]) -> None:
    fields = record["fields"]
    field = chance.choice(fields) if fields else None
    kind = field["type"] if field is not None else None
    if isinstance(kind, dict) and chance.random() < 0.7:
        if kind["type"] == "record":
            _edit_avro(chance, kind)
            return
        if kind["type"] == "enum":
            kind["symbols"] = chance.sample(["A", "B", "C", "D"], chance.randint(2, 4))
            return
        if kind["type"] == "fixed":
            kind["size"] = chance.randint(1, 4)
            return
        kind["items" if kind["type"] == "array" else "values"] = chance.choice(["int", "long", "string", "double"])
        return
    match chance.randint(0, 6):
        case 0 if field is not None and len(fields) > 1:
            fields.remove(field)
        case 1 | 2:
            free = [name for name in _NAMES if name not in {one["name"] for one in fields}]
            if free:
                fields.append(_avro_field(chance, free[0], record["name"], 2))
        case 3 if field is not None:
            field["type"] = chance.choice(["int", "long", "float", "double", "string", "bytes"])
            field.pop("default", None)
        case 4 if field is not None and isinstance(kind, str):
            field["type"] = ["null", kind] if chance.random() < 0.5 else [kind, "null"]
            field.pop("default", None)
        case 5 if field is not None:
            field["doc"] = "what it is"
        case 6 if field is not None:
            field["aliases"] = [field["name"]]
            field["name"] = f"{field['name']}2"
        case _:
            fields.reverse()


_SCALARS = ("int32", "int64", "uint32", "sint32", "string", "bytes", "bool", "double", "fixed32", "Kind", "Part")


def protobuf_pairs() -> Iterator[tuple[str, str]]:
    """Messages with fields of every type, an enum and a nested message, and one to three edits."""
    chance = random.Random(_SEED)  # noqa: S311 - chance for tests
    for _ in range(PAIRS):
        old = _message(chance)
        new = copy.deepcopy(old)
        for _ in range(chance.randint(1, 3)):
            _edit_message(chance, new)
        yield _written(old), _written(new)


def _message(chance: random.Random) -> dict[str, Any]:
    names = chance.sample(_NAMES, chance.randint(2, 5))
    fields = [
        [name, number, chance.choice(_SCALARS), chance.choice(["", "", "repeated ", "optional "])]
        for number, name in enumerate(names, start=1)
    ]
    return {
        "fields": fields,
        "oneof": [],
        "reserved": [],
        "values": ["ZERO", "ONE", "TWO"],
        "part": [["sku", 1, "string", ""]],
    }


def _edit_message(chance: random.Random, message: dict[str, Any]) -> None:
    fields = message["fields"]
    field = chance.choice(fields) if fields else None
    match chance.randint(0, 8):
        case 0 if field is not None:
            fields.remove(field)
        case 1 if field is not None:
            fields.remove(field)
            message["reserved"] += [str(field[1]), json.dumps(field[0])]
        case 2 | 3:
            taken = {one[1] for one in (*fields, *message["oneof"])} | {
                int(r) for r in message["reserved"] if r.isdecimal()
            }
            named = {one[0] for one in (*fields, *message["oneof"])} | {r.strip('"') for r in message["reserved"]}
            free = [name for name in _NAMES if name not in named]
            if free:
                fields.append([free[0], max(taken, default=0) + 1, chance.choice(_SCALARS), ""])
        case 4 if field is not None:
            field[2] = chance.choice(_SCALARS)
        case 5 if field is not None:
            field[0] = f"{field[0]}_x"
        case 6 if field is not None:
            field[3] = chance.choice(["", "repeated ", "optional "])
        case 7:
            more = chance.random() < 0.5 and "THREE" not in message["values"]
            message["values"] = [*message["values"], "THREE"] if more else message["values"][:-1] or ["ZERO"]
        case 8:
            message["part"].append(["count", 2, "int32", ""]) if len(message["part"]) == 1 else message["part"].pop()
        case _:
            fields.reverse()


def _written(message: dict[str, Any]) -> str:
    def lines(fields: list[list[Any]], indent: str) -> list[str]:
        return [f"{indent}{label}{kind} {name} = {number};" for name, number, kind, label in fields]

    reserved = (
        [one for one in message["reserved"] if one.isdecimal()],
        [one for one in message["reserved"] if not one.isdecimal()],
    )
    return "\n".join(
        [
            'syntax = "proto3";',
            "package shop;",
            "enum Kind {",
            *(f"  {name} = {number};" for number, name in enumerate(message["values"])),
            "}",
            "message Part {",
            *lines(message["part"], "  "),
            "}",
            "message Order {",
            *(f"  reserved {', '.join(some)};" for some in reserved if some),
            *lines(message["fields"], "  "),
            "}",
            "",
        ]
    )


def json_pairs() -> Iterator[tuple[str, str]]:
    """Objects with properties of every type, open and closed, and one to three edits."""
    chance = random.Random(_SEED)  # noqa: S311 - chance for tests
    for _ in range(PAIRS):
        old = _object(chance, 0)
        new = copy.deepcopy(old)
        for _ in range(chance.randint(1, 3)):
            _edit_object(chance, new)
        yield json.dumps(old), json.dumps(new)


def _object(chance: random.Random, depth: int) -> dict[str, Any]:
    names = chance.sample(_NAMES, chance.randint(1, 4))
    found: dict[str, Any] = {"type": "object", "properties": {name: _property(chance, depth) for name in names}}
    if chance.random() < 0.6:
        found["required"] = chance.sample(names, chance.randint(1, len(names)))
    additional = chance.choice([None, False, False, True])
    if additional is not None:
        found["additionalProperties"] = additional
    return found


def _property(chance: random.Random, depth: int) -> dict[str, Any]:
    kinds: list[Callable[[], dict[str, Any]]] = [
        lambda: {"type": "string"},
        lambda: {"type": "string", "maxLength": chance.randint(5, 9)},
        lambda: {"type": "integer"},
        lambda: {"type": "number", "minimum": chance.randint(0, 5)},
        lambda: {"type": "boolean"},
        lambda: {"type": "array", "items": {"type": chance.choice(["string", "integer"])}},
        lambda: {"enum": chance.sample(["a", "b", "c", "d"], 3)},
    ]
    if depth < 1:
        kinds.append(lambda: _object(chance, depth + 1))
    return chance.choice(kinds)()


def _edit_object(chance: random.Random, schema: dict[str, Any]) -> None:
    properties = schema["properties"]
    name = chance.choice(sorted(properties)) if properties else None
    held = properties[name] if name is not None else {}
    if held.get("type") == "object" and chance.random() < 0.7:
        _edit_object(chance, held)
        return
    match chance.randint(0, 8):
        case 0 if name is not None:
            del properties[name]
            schema["required"] = [one for one in schema.get("required", []) if one != name]
        case 1 | 2:
            free = [one for one in _NAMES if one not in properties]
            if free:
                properties[free[0]] = _property(chance, 1)
        case 3 if name is not None:
            schema["required"] = sorted({*schema.get("required", []), name})
        case 4 if name is not None:
            schema["required"] = [one for one in schema.get("required", []) if one != name]
        case 5 if name is not None:
            properties[name] = _property(chance, 1)
        case 6:
            schema["additionalProperties"] = chance.choice([True, False])
        case 7 if held.get("type") in ("string", "number"):
            word = "maxLength" if held["type"] == "string" else "minimum"
            held[word] = chance.randint(1, 9)
        case 8 if "enum" in held:
            held["enum"] = chance.sample(["a", "b", "c", "d"], chance.randint(2, 4))
        case _:
            schema["description"] = "an order"
    if not schema.get("required", True):
        del schema["required"]
