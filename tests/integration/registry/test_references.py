"""References, two levels deep, on a real registry: registered first, deleted last, and refused in between."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.brokers.registry.server import ApicurioServer
    from tests.integration.registry.project import Project


def _avro(name: str, *fields: tuple[str, str]) -> str:
    some = [{"name": field, "type": kind} for field, kind in fields]
    return json.dumps({"type": "record", "name": name, "namespace": "shop", "fields": some})


def _proto(body: str, *imports: str) -> str:
    lines = "".join(f'import "{one}";\n' for one in imports)
    return f'syntax = "proto3";\npackage shop;\n{lines}\n{body}\n'


# Named so that the alphabet would have them registered the wrong way round.
DEEP: dict[str, dict[str, dict[str, Any]]] = {
    "avro": {
        "c-country": {"type": "avro", "schema": _avro("Country", ("code", "string"))},
        "b-customer": {
            "type": "avro",
            "schema": _avro("Customer", ("home", "shop.Country")),
            "references": [{"name": "shop.Country", "subject": "c-country"}],
        },
        "a-order": {
            "type": "avro",
            "schema": _avro("Order", ("by", "shop.Customer")),
            "references": [
                {"name": "shop.Country", "subject": "c-country"},
                {"name": "shop.Customer", "subject": "b-customer"},
            ],
        },
    },
    "protobuf": {
        "c-country": {"type": "protobuf", "schema": _proto("message Country {\n  string code = 1;\n}")},
        "b-customer": {
            "type": "protobuf",
            "schema": _proto("message Customer {\n  Country home = 1;\n}", "country.proto"),
            "references": [{"name": "country.proto", "subject": "c-country"}],
        },
        "a-order": {
            "type": "protobuf",
            "schema": _proto("message Order {\n  Customer by = 1;\n}", "customer.proto"),
            "references": [{"name": "customer.proto", "subject": "b-customer"}],
        },
    },
    "json": {
        "c-country": {"type": "json", "schema": '{"type": "object", "properties": {"code": {"type": "string"}}}'},
        "b-customer": {
            "type": "json",
            "schema": '{"type": "object", "properties": {"home": {"$ref": "country.json"}}}',
            "references": [{"name": "country.json", "subject": "c-country"}],
        },
        "a-order": {
            "type": "json",
            "schema": '{"type": "object", "properties": {"by": {"$ref": "customer.json"}}}',
            "references": [{"name": "customer.json", "subject": "b-customer"}],
        },
    },
}
each = pytest.mark.parametrize("kind", DEEP)


@each
def test_what_is_referred_to_is_registered_first(
    project: Project, registry: ApicurioServer, kind: str, cell: set[str]
) -> None:
    project.declare(DEEP[kind])
    project.converge()
    paths = [str(one).rpartition("/subjects/")[2] for one in registry.proxy.mutating()]
    assert paths == ["c-country/versions", "b-customer/versions", "a-order/versions"]
    cell.add("apicurio-3/subjects/e2e-references-in-order")


@each
def test_what_is_referred_to_is_not_deleted(project: Project, registry: ApicurioServer, kind: str) -> None:
    project.declare(DEEP[kind])
    project.converge()
    some = {name: one for name, one in DEEP[kind].items() if name != "c-country"}
    project.declare(some, removed={"registry/subjects/c-country": None})
    assert "is deleted by `removed:`" in project.plan(code=3).text
    project.declare({}, removed={"registry/subjects/c-country": None})
    assert " refers to it" in project.plan(code=3).text
    assert registry.api.subjects() == ["a-order", "b-customer", "c-country"]


@each
def test_the_one_to_which_nobody_refers_is_deleted_and_not_for_good(
    project: Project, registry: ApicurioServer, kind: str, cell: set[str]
) -> None:
    project.declare(DEEP[kind])
    project.converge()
    some = {name: one for name, one in DEEP[kind].items() if name != "a-order"}
    project.declare(some, removed={"registry/subjects/a-order": None})
    project.converge()
    assert registry.api.subjects() == ["b-customer", "c-country"]
    assert registry.api.subjects("&deleted=true") == ["a-order", "b-customer", "c-country"]
    # Apicurio heeds references of what was deleted, and not for good; a plan knows.
    project.declare({"c-country": some["c-country"]}, removed={"registry/subjects/b-customer": None})
    told = " ".join(project.plan(code=3).text.split())
    assert "refers to it" in told
    assert "until the other subject is deleted for good" in told
    assert registry.api.call("DELETE", "subjects", "b-customer").body["error_code"] == 42206
    cell.add("apicurio-3/subjects/e2e-deletes-softly")


def test_json_schema_that_apicurio_would_not_take_for_one_is_refused_in_the_plan(project: Project) -> None:
    project.declare({"word": {"type": "json", "schema": '{"type": "string"}'}})
    assert "only if `$schema` or `properties` stand at its top" in " ".join(project.plan(code=3).text.split())


@each
def test_a_reference_that_leads_nowhere_is_an_error(project: Project, kind: str) -> None:
    project.declare({"b-customer": DEEP[kind]["b-customer"]})
    assert "`registry/subjects/c-country` (schema that it refers to) is neither declared" in project.plan(code=3).text


WRONG = {
    "avro": (
        _avro("Order", ("by", "shop.Customer"), ("amount", "int")),
        "`Order.amount` has no default in the new schema, and the latest version does not have the field",
    ),
    "protobuf": (
        _proto("message Order {\n  int32 by = 1;\n}", "customer.proto"),
        "`Order.by` is int32 in the new schema, and .shop.Customer in the latest version",
    ),
    "json": (
        '{"type": "object", "properties": {"by": {"$ref": "customer.json"}}, "required": ["by"]}',
        "`by` is required in the new schema, and not in the latest version",
    ),
}


@each
def test_an_incompatible_change_of_a_schema_with_references_is_refused_offline_too(project: Project, kind: str) -> None:
    project.declare(DEEP[kind])
    project.converge()
    project.mq("snapshot", "-o", "json=live.json")
    schema, sentence = WRONG[kind]
    wrong = {**DEEP[kind]["a-order"], "schema": schema, "compatibility": "BACKWARD"}
    project.declare({**DEEP[kind], "a-order": wrong})
    for arguments in ((), ("--against", "live.json")):
        told = " ".join(project.plan(*arguments, code=3).text.split())
        assert f"the new schema is not compatible with the latest version (BACKWARD): {sentence}" in told


def test_what_was_deleted_is_deleted_for_good_only_with_consent(
    project: Project, registry: ApicurioServer, cell: set[str]
) -> None:
    project.declare({"orders": DEEP["avro"]["c-country"]})
    project.converge()
    project.declare({}, removed={"registry/subjects/orders": None})
    project.converge()
    project.declare({}, removed={"registry/deletedSubjects/orders": None})
    refused = " ".join(project.plan(code=3).text.split())
    assert "records with the ids of its schemas can no longer be read" in refused
    assert registry.api.subjects("&deleted=true") == ["orders"]
    until = (datetime.now(UTC).date() + timedelta(days=2)).isoformat()
    project.declare({}, removed={"registry/deletedSubjects/orders": {"evenIf": ["messages"], "until": until}})
    project.converge()
    assert registry.api.subjects("&deleted=true") == []
    project.declare({})
    cell.add("apicurio-3/deletedSubjects/e2e-deletes-for-good")


def test_what_was_deleted_can_not_be_declared(project: Project) -> None:
    project.declare({"orders": DEEP["avro"]["c-country"]})
    text = (project.root / "topology" / "orders.yaml").read_text()
    (project.root / "topology" / "orders.yaml").write_text(f"{text}  deletedSubjects:\n    gone: {{}}\n")
    assert "what was deleted can't be declared" in " ".join(project.plan(code=3).text.split())


def test_a_subject_that_is_there_is_not_deleted_for_good(project: Project, registry: ApicurioServer) -> None:
    project.declare({"orders": DEEP["avro"]["c-country"]})
    project.converge()
    until = (datetime.now(UTC).date() + timedelta(days=2)).isoformat()
    project.declare({}, removed={"registry/deletedSubjects/orders": {"evenIf": ["messages"], "until": until}})
    project.mq("apply", "--auto-approve")
    assert registry.api.subjects() == ["orders"]


def test_what_was_deleted_softly_can_be_declared_again(project: Project, registry: ApicurioServer) -> None:
    subject = {"orders": {**DEEP["avro"]["c-country"], "compatibility": "FULL"}}
    project.declare(subject)
    project.converge()
    project.declare({}, removed={"registry/subjects/orders": None})
    project.converge()
    project.declare(subject)
    project.converge()
    assert registry.api.call("GET", "subjects", "orders", "versions").body == [2]
