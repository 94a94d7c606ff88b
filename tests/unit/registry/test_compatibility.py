"""The offline rules: levels, directions, and what Confluent's registry judges otherwise than Apicurio's."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mqinfra.providers.registry.compatibility.check import THE_LATEST, Older, judge
from mqinfra.providers.registry.compatibility.levels import Level, who_goes_first
from mqinfra.providers.registry.compatibility.rules import APICURIO, CONFLUENT, Rules
from mqinfra.providers.registry.schemas.schema import Schema, SchemaError, SchemaType


def reasons(kind: SchemaType, old: str, new: str, level: Level = Level.BACKWARD, rules: Rules = CONFLUENT) -> list[str]:
    judged = judge(Schema(kind, new), [Older(Schema(kind, old), THE_LATEST)], level, rules)
    assert not judged.unchecked
    return [one.text for one in judged.findings]


def record(*fields: dict[str, Any], name: str = "Order") -> str:
    return json.dumps({"type": "record", "name": name, "fields": list(fields)})


ID = {"name": "id", "type": "long"}
NEEDED = {"name": "note", "type": "string"}


@pytest.mark.parametrize(
    ("level", "added", "removed"),
    [
        (Level.NONE, True, True),
        (Level.BACKWARD, False, True),
        (Level.FORWARD, True, False),
        (Level.FULL, False, False),
    ],
)
def test_directions(level: Level, added: bool, removed: bool) -> None:  # noqa: FBT001 - a table
    assert (not reasons(SchemaType.AVRO, record(ID), record(ID, NEEDED), level)) is added
    assert (not reasons(SchemaType.AVRO, record(ID, NEEDED), record(ID), level)) is removed


def test_only_a_transitive_level_looks_further_back() -> None:
    older = [
        Older(Schema(SchemaType.AVRO, text), title) for text, title in ((record(ID, NEEDED), "v2"), (record(ID), "v1"))
    ]
    new = Schema(SchemaType.AVRO, record(ID, NEEDED))
    assert not judge(new, older, Level.BACKWARD, CONFLUENT).findings
    found = judge(new, older, Level.BACKWARD_TRANSITIVE, CONFLUENT).findings
    assert [one.text for one in found] == [
        "`Order.note` has no default in the new schema, and v1 does not have the field"
    ]


@pytest.mark.parametrize(
    ("one", "other", "so"),
    [
        (Level.FULL, Level.BACKWARD, True),
        (Level.BACKWARD, Level.FULL, False),
        (Level.BACKWARD, Level.NONE, True),
        (Level.BACKWARD, Level.BACKWARD_TRANSITIVE, False),
        (Level.FULL_TRANSITIVE, Level.FORWARD_TRANSITIVE, True),
        (Level.BACKWARD, Level.FORWARD, False),
        (Level.FORWARD, Level.BACKWARD, False),
    ],
)
def test_which_level_is_as_strict_as_another(one: Level, other: Level, so: bool) -> None:  # noqa: FBT001 - a table
    assert one.as_strict_as(other) is so


@pytest.mark.parametrize(
    ("level", "words"),
    [
        (Level.BACKWARD, "consumers before producers"),
        (Level.FORWARD_TRANSITIVE, "producers before consumers"),
        (Level.FULL, "in any order"),
        (Level.NONE, "together"),
    ],
)
def test_who_goes_first(level: Level, words: str) -> None:
    assert words in who_goes_first(level)


def message(*lines: str, head: str = 'syntax = "proto3";\npackage shop;') -> str:
    return f"{head}\nmessage Order {{\n" + "".join(f"  {line}\n" for line in lines) + "}\n"


@pytest.mark.parametrize(
    ("old", "new", "confluent", "apicurio"),
    [
        # What Confluent's SchemaDiff.COMPATIBLE_CHANGES forgives, and Apicurio does not.
        (message("int64 id = 1;", "string a = 2;"), message("int64 id = 1;"), True, False),
        (message("int64 id = 1;"), message("int64 number = 1;"), True, False),
        (message("int32 id = 1;"), message("int64 id = 1;"), True, False),
        (message("string a = 1;"), message("bytes a = 1;"), True, False),
        # What neither forgives.
        (message("int64 id = 1;"), message("string id = 1;"), False, False),
        (message("sint32 id = 1;"), message("int32 id = 1;"), False, False),
        # What Confluent does not forgive, and Apicurio does.
        (message("int64 id = 1;"), message("int64 id = 1;", head='syntax = "proto3";\npackage other;'), False, True),
        (
            message("int64 id = 1;", "oneof o { string a = 2; string b = 3; }"),
            message("int64 id = 1;", "oneof o { string a = 2; }", 'reserved 3; reserved "b";'),
            False,
            True,
        ),
        (
            message("string a = 1;", "string b = 2;"),
            message("oneof o { string a = 1; string b = 2; }"),
            False,
            True,
        ),
        # What both forgive.
        (message("int64 id = 1;"), message("int64 id = 1;", "string a = 2;"), True, True),
        (message("int64 id = 1;", "string a = 2;"), message("int64 id = 1;", 'reserved 2; reserved "a";'), True, True),
    ],
)
def test_protobuf_by_either_registry(old: str, new: str, confluent: bool, apicurio: bool) -> None:  # noqa: FBT001 - a table
    assert (not reasons(SchemaType.PROTOBUF, old, new, rules=CONFLUENT)) is confluent
    assert (not reasons(SchemaType.PROTOBUF, old, new, rules=APICURIO)) is apicurio


def thing(additional: object = None, required: list[str] | None = None, **properties: Any) -> str:
    found: dict[str, Any] = {"type": "object", "properties": properties}
    if additional is not None:
        found["additionalProperties"] = additional
    if required:
        found["required"] = required
    return json.dumps(found)


TEXT, NUMBER = {"type": "string"}, {"type": "number"}


@pytest.mark.parametrize(
    ("old", "new", "forgiven"),
    [
        (thing(False, a=TEXT), thing(False, a=TEXT, b=TEXT), True),
        (thing(None, a=TEXT), thing(None, a=TEXT, b=TEXT), False),
        (thing(None, a=TEXT), thing(None, a=TEXT, b={}), True),
        (thing(TEXT, a=TEXT), thing(TEXT, a=TEXT, b=TEXT), True),
        (thing(TEXT, a=TEXT), thing(TEXT, a=TEXT, b=NUMBER), False),
        (thing(False, a=TEXT, b=TEXT), thing(False, a=TEXT), False),
        (thing(None, a=TEXT, b=TEXT), thing(None, a=TEXT), True),
        (thing(False, a=TEXT), thing(True, a=TEXT), True),
        (thing(True, a=TEXT), thing(False, a=TEXT), False),
        (thing(False, a=TEXT), thing(False, ["a"], a=TEXT), False),
        (thing(False, a=TEXT), thing(False, ["a"], a={**TEXT, "default": ""}), True),
        (thing(False, a={"type": "integer"}), thing(False, a=NUMBER), True),
        (thing(False, a=NUMBER), thing(False, a={"type": "integer"}), False),
        (thing(False, a=TEXT), thing(False, a={"type": ["string", "null"]}), True),
        (thing(False, a={"type": ["string", "null"]}), thing(False, a=TEXT), False),
        (thing(False, a=TEXT), thing(False, a={**TEXT, "maxLength": 3}), False),
        (thing(False, a={**TEXT, "maxLength": 3}), thing(False, a={**TEXT, "maxLength": 4}), True),
        (thing(False, a={**NUMBER, "minimum": 3}), thing(False, a={**NUMBER, "minimum": 4}), False),
        (thing(False, a={**NUMBER, "multipleOf": 4}), thing(False, a={**NUMBER, "multipleOf": 2}), True),
        (thing(False, a={"enum": ["x"]}), thing(False, a={"enum": ["x", "y"]}), True),
        (thing(False, a={"enum": ["x", "y"]}), thing(False, a={"enum": ["x"]}), False),
        (thing(False, a={"oneOf": [TEXT]}), thing(False, a={"oneOf": [TEXT, NUMBER]}), True),
        (thing(False, a={"oneOf": [TEXT, NUMBER]}), thing(False, a={"oneOf": [TEXT]}), False),
        (thing(False, a={"allOf": [TEXT]}), thing(False, a={"allOf": [TEXT, {"minLength": 1}]}), False),
        (thing(False, a={"type": "array"}), thing(False, a={"type": "array", "items": TEXT}), False),
        (thing(False, a={"type": "array", "items": TEXT}), thing(False, a={"type": "array", "items": NUMBER}), False),
        (thing(False, a=TEXT), thing(False, a=TEXT | {"description": "d", "title": "t"}), True),
        ('{"$ref": "#/definitions/a", "definitions": {"a": {"type": "string"}}}', '{"type": "string"}', True),
        (
            '{"type": "object", "properties": {"next": {"$ref": "#"}}, "additionalProperties": false}',
            '{"type": "object", "properties": {"next": {"$ref": "#"}, "a": {}}, "additionalProperties": false}',
            True,
        ),
    ],
)
def test_json_schema_by_confluent_s_algorithm(old: str, new: str, forgiven: bool) -> None:  # noqa: FBT001 - a table
    found = reasons(SchemaType.JSON, old, new)
    assert (not found) is forgiven, found


def test_avro_reasons_name_the_field_however_deep() -> None:
    inner = {"type": "record", "name": "Line", "fields": [{"name": "sku", "type": "string"}]}
    wider = {"type": "record", "name": "Line", "fields": [{"name": "sku", "type": "int"}]}
    old = record(ID, {"name": "lines", "type": {"type": "array", "items": inner}})
    new = record(ID, {"name": "lines", "type": {"type": "array", "items": wider}})
    assert reasons(SchemaType.AVRO, old, new) == [
        "`Order.lines[].sku` is int in the new schema, and string in the latest version"
    ]


def test_another_language_is_never_compatible() -> None:
    judged = judge(
        Schema(SchemaType.JSON, "{}"),
        [Older(Schema(SchemaType.AVRO, record(ID)), THE_LATEST)],
        Level.BACKWARD,
        CONFLUENT,
    )
    assert [one.text for one in judged.findings] == ["it is json, and the latest version is avro"]


def test_what_is_referred_to_and_not_known_is_taken_as_it_is_named() -> None:
    by = {"name": "by", "type": "shop.Customer"}
    unknown = frozenset({"shop.Customer"})
    old = Older(Schema(SchemaType.AVRO, record(by), missing=unknown), THE_LATEST)
    assert not judge(Schema(SchemaType.AVRO, record(by), missing=unknown), [old], Level.BACKWARD, CONFLUENT).findings
    new = Schema(SchemaType.AVRO, record(by, NEEDED), missing=unknown)
    found = judge(new, [old], Level.BACKWARD, CONFLUENT).findings
    assert [one.text for one in found] == [
        "`Order.note` has no default in the new schema, and the latest version does not have the field"
    ]


def test_what_protobuf_imports_and_nobody_knows_is_said_and_not_guessed() -> None:
    text = 'syntax = "proto3"; import "customer.proto"; message Order { Customer by = 1; }'
    new = Schema(SchemaType.PROTOBUF, text, missing=frozenset({"customer.proto"}))
    judged = judge(new, [Older(new, THE_LATEST)], Level.BACKWARD, CONFLUENT)
    assert judged.unchecked == "the schema behind `customer.proto` is not known here"
    assert not judged.findings


def test_a_new_schema_that_is_none_is_an_error() -> None:
    with pytest.raises(SchemaError):
        judge(Schema(SchemaType.AVRO, "{"), [Older(Schema(SchemaType.AVRO, record(ID)), "v1")], Level.FULL, CONFLUENT)
