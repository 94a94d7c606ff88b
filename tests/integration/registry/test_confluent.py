"""What Confluent's registry does otherwise, against a fake that is written to its sources."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mqinfra.model.secret import SecretRef, SecretValue
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.provider import Cluster
from mqinfra.providers.conformance.driver import Driver
from mqinfra.providers.conformance.levels import LEVELS, Level
from mqinfra.providers.registry.api.connection import RegistryConnection
from mqinfra.providers.registry.samples import SAMPLES
from tests.integration.registry.schemas import AVRO
from tests.integration.registry.test_evolution import begun, entry
from tests.integration.registry.test_references import DEEP

if TYPE_CHECKING:
    from mqinfra.providers.base.sample import Sample
    from mqinfra.providers.base.session import Session
    from tests.brokers.registry.confluent import Confluent
    from tests.integration.registry.project import Project


def _no_secrets(reference: SecretRef) -> SecretValue:
    raise AssertionError(reference)


@pytest.mark.parametrize("sample", SAMPLES, ids=[one.label for one in SAMPLES])
@pytest.mark.parametrize("level", LEVELS, ids=[one.name for one in LEVELS])
def test_conformance(confluent: Confluent, sample: Sample, level: Level) -> None:
    if level.name in sample.without:
        pytest.skip(sample.without[level.name])
    if sample.kind == "configuration":
        # A context is there once something is in it, or its level is set.
        confluent.registry.levels.clear()
    catalogue = installed()
    cluster = Cluster(Driver.alias, RegistryConnection(url=(confluent.url,)))

    def opener() -> Session:
        return catalogue.providers["registry"].connect(cluster, _no_secrets, 10.0)

    level.prove(Driver(catalogue, "registry", opener, sample))


def test_another_doc_is_a_change(other_project: Project) -> None:
    begun(other_project, AVRO)
    other_project.file("order.avsc", AVRO.documented)
    assert "`Order`: doc" in other_project.plan().out
    other_project.converge()


def test_the_registry_s_refusal_is_told_by_our_own_sentence(other_project: Project) -> None:
    begun(other_project, AVRO)
    other_project.file("order.avsc", AVRO.wrong)
    assert AVRO.sentence in " ".join(other_project.plan(code=3).text.split())


def test_its_messages_are_told_where_we_find_no_reason(other_project: Project, confluent: Confluent) -> None:
    begun(other_project, AVRO)
    messages = ["{errorType:'SOMETHING_ELSE', description:'a rule of theirs'}", "{compatibility: 'BACKWARD'}"]
    confluent.before = lambda _method, path: (
        (200, {}, {"is_compatible": False, "messages": messages}) if "/compatibility/" in path else None
    )
    other_project.file("order.avsc", AVRO.documented)
    told = " ".join(other_project.plan(code=3).text.split())
    assert "SOMETHING_ELSE" in told
    assert "a rule of theirs" in told


def test_the_registry_s_yes_counts_over_our_no(other_project: Project, confluent: Confluent) -> None:
    begun(other_project, AVRO)
    confluent.before = lambda _method, path: (200, {}, {"is_compatible": True}) if "/compatibility/" in path else None
    other_project.file("order.avsc", AVRO.wrong)
    assert "1 to update" in other_project.plan().out


def test_a_subject_without_a_level_of_its_own_has_none(other_project: Project, confluent: Confluent) -> None:
    begun(other_project, AVRO)
    other_project.declare(entry(AVRO, compatibility="BACKWARD"))
    assert "holds for the whole registry too, and pinned" in other_project.plan().out
    other_project.converge()
    assert confluent.registry.levels["orders-value"] == {"compatibilityLevel": "BACKWARD"}
    other_project.declare(entry(AVRO, compatibility="GLOBAL"))
    other_project.converge()
    assert "orders-value" not in confluent.registry.levels


def test_mode_is_opened_first_and_closed_last(other_project: Project, confluent: Confluent) -> None:
    other_project.file("order.avsc", AVRO.first)
    other_project.declare(entry(AVRO, mode="READONLY"))
    other_project.converge()
    other_project.file("order.avsc", AVRO.second)
    other_project.declare(entry(AVRO, mode="READWRITE"))
    confluent.requests.clear()
    other_project.converge()
    assert confluent.written == ["PUT /mode/orders-value", "POST /subjects/orders-value/versions"]


def test_a_mode_that_forbids_to_register_blocks_in_the_plan(other_project: Project, confluent: Confluent) -> None:
    begun(other_project, AVRO)
    confluent.registry.modes[""] = "READONLY"
    other_project.file("order.avsc", AVRO.documented)
    told = other_project.plan(code=3).text
    assert "is in mode READONLY, which forbids to register schemas" in " ".join(told.split())


def test_a_context_s_subjects_are_its_own(other_project: Project, confluent: Confluent) -> None:
    name = ":.payments:orders-value"
    other_project.file("order.avsc", AVRO.first)
    other_project.declare({name: {"type": "avro", "file": "schemas/order.avsc"}})
    other_project.converge()
    assert list(confluent.registry.subjects) == [name]
    exported = other_project.mq("export").out
    assert name in exported


def test_references_of_what_was_deleted_do_not_count(other_project: Project, confluent: Confluent) -> None:
    customer = {"type": "avro", "schema": '{"type": "record", "name": "Customer", "fields": []}'}
    order = {
        "type": "avro",
        "schema": '{"type": "record", "name": "Order", "fields": [{"name": "by", "type": "Customer"}]}',
        "references": [{"name": "Customer", "subject": "customer"}],
    }
    other_project.declare({"customer": customer, "order": order})
    other_project.converge()
    other_project.declare({}, removed={"registry/subjects/customer": None})
    assert "`order` refers to it" in other_project.plan(code=3).text
    other_project.declare({}, removed={"registry/subjects/customer": None, "registry/subjects/order": None})
    planned = json.loads(other_project.mq("plan", "--max-deletes", "registry/subjects=2", "-o", "json").out)
    assert {one["address"]: one["needs"] for one in planned["changes"]} == {
        "registry/subjects/customer": ["registry/subjects/order"],
        "registry/subjects/order": [],
    }
    confluent.requests.clear()
    other_project.mq("apply", "--auto-approve", "--max-deletes", "registry/subjects=2")
    assert confluent.written == ["DELETE /subjects/order", "DELETE /subjects/customer"]
    assert all(one.deleted for some in confluent.registry.subjects.values() for one in some)


def test_metadata_is_kept_and_another_is_another_version(other_project: Project, confluent: Confluent) -> None:
    other_project.file("order.avsc", AVRO.first)
    other_project.declare(entry(AVRO, metadata={"properties": {"owner": "orders"}}))
    other_project.converge()
    other_project.declare(entry(AVRO, metadata={"properties": {"owner": "billing"}}))
    other_project.converge()
    assert [one.body["metadata"] for one in confluent.registry.subjects["orders-value"]] == [
        {"properties": {"owner": "orders"}},
        {"properties": {"owner": "billing"}},
    ]


def test_what_was_deleted_is_deleted_for_good_only_with_consent(other_project: Project, confluent: Confluent) -> None:
    begun(other_project, AVRO)
    other_project.declare({}, removed={"registry/subjects/orders-value": None})
    other_project.converge()
    assert [one.deleted for one in confluent.registry.subjects["orders-value"]] == [True, True]
    other_project.declare({}, removed={"registry/deletedSubjects/orders-value": None})
    refused = " ".join(other_project.plan(code=3).text.split())
    assert "records with the ids of its schemas can no longer be read" in refused
    assert "versions 1, 2" in refused
    until = (datetime.now(UTC).date() + timedelta(days=2)).isoformat()
    consent = {"evenIf": ["messages"], "until": until}
    other_project.declare({}, removed={"registry/deletedSubjects/orders-value": consent})
    other_project.converge()
    assert confluent.registry.subjects == {}


def test_what_is_registered_and_not_the_latest_is_blocked(other_project: Project, confluent: Confluent) -> None:
    begun(other_project, AVRO)
    confluent.registry.register("orders-value", {"schema": AVRO.documented})
    told = " ".join(other_project.plan(code=3).text.split())
    assert "the schema is registered as version 2 already, and version 3 is the latest" in told


def test_what_is_referred_to_is_registered_first(other_project: Project, confluent: Confluent) -> None:
    other_project.declare(DEEP["avro"])
    other_project.converge()
    assert confluent.written == [f"POST /subjects/{name}/versions" for name in ("c-country", "b-customer", "a-order")]


def test_a_level_is_loosened_before_and_tightened_after_a_schema_is_registered(
    other_project: Project, confluent: Confluent
) -> None:
    begun(other_project, AVRO, compatibility="BACKWARD")
    other_project.declare(entry(AVRO, compatibility="NONE"))
    other_project.file("order.avsc", AVRO.wrong)
    confluent.requests.clear()
    other_project.converge()
    assert confluent.written == ["PUT /config/orders-value", "POST /subjects/orders-value/versions"]
    other_project.declare(entry(AVRO, compatibility="BACKWARD"))
    other_project.file("order.avsc", AVRO.second)
    confluent.requests.clear()
    assert "registered as version 2 already" in " ".join(other_project.plan(code=3).text.split())
    other_project.file("order.avsc", AVRO.second.replace('"long"', '["long", "null"]'))
    confluent.requests.clear()
    other_project.converge()
    assert confluent.written == ["POST /subjects/orders-value/versions", "PUT /config/orders-value"]


def test_a_schema_is_held_against_the_level_that_the_same_plan_gives_the_whole_registry(
    other_project: Project, confluent: Confluent
) -> None:
    confluent.registry.levels[""] = {"compatibilityLevel": "NONE"}
    begun(other_project, AVRO)
    other_project.file("order.avsc", AVRO.wrong)
    other_project.declare(entry(AVRO), configuration={"compatibility": "BACKWARD"})
    assert AVRO.sentence in " ".join(other_project.plan(code=3).text.split())
    other_project.file("order.avsc", AVRO.documented)
    confluent.requests.clear()
    assert "BACKWARD: deploy consumers before producers" in " ".join(other_project.converge().out.split())
    assert confluent.written == ["POST /subjects/orders-value/versions", "PUT /config"]
    other_project.file("order.avsc", AVRO.wrong)
    other_project.declare(entry(AVRO), configuration={"compatibility": "NONE"})
    confluent.requests.clear()
    assert "NONE: nothing was checked" in " ".join(other_project.converge().out.split())
    assert confluent.written == ["PUT /config", "POST /subjects/orders-value/versions"]


def test_a_registry_that_the_same_plan_opens_takes_schemas_and_one_that_it_closes_does_so_before(
    other_project: Project, confluent: Confluent
) -> None:
    begun(other_project, AVRO)
    other_project.file("order.avsc", AVRO.documented)
    other_project.declare(entry(AVRO), configuration={"mode": "READONLY"})
    confluent.requests.clear()
    other_project.converge()
    assert confluent.written == ["POST /subjects/orders-value/versions", "PUT /mode"]
    other_project.file("order.avsc", AVRO.second.replace('"long"', '["long", "null"]'))
    assert "is in mode READONLY" in " ".join(other_project.plan(code=3).text.split())
    other_project.declare(entry(AVRO), configuration={"mode": "READWRITE"})
    confluent.requests.clear()
    other_project.converge()
    assert confluent.written == ["PUT /mode", "POST /subjects/orders-value/versions"]


def test_a_level_that_is_loosened_while_the_registry_is_closed_is_not_loosened_for_the_schemas_before(
    other_project: Project, confluent: Confluent
) -> None:
    confluent.registry.levels[""] = {"compatibilityLevel": "BACKWARD"}
    begun(other_project, AVRO)
    other_project.file("order.avsc", AVRO.wrong)
    other_project.declare(entry(AVRO), configuration={"compatibility": "NONE", "mode": "READONLY"})
    assert AVRO.sentence in " ".join(other_project.plan(code=3).text.split())
    other_project.file("order.avsc", AVRO.documented)
    confluent.requests.clear()
    other_project.converge()
    assert confluent.written[0] == "POST /subjects/orders-value/versions"


def test_what_was_deleted_softly_can_be_declared_again(other_project: Project, confluent: Confluent) -> None:
    begun(other_project, AVRO)
    other_project.declare({}, removed={"registry/subjects/orders-value": None})
    other_project.converge()
    other_project.declare(entry(AVRO))
    other_project.converge()
    assert [(one.number, one.deleted) for one in confluent.registry.subjects["orders-value"]] == [
        (1, True),
        (2, True),
        (3, False),
    ]
