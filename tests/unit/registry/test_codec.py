"""Payloads by a registry's schemas: which id they get, by what they are read, and what is said where none is there."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import pytest

from mqinfra.model.address import Address
from mqinfra.model.operation import Known
from mqinfra.providers.base.verification.codec import PayloadError
from mqinfra.providers.registry.api.http import Http, Login
from mqinfra.providers.registry.client import RegistryClient
from mqinfra.providers.registry.dialects import CONFLUENT
from mqinfra.providers.registry.payloads.frame import framed, unframed
from mqinfra.providers.registry.subjects.spec import SubjectSpec
from mqinfra.providers.registry.verification.codec import RegistryCodec
from tests.brokers.registry.confluent import Confluent

if TYPE_CHECKING:
    from collections.abc import Iterator

SUBJECT = Address("registry", "subjects", ("orders-value",))
ORDER = json.dumps({"type": "record", "name": "Order", "fields": [{"name": "id", "type": "long"}]})
WITH_LINE = json.dumps({"type": "record", "name": "Order", "fields": [{"name": "line", "type": "Line"}]})
LINE = json.dumps({"type": "record", "name": "Line", "fields": [{"name": "text", "type": "string"}]})


@pytest.fixture
def server() -> Iterator[Confluent]:
    confluent = Confluent()
    yield confluent
    confluent.close()


@pytest.fixture
def client(server: Confluent) -> Iterator[RegistryClient]:
    http = Http(server.url, Login(), None, width=2, where="it", timeout=5)
    http._sleep = lambda _: None
    yield RegistryClient("it", http, 4, CONFLUENT)
    http.close()


def spec(text: str = ORDER, **more: Any) -> SubjectSpec:
    return SubjectSpec.model_validate({"type": "avro", "schema": text, **more})


def chance(seed: int = 0) -> random.Random:
    return random.Random(seed)  # noqa: S311 - chance for tests


def test_the_declared_version_is_meant_and_not_the_latest(server: Confluent, client: RegistryClient) -> None:
    server.registry.register("other", {"schema": '"bytes"'})
    first = server.registry.register("orders-value", {"schema": ORDER})["id"]
    server.registry.register("orders-value", {"schema": ORDER.replace('"long"', '"double"')})
    codec = RegistryCodec(client, SUBJECT, spec())
    assert codec.look_up() == (Known.OK, f"schema {first}")
    payload = codec.written(chance())
    assert unframed(payload)[0] == first
    assert codec.read_again(payload) == payload
    assert server.written == []


def test_without_a_declaration_the_latest_is_meant(server: Confluent, client: RegistryClient) -> None:
    server.registry.register("orders-value", {"schema": ORDER})
    latest = server.registry.register("orders-value", {"schema": ORDER.replace('"long"', '"double"')})["id"]
    codec = RegistryCodec(client, SUBJECT, None)
    assert codec.look_up() == (Known.OK, f"schema {latest}")


def test_what_a_schema_refers_to_is_fetched(server: Confluent, client: RegistryClient) -> None:
    server.registry.register("line", {"schema": LINE})
    references = [{"name": "Line", "subject": "line", "version": 1}]
    server.registry.register("orders-value", {"schema": WITH_LINE, "references": references})
    codec = RegistryCodec(client, SUBJECT, spec(WITH_LINE, references=[{"name": "Line", "subject": "line"}]))
    payload = codec.written(chance())
    assert codec.read_again(payload) == payload


def test_a_schema_that_is_not_registered_can_t_be_written_by(client: RegistryClient) -> None:
    codec = RegistryCodec(client, SUBJECT, spec())
    known, why = codec.look_up()
    assert (known, "the registry does not have the schema: Subject 'orders-value' not found" in why) == (
        Known.FAILED,
        True,
    )
    with pytest.raises(PayloadError, match="does not have the schema"):
        codec.written(chance())


def test_a_registry_that_can_t_answer_says_nothing_of_its_schemas(server: Confluent, client: RegistryClient) -> None:
    number = server.registry.register("orders-value", {"schema": ORDER})["id"]
    server.before = lambda *_: (503, {}, b"")
    codec = RegistryCodec(client, SUBJECT, spec())
    assert codec.look_up()[0] is Known.UNKNOWN
    server.before = None
    payload = codec.written(chance())
    server.before = lambda *_: (503, {}, b"")
    with pytest.raises(PayloadError) as told:
        codec.read_again(payload)
    assert told.value.known is Known.UNKNOWN
    server.before = None
    assert codec.read_again(framed(number, payload[5:])) == payload


def test_what_may_not_be_read_is_not_missing(server: Confluent, client: RegistryClient) -> None:
    server.registry.register("orders-value", {"schema": ORDER})
    server.before = lambda *_: (403, {}, {"error_code": 40301, "message": "no"})
    assert RegistryCodec(client, SUBJECT, spec()).look_up()[0] is Known.UNKNOWN


def test_ids_of_other_schemas_and_of_none_give_something_else_than_was_written(
    server: Confluent, client: RegistryClient
) -> None:
    server.registry.register("orders-value", {"schema": ORDER})
    other = server.registry.register("other", {"schema": ORDER.replace('"long"', '"int"')})["id"]
    stranger = server.registry.register("stranger", {"schema": '"bytes"'})["id"]
    codec = RegistryCodec(client, SUBJECT, spec())
    payload = codec.written(chance())
    assert codec.read_again(framed(other, b"\x02")) == framed(unframed(payload)[0], b"\x02")
    with pytest.raises(PayloadError, match="can't be read"):
        codec.read_again(framed(stranger, payload[5:]))
    for what, spoilt in codec.spoilt(chance()).items():
        with pytest.raises(PayloadError) as told:
            codec.read_again(spoilt)
        assert told.value.known is Known.FAILED, what


def test_what_does_not_fit_is_refused(server: Confluent, client: RegistryClient) -> None:
    server.registry.register("orders-value", {"schema": ORDER})
    assert "not an example of the schema" in str(RegistryCodec(client, SUBJECT, spec()).refusal(chance()))


def test_rules_that_encrypt_are_told_of(server: Confluent, client: RegistryClient) -> None:
    rules = {"domainRules": [{"name": "pii", "kind": "TRANSFORM", "type": "ENCRYPT", "mode": "WRITEREAD"}]}
    server.registry.register("orders-value", {"schema": ORDER, "ruleSet": rules})
    known, said = RegistryCodec(client, SUBJECT, spec(ruleSet=rules)).look_up()
    assert (known, said) == (Known.OK, "schema 1, whose rules encrypt fields that canaries have in the clear")


def test_a_server_that_does_not_know_the_declared_text_again_is_asked_for_its_latest(
    server: Confluent, client: RegistryClient
) -> None:
    number = server.registry.register("orders-value", {"schema": ORDER})["id"]
    refused: tuple[int, dict[str, str], Any] = (422, {}, {"error_code": 42201, "message": "Syntax violation"})
    server.before = lambda method, _: refused if method == "POST" else None
    assert RegistryCodec(client, SUBJECT, spec()).look_up() == (Known.OK, f"schema {number}")
    other = spec(ORDER.replace('"long"', '"int"'))
    assert RegistryCodec(client, SUBJECT, other).look_up() == (Known.UNKNOWN, "Syntax violation")


def test_a_schema_that_went_for_good_after_it_was_written_by_can_t_be_read(
    server: Confluent, client: RegistryClient
) -> None:
    # Apicurio gives the schema by its id all the same; Confluent does not.
    server.registry.register("orders-value", {"schema": ORDER})
    codec = RegistryCodec(client, SUBJECT, spec())
    payload = codec.written(chance())
    server.registry.delete("orders-value", permanent=False)
    assert codec.read_again(payload) == payload
    server.registry.delete("orders-value", permanent=True)
    anew = ORDER.replace('"id"', '"number"')
    server.registry.register("orders-value", {"schema": anew})
    with pytest.raises(PayloadError, match="gives no schema 1: Schema 1 not found"):
        RegistryCodec(client, SUBJECT, spec(anew)).read_again(payload)
