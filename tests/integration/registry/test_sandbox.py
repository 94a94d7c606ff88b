"""A sandbox plays what a registry does with the level and the mode of the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.registry.project import Project
from tests.integration.registry.schemas import AVRO
from tests.integration.registry.test_evolution import begun, entry

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    return Project(tmp_path / "shop", "{type: registry, sandbox: true}", list, monkeypatch)


def test_the_level_that_was_applied_holds_for_subjects_without_one(played: Project) -> None:
    played.file("order.avsc", AVRO.first)
    played.declare(entry(AVRO), configuration={"compatibility": "NONE"})
    played.converge()
    played.file("order.avsc", AVRO.wrong)
    played.converge()
    played.file("order.avsc", AVRO.wrong.replace('"long"', '"string"'))
    played.declare(entry(AVRO), configuration={"compatibility": "FULL"})
    assert "is not compatible with the latest version (FULL)" in " ".join(played.plan(code=3).text.split())


def test_the_level_that_the_same_plan_gives_holds_for_it(played: Project) -> None:
    begun(played, AVRO)
    played.file("order.avsc", AVRO.wrong)
    assert AVRO.sentence in " ".join(played.plan(code=3).text.split())
    played.declare(entry(AVRO), configuration={"compatibility": "NONE"})
    played.converge()


def test_a_mode_that_forbids_to_register_is_heeded(played: Project) -> None:
    begun(played, AVRO)
    played.declare(entry(AVRO, mode="READONLY"))
    played.converge()
    played.file("order.avsc", AVRO.documented)
    assert "is in mode READONLY" in " ".join(played.plan(code=3).text.split())
    played.declare(entry(AVRO, mode="READWRITE"))
    played.converge()
    played.declare(entry(AVRO), configuration={"mode": "READONLY"})
    played.converge()
    played.declare(entry(AVRO, mode="GLOBAL"), configuration={"mode": "READONLY"})
    played.converge()
    played.file("order.avsc", AVRO.second.replace('"long"', '["long", "null"]'))
    assert "is in mode READONLY" in " ".join(played.plan(code=3).text.split())


def test_a_plan_that_closes_the_registry_registers_its_own_schemas_before(played: Project) -> None:
    played.file("order.avsc", AVRO.first)
    played.declare(entry(AVRO), configuration={"mode": "READONLY"})
    played.converge()


def test_what_only_all_versions_could_tell_is_said(played: Project) -> None:
    begun(played, AVRO)
    played.declare(entry(AVRO, compatibility="BACKWARD_TRANSITIVE"))
    played.file("order.avsc", AVRO.second.replace('"string"', '["string", "null"]'))
    told = " ".join(played.plan().text.split())
    assert "BACKWARD_TRANSITIVE counts all versions, and only the latest is known here" in told
    played.declare(entry(AVRO, compatibility="BACKWARD"))
    assert "MQ327" not in played.plan().text


def test_what_can_not_be_judged_is_said(played: Project) -> None:
    schema = 'syntax = "proto3";\nimport "{0}.proto";\nmessage Order {{\n  {1} by = 1;\n}}\n'
    customer = {"type": "protobuf", "schema": 'syntax = "proto3";\nmessage Customer {}\n'}
    reference = {"name": "customer.proto", "subject": "customer", "version": 1}
    order = {"type": "protobuf", "schema": schema.format("customer", "Customer"), "references": [reference]}
    played.declare({"customer": customer, "order": order})
    played.converge()
    played.declare({"customer": customer, "order": {**order, "schema": schema.format("customer", "int32")}})
    told = " ".join(played.plan().text.split())
    assert "whether the new schema is compatible (BACKWARD) can't be told here" in told
    assert "the schema behind `customer.proto` is not known here" in told
