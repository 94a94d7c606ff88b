"""Exporting subjects: schemas in files beside the manifest, which plans no change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.integration.registry.test_references import DEEP

if TYPE_CHECKING:
    from tests.integration.registry.project import Project


def test_an_export_with_files_of_schemas_plans_no_change(other_project: Project) -> None:
    kinds = {f"{name}-{kind}": one for kind, some in DEEP.items() for name, one in some.items() if name == "c-country"}
    other_project.declare(kinds | {"a/b c": {"type": "json", "schema": '{"properties": {}}', "compatibility": "FULL"}})
    other_project.converge()
    other_project.mq("export", "-o", "yaml=topology/orders.yaml")
    folder = other_project.root / "topology" / "schemas"
    assert sorted(path.name for path in folder.iterdir()) == [
        "a_b_c.json",
        "c-country-avro.avsc",
        "c-country-json.json",
        "c-country-protobuf.proto",
    ]
    assert "file: schemas/c-country-avro.avsc" in (other_project.root / "topology" / "orders.yaml").read_text()
    assert (folder / "c-country-avro.avsc").read_text().count("\n") > 5, "its differences can be read"
    assert "No changes" in other_project.plan("--detailed-exitcode").out


def test_what_goes_to_stdout_has_the_schemas_in_it(other_project: Project) -> None:
    other_project.declare({"word": {"type": "json", "schema": '{"properties": {}}'}})
    other_project.converge()
    assert "properties" in other_project.mq("export").out


def test_a_split_export_has_its_schemas_too_and_overwrites_nothing(other_project: Project) -> None:
    other_project.declare({"word": {"type": "json", "schema": '{"properties": {}}'}})
    other_project.converge()
    other_project.mq("export", "--split-by", "prefix", "--into", "out")
    assert (other_project.root / "out" / "schemas" / "word.json").exists()
    assert "file: schemas/word.json" in (other_project.root / "out" / "word.yaml").read_text()
    told = other_project.mq("export", "--split-by", "prefix", "--into", "out", code=1).text
    assert "already exists" in told
