"""Every code of the rules against its cases: a file of tests/cases/checks, which names the code."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from inspect import isabstract
from typing import Any

import pytest
import yaml

from mqinfra import checks
from mqinfra.checks.registry import RULES as OURS
from mqinfra.checks.registry import run
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.errors import Bug
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.rule import Context, ResourceRule, Rule, Subject
from tests.unit.checks import rabbit_case, redis_case, topic_case
from tests.unit.checks.topic_case import CaseFile, case_files

RULES = (*OURS, *installed().rules)
BROKERS = tuple(installed().providers)
MAKERS = {"redis": redis_case.context_of, "rabbitmq": rabbit_case.context_of}
CODES = {code.id: code for rule in RULES for code in rule.codes}
FILES = case_files()


def context_of(case: dict[str, Any]) -> Context:
    return next((make for broker, make in MAKERS.items() if broker in case), topic_case.context_of)(case)


def found(case: dict[str, Any], code: str) -> list[Diagnostic]:
    """Run all rules over a case, and keep what has the code."""
    return [diagnostic for diagnostic in run(context_of(case), RULES) if diagnostic.code == code]


def all_cases() -> Iterator[Any]:
    for file in FILES:
        for case in file.cases:
            yield pytest.param(file.code, case, id=f"{file.name}: {case['name']}")


@pytest.mark.parametrize(("code", "case"), list(all_cases()))
def test_rule_finds_what_its_case_expects(code: str, case: dict[str, Any]) -> None:
    findings = found(case, code)
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


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_code_has_a_good_and_a_bad_case(file: CaseFile) -> None:
    expectations = [bool(case.get("expect")) for case in file.cases]
    assert True in expectations
    assert False in expectations


def test_cases_say_where_and_how_much_each_finding_weighs() -> None:
    for file in FILES:
        for case in file.cases:
            for wanted in case.get("expect") or []:
                assert {"severity", "address", "at", "message"} <= wanted.keys(), (file.name, case["name"])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{type(rule).__module__}.{type(rule).__name__}")
def test_rule_finds_each_of_its_codes_in_the_cases(rule: Rule) -> None:
    missing = {code.id for code in rule.codes}
    for file in FILES:
        if file.code in missing and any(file.code in reported(rule, case) for case in file.cases):
            missing.remove(file.code)
    assert not missing


def reported(rule: Rule, case: dict[str, Any]) -> set[str]:
    return {diagnostic.code for diagnostic in rule.report(context_of(case))}


def test_rule_that_reports_what_it_does_not_list_is_a_bug() -> None:
    class Careless(ResourceRule):
        """A rule with a slip."""

        codes = (OURS[0].codes[0],)

        def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
            yield subject.at_entry(OURS[1].codes[0], "something else")

    case = next(case for file in FILES for case in file.cases)
    with pytest.raises(Bug, match="Careless"):
        list(Careless().report(context_of(case)))


def test_registries_know_every_rule() -> None:
    folders = [checks, *(importlib.import_module(f"mqinfra.providers.{broker}.rules") for broker in BROKERS)]
    for folder in folders:
        for module in pkgutil.iter_modules(folder.__path__, folder.__name__ + "."):
            importlib.import_module(module.name)
    known = {type(rule) for rule in RULES}
    assert [rule for base in Rule.__subclasses__() for rule in concrete(base) if rule not in known] == []


def concrete(rule: type[Rule]) -> Iterator[type[Rule]]:
    if not isabstract(rule) and rule.__module__.startswith("mqinfra."):
        yield rule
    for derived in rule.__subclasses__():
        yield from concrete(derived)


def test_each_code_has_one_file_of_cases() -> None:
    assert sorted(file.code for file in FILES) == sorted(CODES)


def test_codes_are_unique_and_in_their_families() -> None:
    assert len({code for rule in RULES for code in rule.codes}) == len(CODES)
    owned = re.compile(r"MQ(3[1-5]|4[0-4]|5[0-4]|6[0-4]|7[0-4])\d")
    assert all(owned.fullmatch(identity) for identity in CODES)


@pytest.mark.parametrize("rules", [OURS, *(provider.rules for provider in installed().providers.values())])
def test_rules_stand_in_the_order_of_their_codes(rules: tuple[Rule, ...]) -> None:
    first = [rule.codes[0].id for rule in rules]
    assert first == sorted(first)


@pytest.mark.parametrize("code", CODES.values(), ids=lambda code: code.id)
def test_code_explains_itself_with_examples_that_are_yaml(code: Code) -> None:
    assert code.title
    assert not code.title.endswith(".")
    assert len(code.explanation) > 100
    assert code.explanation.endswith(".")
    for example in (code.bad, code.good):
        assert isinstance(yaml.safe_load(example.replace("\n# and in a manifest:", "")), dict), example


@pytest.mark.parametrize(("code", "case"), list(all_cases()))
def test_messages_follow_the_house_style(code: str, case: dict[str, Any]) -> None:
    for finding in found(case, code):
        assert not finding.message.endswith(".")
        assert "\n" not in finding.message
        assert finding.help
        if finding.span is None:
            assert finding.address in ("kafka", "rabbitmq", "redis"), "what stands nowhere concerns a whole cluster"
        else:
            assert finding.source == f"text of {finding.span.file}"
