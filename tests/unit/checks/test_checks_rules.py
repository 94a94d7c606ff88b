"""Every rule against its cases: tests/cases/checks/RULE.yaml, named after the rule's file."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from mqinfra import checks
from mqinfra.checks import registry
from mqinfra.checks.rule import Rule
from mqinfra.model.diagnostic import Diagnostic
from tests.unit.checks import rabbit_case, redis_case, topic_case
from tests.unit.checks.topic_case import CASES, load

FOLDER = Path(checks.__file__).parent
HELPERS = {"__init__", "rabbitmq", "redis", "registry", "rule", "scope_line", "scope_reach", "topic", "versions"}
MAKERS = {"redis": redis_case.context_of, "rabbitmq": rabbit_case.context_of}
CODES = {type(rule).__module__.rpartition(".")[2]: rule.code for rule in registry.rules()}


def found(case: dict[str, Any], code: str) -> list[Diagnostic]:
    """Run all rules over a case, and keep what has the code."""
    make = next((make for broker, make in MAKERS.items() if broker in case), topic_case.context_of)
    context = make(case)
    return [diagnostic for diagnostic in registry.run(context) if diagnostic.code == code]


def all_cases() -> Iterator[Any]:
    for file in sorted(CASES.glob("*.yaml")):
        for case in load(file.name):
            yield pytest.param(file.stem, case, id=f"{file.stem}: {case['name']}")


@pytest.mark.parametrize(("rule", "case"), list(all_cases()))
def test_rule_finds_what_its_case_expects(rule: str, case: dict[str, Any]) -> None:
    findings = found(case, CODES[rule].id)
    expected = case.get("expect") or []
    assert [summary(finding, wanted) for finding, wanted in zip(findings, expected, strict=False)] == expected
    assert len(findings) == len(expected), [finding.message for finding in findings]


def summary(finding: Diagnostic, wanted: dict[str, Any]) -> dict[str, Any]:
    """Say of a finding what a case says of it."""
    said = {
        "severity": finding.severity.value,
        "address": str(finding.address).removeprefix("kafka/topics/"),
        "at": finding.span.file if finding.span else None,
        "message": finding.message,
        "help": list(finding.help),
        "label": finding.label,
        "related": [f"{item.span.file}: {item.label}" for item in finding.related],
    }
    return {key: said[key] for key in wanted}


@pytest.mark.parametrize("rule", sorted(CODES))
def test_rule_has_a_good_and_a_bad_case(rule: str) -> None:
    expectations = [bool(case.get("expect")) for case in load(f"{rule}.yaml")]
    assert True in expectations
    assert False in expectations


def test_cases_say_where_and_how_much_each_finding_weighs() -> None:
    for file in CASES.glob("*.yaml"):
        for case in load(file.name):
            for wanted in case.get("expect") or []:
                assert {"severity", "address", "at", "message"} <= wanted.keys(), (file.name, case["name"])


def test_registry_knows_every_file_of_rules() -> None:
    assert {file.stem for file in FOLDER.glob("*.py")} - HELPERS == set(CODES)
    assert len(registry.rules()) == len(CODES)


def test_every_case_file_belongs_to_a_rule() -> None:
    assert {file.stem for file in CASES.glob("*.yaml")} == set(CODES)


def test_codes_are_unique_sorted_and_in_their_families() -> None:
    ids = [code.id for code in registry.codes()]
    assert ids == sorted(set(ids))
    owned = re.compile(r"MQ(3[1-5]|4[0-4]|5[0-4]|6[0-4]|7[0-4])\d")
    assert all(owned.fullmatch(identity) for identity in ids)


@pytest.mark.parametrize("rule", registry.rules(), ids=lambda rule: rule.code.id)
def test_code_explains_itself_with_examples_that_are_yaml(rule: Rule) -> None:
    code = rule.code
    assert code.title
    assert not code.title.endswith(".")
    assert len(code.explanation) > 100
    assert code.explanation.endswith(".")
    for example in (code.bad, code.good):
        assert isinstance(yaml.safe_load(example.replace("\n# and in a manifest:", "")), dict), example


@pytest.mark.parametrize(("rule", "case"), list(all_cases()))
def test_messages_follow_the_house_style(rule: str, case: dict[str, Any]) -> None:
    for finding in found(case, CODES[rule].id):
        assert not finding.message.endswith(".")
        assert "\n" not in finding.message
        assert finding.help
        if finding.span is None:
            assert finding.address in ("kafka", "rabbitmq", "redis"), "what stands nowhere concerns a whole cluster"
        else:
            assert finding.source == f"text of {finding.span.file}"
