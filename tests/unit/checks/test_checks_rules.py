"""Every rule against its cases: tests/cases/checks/RULE.yaml, named after the rule's class."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from mqinfra import checks
from mqinfra.checks.registry import RULES as OURS
from mqinfra.checks.registry import run
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.rule import Rule
from mqinfra.providers.catalogue import builtin
from tests.unit.checks import rabbit_case, redis_case, topic_case
from tests.unit.checks.topic_case import CASES, load

RULES = (*OURS, *builtin().rules)
BROKERS = tuple(builtin().providers)
MAKERS = {"redis": redis_case.context_of, "rabbitmq": rabbit_case.context_of}
CODES = {re.sub(r"(?<!^)(?=[A-Z])", "_", type(rule).__name__).lower(): rule.code for rule in RULES}


def found(case: dict[str, Any], code: str) -> list[Diagnostic]:
    """Run all rules over a case, and keep what has the code."""
    make = next((make for broker, make in MAKERS.items() if broker in case), topic_case.context_of)
    context = make(case)
    return [diagnostic for diagnostic in run(context, RULES) if diagnostic.code == code]


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


def test_registries_know_every_rule() -> None:
    folders = [checks, *(importlib.import_module(f"mqinfra.providers.{broker}.rules") for broker in BROKERS)]
    for folder in folders:
        for module in pkgutil.iter_modules(folder.__path__, folder.__name__ + "."):
            importlib.import_module(module.name)
    known = {type(rule) for rule in RULES}
    assert [rule for base in Rule.__subclasses__() for rule in concrete(base) if rule not in known] == []
    assert len({rule.code for rule in RULES}) == len(CODES)


def concrete(rule: type[Rule]) -> Iterator[type[Rule]]:
    if hasattr(rule, "code") and rule.__module__.startswith("mqinfra."):
        yield rule
    for derived in rule.__subclasses__():
        yield from concrete(derived)


def test_every_case_file_belongs_to_a_rule() -> None:
    assert {file.stem for file in CASES.glob("*.yaml")} == set(CODES)


def test_codes_are_unique_sorted_and_in_their_families() -> None:
    ids = sorted(code.id for code in {rule.code for rule in RULES})
    assert ids == sorted(set(ids))
    owned = re.compile(r"MQ(3[1-5]|4[0-4]|5[0-4]|6[0-4]|7[0-4])\d")
    assert all(owned.fullmatch(identity) for identity in ids)


@pytest.mark.parametrize("code", CODES.values(), ids=lambda code: code.id)
def test_code_explains_itself_with_examples_that_are_yaml(code: Code) -> None:
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
