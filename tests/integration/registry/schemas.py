"""One evolution per language: a first version, one that may follow it, and one that may not."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Course:
    """The course of one subject.

    `sentence` and `line` are what the plan says of `wrong`, and the line of its file that it points at; `documented`
    is the second version with another text for people.
    """

    kind: str
    ending: str
    first: str
    second: str
    wrong: str
    sentence: str
    line: int
    reformatted: str
    documented: str
    keeps_docs: bool


def _record(*fields: dict[str, Any], doc: str = "an order") -> str:
    record = {"type": "record", "name": "Order", "namespace": "shop", "doc": doc, "fields": list(fields)}
    return json.dumps(record, indent=2)


_ID = {"name": "id", "type": "long"}
_NOTE = {"name": "note", "type": "string", "default": ""}
AVRO = Course(
    kind="avro",
    ending="avsc",
    first=_record(_ID),
    second=_record(_ID, _NOTE),
    wrong=_record(_ID, _NOTE, {"name": "amount", "type": "int"}),
    sentence="`Order.amount` has no default in the new schema, and the latest version does not have the field",
    line=17,
    reformatted=json.dumps(json.loads(_record(_ID, _NOTE)), sort_keys=True),
    documented=_record(_ID, _NOTE, doc="an order of the shop"),
    keeps_docs=False,
)


def _message(*lines: str) -> str:
    body = "".join(f"  {line}\n" for line in lines)
    return f'syntax = "proto3";\npackage shop;\n\nmessage Order {{\n{body}}}\n'


PROTOBUF = Course(
    kind="protobuf",
    ending="proto",
    first=_message("int64 id = 1;"),
    second=_message("int64 id = 1;", "string note = 2;"),
    wrong=_message("int64 id = 1;", "int32 note = 2;"),
    sentence="`Order.note` is int32 in the new schema, and string in the latest version",
    line=6,
    reformatted='syntax="proto3";package shop;message Order{int64 id=1;string note=2;}',
    documented=_message("int64 id = 1;", "string note = 2; // what the customer wrote"),
    keeps_docs=True,
)


def _object(properties: dict[str, Any], required: list[str]) -> str:
    found = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    return json.dumps(found, indent=2)


JSON = Course(
    kind="json",
    ending="json",
    first=_object({"id": {"type": "integer"}}, ["id"]),
    second=_object({"id": {"type": "integer"}, "note": {"type": "string"}}, ["id"]),
    wrong=_object({"id": {"type": "integer"}, "note": {"type": "string"}}, ["id", "note"]),
    sentence="`note` is required in the new schema, and not in the latest version",
    line=7,
    reformatted=json.dumps(
        json.loads(_object({"id": {"type": "integer"}, "note": {"type": "string"}}, ["id"])), sort_keys=True
    ),
    documented=_object({"id": {"type": "integer"}, "note": {"type": "string", "description": "by whom"}}, ["id"]),
    keeps_docs=True,
)
COURSES = (AVRO, PROTOBUF, JSON)
