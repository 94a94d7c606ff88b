"""The generated schemas: complete, closed where the reader is, described, and never stricter than the reader."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mqinfra.manifest.project.project import _ENVIRONMENT_FIELDS, _PROJECT_FIELDS
from mqinfra.manifest.text.limits import NAMES
from mqinfra.model.setting import Problem, Setting
from mqinfra.providers.base.catalogue import installed
from mqinfra.schema import project_schema, topology_schema
from mqinfra.schema.common import entry_name
from mqinfra.schema.setting import setting_schema

CATALOGUE = installed()
SCHEMAS = {"topology": topology_schema(CATALOGUE), "project": project_schema(CATALOGUE)}
SETTINGS = [setting for kind in CATALOGUE.entry_types() for table in kind.settings.values() for setting in table]
OPEN = {
    f"{entry_name(kind)}.{field}"
    for kind in CATALOGUE.entry_types()
    for field, table in kind.settings.items()
    if not table.closed
}

both = pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)


def below(schema: Any) -> Iterator[dict[str, Any]]:
    """All schemas inside a schema, itself included."""
    if isinstance(schema, list):
        for item in schema:
            yield from below(item)
    elif isinstance(schema, dict):
        yield schema
        for key, value in schema.items():
            if key in ("properties", "$defs"):
                for item in value.values():
                    yield from below(item)
            elif key in ("items", "additionalProperties", "anyOf", "allOf", "then"):
                yield from below(value)


@both
def test_every_reference_leads_to_a_definition_and_every_definition_is_used(schema: dict[str, Any]) -> None:
    used = {node["$ref"].removeprefix("#/$defs/") for node in below(schema) if "$ref" in node}
    assert used == set(schema["$defs"])


@both
def test_every_field_says_what_it_is(schema: dict[str, Any]) -> None:
    silent = {
        name
        for node in below(schema)
        for name, field in node.get("properties", {}).items()
        if not field.get("description") and "$ref" not in field and name not in ("kind", "env", "type")
    }
    assert silent == set()


@both
def test_every_mapping_with_named_fields_is_closed_but_for_the_brokers_own_keys(schema: dict[str, Any]) -> None:
    for name, node in {"": schema, **schema["$defs"]}.items():
        for inner in below({key: value for key, value in node.items() if key != "$defs"}):
            if "properties" in inner and name not in OPEN and name != "cluster":
                assert inner["additionalProperties"] is False, name


def test_project_has_the_fields_that_the_reader_knows() -> None:
    project = SCHEMAS["project"]
    assert set(project["properties"]) == set(_PROJECT_FIELDS)
    assert set(project["$defs"]["environment"]["properties"]) == set(_ENVIRONMENT_FIELDS)
    assert set(project["properties"]["limits"]["properties"]) == set(NAMES)


@pytest.mark.parametrize("kind", CATALOGUE.entry_types(), ids=lambda kind: f"{kind.broker}/{kind.name}")
def test_entry_has_the_fields_of_its_kind_and_what_every_entry_may_have(kind: Any) -> None:
    topology = SCHEMAS["topology"]
    entry = topology["$defs"][entry_name(kind)]
    aliases = {info.alias for info in kind.entry.model_fields.values()}
    sections = {
        other.name
        for other in CATALOGUE.entry_types()
        if (other.broker, other.placement.nested_in) == (kind.broker, kind.name)
    }
    assert (
        set(entry["properties"])
        == aliases | {"labels", "lifecycle"} | ({"promises"} if kind.promises else set()) | sections
    )
    outer = (
        topology["$defs"][f"{kind.broker}.{kind.placement.nested_in}"]
        if kind.placement.nested_in
        else topology["properties"][kind.broker]
    )
    section = outer["properties"][kind.name]
    for _ in range(kind.placement.name_depth):
        section = section["items" if kind.placement.listed else "additionalProperties"]
    assert section == {"$ref": f"#/$defs/{entry_name(kind)}"}
    assert f"{kind.broker}/{kind.name}" in topology["properties"]["defaults"]["properties"]
    for field, table in kind.settings.items():
        assert set(topology["$defs"][f"{entry_name(kind)}.{field}"]["properties"]) == set(table.names())


def test_mutability_reaches_the_schema() -> None:
    fields = SCHEMAS["topology"]["$defs"]["kafka.topics"]["properties"]
    assert fields["partitions"]["x-mqinfra-mutability"] == "grow-only"
    queue = SCHEMAS["topology"]["$defs"]["rabbitmq.queues"]["properties"]
    assert queue["type"]["x-mqinfra-mutability"] == "immutable"


def test_descriptions_tell_units_defaults_and_versions() -> None:
    config = SCHEMAS["topology"]["$defs"]["kafka.topics.config"]["properties"]
    assert config["retention.ms"]["description"] == (
        "Age after which records are deleted. Written as a duration: `7d`, `12h`, or milliseconds. "
        "-1 is unlimited. Default: 7d."
    )
    assert config["errors.deadletterqueue.group.enable"]["description"].endswith("Since kafka 4.4.")
    assert config["message.format.version"]["deprecated"] is True


texts = st.one_of(
    st.from_regex(r"[+-]?[0-9]{1,4}(\.[0-9]{0,2})?(ms|s|m|h|d|w|kB|MB|GiB)?", fullmatch=True),
    st.sampled_from(["true", "FALSE", " true ", "compact", "delete, compact", "", "unlimited", "Unlimited", "default"]),
    st.text(max_size=8),
)


@given(setting=st.sampled_from(SETTINGS), text=texts)
def test_schema_takes_every_text_that_the_setting_takes(setting: Setting, text: str) -> None:
    if isinstance(setting.parse(text), Problem):
        return
    schema = setting_schema(setting, "kafka")
    if "anyOf" in schema and "type" not in schema:
        assert text in schema["anyOf"][0]["enum"]
    elif "pattern" in schema:
        assert re.search(schema["pattern"], text), schema["pattern"]


@given(setting=st.sampled_from(SETTINGS), number=st.integers(-3, 2**40) | st.integers())
def test_schema_takes_every_number_that_the_setting_takes_and_no_other(setting: Setting, number: int) -> None:
    schema = setting_schema(setting, "kafka")
    if "integer" not in schema.get("type", ()) and "number" not in schema.get("type", ()):
        return
    taken = not isinstance(setting.parse(number), Problem)
    branches = schema.get("anyOf", [schema])
    assert taken == any(_holds(branch, number) for branch in branches)


def _holds(schema: dict[str, Any], number: int) -> bool:
    if "enum" in schema:
        return number in schema["enum"]
    return bool(schema.get("minimum", number) <= number <= schema.get("maximum", number))
