"""What the conformance suite plans and applies on registries."""

import json
from typing import Any

from mqinfra.model.reading import Facts
from mqinfra.providers.base.sample import Refusal, Sample, Step
from mqinfra.providers.registry.dialects import dialect_of


def _avro(*fields: dict[str, Any], indent: int | None = None) -> str:
    record = {"type": "record", "name": "Order", "fields": [{"name": "id", "type": "long"}, *fields]}
    return json.dumps(record, indent=indent)


_CURRENCY = {"name": "currency", "type": "string", "default": "EUR"}
_NOTE = {"name": "note", "type": ["null", "string"], "default": None}
_MESSAGE = 'syntax = "proto3";\npackage shop;\n\nmessage Order {\n  int64 id = 1;\n'
_OBJECT = {"type": "object", "properties": {"id": {"type": "integer"}}, "additionalProperties": False}
_WIDER = {**_OBJECT, "properties": {**_OBJECT["properties"], "note": {"type": "string"}}}  # type: ignore[dict-item]  # json
_BY_KIND = "a subject has no field that others may add a key to, but those that not all registries keep"
_FIELD_BY_FIELD = "what can't change is refused by the level, and no field is immutable"


def _has_contexts(facts: Facts) -> bool:
    return dialect_of(facts).has_contexts


AVRO = Sample(
    kind="subjects",
    title="subjects",
    prefix="it-avro-",
    minimal={"type": "avro", "schema": _avro()},
    full={"type": "avro", "schema": _avro(_CURRENCY), "compatibility": "FULL"},
    same=(
        {"type": "avro", "schema": _avro(_CURRENCY, indent=4), "compatibility": "FULL"},
        {
            "type": "avro",
            "schema": '{"fields": [{"type": {"type": "long"}, "name": "id"}, {"default": "EUR", "name": "currency", '
            '"type": "string"}], "name": "Order", "type": "record"}',
        },
    ),
    updates=(
        Step("a field more", {"type": "avro", "schema": _avro()}, {"type": "avro", "schema": _avro(_CURRENCY)}),
        Step(
            "a stricter level",
            {"type": "avro", "schema": _avro(), "compatibility": "BACKWARD"},
            {"type": "avro", "schema": _avro(), "compatibility": "FULL_TRANSITIVE"},
        ),
        Step(
            "a looser level and another schema",
            {"type": "avro", "schema": _avro(), "compatibility": "FULL"},
            {"type": "avro", "schema": _avro({"name": "gone", "type": "string"}), "compatibility": "NONE"},
        ),
        Step(
            "two fields more", {"type": "avro", "schema": _avro()}, {"type": "avro", "schema": _avro(_CURRENCY, _NOTE)}
        ),
    ),
    reset=(
        Step(
            "no level of its own",
            {"type": "avro", "schema": _avro(), "compatibility": "FULL"},
            {"type": "avro", "schema": _avro(), "compatibility": "GLOBAL"},
        ),
        ("compatibility",),
    ),
    refused=(
        Refusal(
            "a type that is none",
            {"type": "avro", "schema": '{"type": "record", "name": "O", "fields": [\n{"name": "a", "type": "lon"}]}'},
            ("schema", "2:1"),
        ),
    ),
    without={"foreign": _BY_KIND, "impossible": _FIELD_BY_FIELD},
)
PROTOBUF = Sample(
    kind="subjects",
    title="subjects-protobuf",
    prefix="it-proto-",
    minimal={"type": "protobuf", "schema": _MESSAGE + "}\n"},
    full={"type": "protobuf", "schema": _MESSAGE + "  string note = 2;\n}\n", "compatibility": "BACKWARD"},
    same=({"type": "protobuf", "schema": _MESSAGE.replace("\n\n", "\n") + "string   note=2;}\n"},),
    updates=(
        Step(
            "a field more",
            {"type": "protobuf", "schema": _MESSAGE + "}\n"},
            {"type": "protobuf", "schema": _MESSAGE + "  string note = 2;\n}\n"},
        ),
        Step(
            "two fields more",
            {"type": "protobuf", "schema": _MESSAGE + "}\n"},
            {"type": "protobuf", "schema": _MESSAGE + "  string note = 2;\n  string by = 3;\n}\n"},
        ),
    ),
    refused=(
        Refusal(
            "a type that is none",
            {"type": "protobuf", "schema": 'syntax = "proto3";\nmessage O {\n  in64 id = 1;\n}\n'},
            ("schema", "3:3"),
        ),
    ),
    without={"foreign": _BY_KIND, "impossible": _FIELD_BY_FIELD, "reset": "the level is the same in every language"},
)
JSON = Sample(
    kind="subjects",
    title="subjects-json",
    prefix="it-json-",
    minimal={"type": "json", "schema": json.dumps(_OBJECT)},
    full={"type": "json", "schema": json.dumps(_WIDER), "compatibility": "BACKWARD"},
    same=({"type": "json", "schema": json.dumps(_WIDER, indent=2, sort_keys=True)},),
    updates=(
        Step(
            "a property more",
            {"type": "json", "schema": json.dumps(_OBJECT)},
            {"type": "json", "schema": json.dumps(_WIDER)},
        ),
        Step(
            "properties that nobody names",
            {"type": "json", "schema": json.dumps(_OBJECT)},
            {"type": "json", "schema": json.dumps({**_WIDER, "additionalProperties": {"type": "string"}})},
        ),
    ),
    refused=(Refusal("a type that is none", {"type": "json", "schema": '{\n  "type": "strng"\n}'}, ("schema", "2:3")),),
    without={"foreign": _BY_KIND, "impossible": _FIELD_BY_FIELD, "reset": "the level is the same in every language"},
)
CONFIGURATION = Sample(
    kind="configuration",
    prefix=":.it",
    minimal={"compatibility": "BACKWARD"},
    full={"compatibility": "FULL", "mode": "READWRITE"},
    same=({"compatibility": "FULL"},),
    updates=(
        Step("a stricter level", {"compatibility": "BACKWARD"}, {"compatibility": "FULL"}),
        Step("read only", {"compatibility": "BACKWARD"}, {"compatibility": "BACKWARD", "mode": "READONLY"}),
    ),
    suits=_has_contexts,
    without={
        "reset": "a level is always one of the words",
        "foreign": "it has no keys of others",
        "impossible": "everything can change",
        "refused": "what no registry takes is no word of the field",
    },
)
_ONLY_DELETED = "it can't be declared: it is what a delete leaves, and can only be deleted for good"
DELETED = Sample(
    kind="deletedSubjects",
    prefix="it-",
    minimal={},
    full={},
    same=(),
    without=dict.fromkeys(
        (
            "absent",
            "create",
            "equal-by-meaning",
            "update",
            "reset",
            "foreign",
            "impossible",
            "refused",
            "delete",
            "stale",
            "done-already",
            "many",
        ),
        _ONLY_DELETED,
    ),
)
SAMPLES = (AVRO, PROTOBUF, JSON, CONFIGURATION, DELETED)
