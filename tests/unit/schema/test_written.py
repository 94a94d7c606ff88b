"""The schemas of plan and report describe every field that is written, and leave room for those to come."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from mqinfra.model.event import Event, Started, fold
from mqinfra.model.plan import Plan
from mqinfra.render.plan_json import plan_to_json
from mqinfra.render.report_json import report_to_json
from tests.unit.render import hostile
from tests.unit.render.hostile import some
from tests.unit.schema.test_schema_shape import below
from tests.unit.schema.written import SCHEMAS, problems

both = pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)


@some
@given(hostile.plans())
def test_every_plan_agrees_with_its_schema(plan: Plan) -> None:
    assert problems(plan_to_json(plan)) == []


@some
@given(hostile.event_lists)
def test_every_report_agrees_with_its_schema(events: list[Event]) -> None:
    report = fold([Started(project="p", environment="e", digest="d", changes=1), *events])
    assert problems(report_to_json(report)) == []


@both
def test_every_reference_leads_to_a_definition_and_every_definition_is_used(schema: dict[str, Any]) -> None:
    used = {node["$ref"].removeprefix("#/$defs/") for node in below(schema) if "$ref" in node}
    assert used == set(schema["$defs"])


@both
def test_every_type_and_field_says_what_it_is(schema: dict[str, Any]) -> None:
    silent = {
        f"{title}.{name}"
        for title, node in {"": schema, **schema["$defs"]}.items()
        for name, field in node.get("properties", {}).items()
        if "description" not in field and "$ref" not in field and name not in ("kind", "event")
    }
    assert silent == set()


@both
def test_nothing_of_python_is_in_it(schema: dict[str, Any]) -> None:
    text = json.dumps(schema)
    assert "Attributes:" not in text
    assert not re.search("None|True|False", text)


def test_fields_of_later_versions_are_passed_over() -> None:
    plan = Plan(tool_version="1", project="p", environment="e", digest="sha256:" + "0" * 64)
    document = json.loads(plan_to_json(plan))
    assert problems(json.dumps(document)) == []
    later = document | {"formatVersion": "1.9", "new": {"a": 1}}
    assert [*Draft202012Validator(SCHEMAS["plan"]).iter_errors(later)] == []
    assert [*Draft202012Validator(SCHEMAS["plan"]).iter_errors(later | {"formatVersion": "2.0"})] != []
