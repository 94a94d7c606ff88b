"""Payloads by chance from schemas of all languages: they are read as they were written, and misfits are refused.

Schemas of which none can be made stand in `none` of tests/cases/payloads, all others in `fits`.
"""

from __future__ import annotations

import random
from itertools import islice
from pathlib import Path

import pytest

from mqinfra.providers.base.verification.codec import PayloadError
from mqinfra.providers.registry.payloads.frame import framed, unframed
from mqinfra.providers.registry.payloads.languages import language_of
from mqinfra.providers.registry.schemas.schema import Schema, SchemaError, SchemaType
from tests.integration.registry.pairs import avro_pairs, json_pairs, protobuf_pairs

CASES = Path(__file__).parents[2] / "cases" / "payloads"
FITS, NONE = (sorted(CASES.glob(f"*/{kind}/*")) for kind in ("fits", "none"))
PAIRS = {SchemaType.AVRO: avro_pairs, SchemaType.PROTOBUF: protobuf_pairs, SchemaType.JSON: json_pairs}
SEEDS = range(30)


def chance(seed: int | str) -> random.Random:
    return random.Random(seed)  # noqa: S311 - chance for tests


def schema_of(path: Path) -> Schema:
    return Schema(SchemaType(path.parts[-3]), path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    return f"{path.parts[-3]}/{path.stem}"


@pytest.mark.parametrize("path", FITS, ids=name_of)
def test_what_is_made_is_read_as_it_was_written(path: Path) -> None:
    schema = schema_of(path)
    language = language_of(schema, "orders-value")
    for seed in SEEDS:
        body = language.made(chance(seed))
        assert body == language.made(chance(seed))
        assert language.read_again(body, schema) == body
    assert language.refusal(chance(0)), path


@pytest.mark.parametrize("path", NONE, ids=name_of)
def test_what_can_t_be_made_is_said(path: Path) -> None:
    with pytest.raises(PayloadError, match=r"ends|give it `examples`"):
        language_of(schema_of(path), "orders-value").made(chance(0))


@pytest.mark.parametrize("kind", PAIRS)
def test_any_schema_s_payloads_are_read_by_it_and_not_by_just_any_other(kind: SchemaType) -> None:
    told_apart = 0
    for old, new in islice(PAIRS[kind](), 60):
        schema = Schema(kind, old)
        language = language_of(schema, "orders-shop.Order")
        body = language.made(chance(old))
        assert language.read_again(body, schema) == body, old
        assert language.refusal(chance(old)), old
        try:
            told_apart += language.read_again(body, Schema(kind, new)) != body
        except PayloadError:
            told_apart += 1
    assert told_apart > 10


def test_a_schema_that_takes_everything_refuses_nothing() -> None:
    assert language_of(Schema(SchemaType.JSON, "{}"), "orders-value").refusal(chance(0)) is None


@pytest.mark.parametrize("kind", PAIRS)
def test_what_is_cut_off_is_not_read(kind: SchemaType) -> None:
    schemas = {
        SchemaType.AVRO: '{"type": "record", "name": "O", "fields": [{"name": "note", "type": "long"}]}',
        SchemaType.PROTOBUF: 'syntax = "proto3";\nmessage O {\n  fixed64 id = 1;\n}\n',
        SchemaType.JSON: '{"type": "object", "properties": {"id": {"const": 7}}, "required": ["id"]}',
    }
    schema = Schema(kind, schemas[kind])
    language = language_of(schema, "orders-value")
    body = next(one for seed in SEEDS if len(one := language.made(chance(seed))) > 1)
    with pytest.raises(PayloadError):
        language.read_again(body[:-1], schema)


def test_bytes_that_the_schema_does_not_explain_are_not_read() -> None:
    schema = Schema(SchemaType.AVRO, '"long"')
    language = language_of(schema, "orders-value")
    with pytest.raises(PayloadError, match="left over"):
        language.read_again(language.made(chance(0)) + b"x", schema)


@pytest.mark.parametrize(
    ("subject", "index"),
    [("orders-value", b"\x00"), ("orders-shop.Order", b"\x02\x02"), ("shop.Order", b"\x02\x02")],
)
def test_the_message_is_the_first_or_the_one_that_the_subject_names(subject: str, index: bytes) -> None:
    # Confluent's wire format: the length and the numbers as zigzag, and a single zero for the first message.
    text = 'syntax = "proto3";\npackage shop;\nmessage Line {}\nmessage Order {}\n'
    assert language_of(Schema(SchemaType.PROTOBUF, text), subject).made(chance(0)) == index


def test_messages_within_messages_are_found_by_their_place() -> None:
    text = 'syntax = "proto3";\nmessage Other {}\nmessage Order {\n  message Line {\n    int32 id = 1;\n  }\n}\n'
    same = Schema(SchemaType.PROTOBUF, 'syntax = "proto3";\nmessage Line {\n  int32 id = 1;\n}\n')
    nested = b"\x04\x02\x00" + b"\x08\x07"  # [1, 0]: the first message of the second one; `id` is 7
    again = language_of(same, "orders-value").read_again(nested, Schema(SchemaType.PROTOBUF, text))
    assert again == b"\x00\x08\x07"
    for lost in (b"\x04\x06\x00", b"\x04", b"\xff" * 12, b"\x01"):
        with pytest.raises(PayloadError):
            language_of(same, "orders-value").read_again(lost, Schema(SchemaType.PROTOBUF, text))


def test_a_schema_without_a_message_has_no_payloads() -> None:
    with pytest.raises(SchemaError, match="no message"):
        language_of(Schema(SchemaType.PROTOBUF, 'syntax = "proto3";\nenum State {\n  NEW = 0;\n}\n'), "orders-value")


def test_the_id_stands_in_front() -> None:
    assert framed(258, b"x") == b"\x00\x00\x00\x01\x02x"
    assert unframed(b"\x00\x00\x00\x01\x02x") == (258, b"x")
    for wrong in (b"", b"\x00\x00\x00\x01", b"{}", b"\x01\x00\x00\x01\x02x"):
        with pytest.raises(PayloadError):
            unframed(wrong)
