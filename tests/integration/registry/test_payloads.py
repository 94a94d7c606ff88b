"""Sample messages against declared schemas: `mqinfra validate --payload`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.registry.test_references import DEEP

if TYPE_CHECKING:
    from tests.integration.registry.project import Project

AVRO = """{"type": "record", "name": "Order", "fields": [
  {"name": "id", "type": "long"}, {"name": "note", "type": ["null", "string"]}, {"name": "raw", "type": "bytes"},
  {"name": "lines", "type": {"type": "array", "items": {"type": "record", "name": "L", "fields": [
    {"name": "sku", "type": "string"}, {"name": "price", "type": "double"}]}}}]}"""
PROTOBUF = 'syntax = "proto3"; package shop; message Order { int64 id = 1; repeated string lines = 2; }'
JSON = (
    '{"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"], "additionalProperties": false}'
)
GOOD = {"id": 1, "note": None}


@pytest.mark.parametrize(
    ("kind", "schema", "message", "words"),
    [
        ("avro", AVRO, '{"id": 1, "note": null, "raw": "\\u00ff", "lines": [{"sku": "a", "price": 2}]}', ""),
        ("avro", AVRO, '{"id": 1, "note": {"string": "x"}, "raw": "", "lines": []}', ""),
        ("avro", AVRO, '{"id": 1, "note": "x", "raw": "", "lines": []}', ""),
        ("avro", AVRO, '{"id": "seven", "note": null, "raw": "", "lines": []}', "seven"),
        ("avro", AVRO, '{"id": 1, "note": null, "raw": "", "lines": [{"sku": 1, "price": 2}]}', "sku"),
        ("avro", AVRO, "{", "it is not JSON"),
        ("protobuf", PROTOBUF, '{"id": "7", "lines": ["a"]}', ""),
        ("protobuf", PROTOBUF, '{"id": "seven"}', "id"),
        ("protobuf", PROTOBUF, '{"number": 1}', "number"),
        ("json", JSON, '{"id": 7}', ""),
        ("json", JSON, '{"id": "seven"}', "`id`: 'seven' is not of type 'integer'"),
        ("json", JSON, "{}", "'id' is a required property"),
    ],
)
def test_a_message_fits_or_is_told_why_not(
    other_project: Project, kind: str, schema: str, message: str, words: str
) -> None:
    other_project.declare({"orders-value": {"type": kind, "schema": schema}})
    (other_project.root / "sample.json").write_text(message, encoding="utf-8")
    ran = other_project.mq("validate", "--payload", "orders-value=sample.json", code=1 if words else 0)
    assert ("MQ124" in ran.text) is bool(words)
    assert words in ran.text


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("avro", '{"by": {"home": {"code": "de"}}}', '{"by": {"home": {"code": 1}}}'),
        ("protobuf", '{"by": {"home": {"code": "de"}}}', '{"by": {"home": {"code": 1}}}'),
        ("json", '{"by": {"home": {"code": "de"}}}', '{"by": {"home": {"code": 1}}}'),
    ],
)
def test_what_a_schema_refers_to_is_looked_into(other_project: Project, kind: str, good: str, bad: str) -> None:
    other_project.declare(DEEP[kind])
    for text, code in ((good, 0), (bad, 1)):
        (other_project.root / "sample.json").write_text(text, encoding="utf-8")
        other_project.mq("validate", "--payload", "a-order=sample.json", code=code)


def test_each_line_of_a_file_of_lines_is_a_message(other_project: Project) -> None:
    other_project.declare({"orders-value": {"type": "json", "schema": JSON}})
    (other_project.root / "some.jsonl").write_text('{"id": 1}\n\n{"id": "x"}\n', encoding="utf-8")
    assert "some.jsonl:3:1" in other_project.mq("validate", "--payload", "orders-value=some.jsonl", code=1).text


def test_a_name_that_is_not_declared_is_an_error(other_project: Project) -> None:
    other_project.declare({"orders-value": {"type": "json", "schema": JSON}})
    (other_project.root / "sample.json").write_text("{}", encoding="utf-8")
    told = other_project.mq("validate", "--payload", "order-value=sample.json", code=1).text
    assert "did you mean `orders-value`?" in told
    other_project.mq("validate", "--payload", "orders-value", code=64)
