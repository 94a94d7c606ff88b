"""Every code of the rules against its cases: a file of tests/cases/checks, which names the code."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from inspect import isabstract
from itertools import zip_longest
from typing import Any

import pytest
import yaml

from mqinfra import checks
from mqinfra.checks.rulebook import RULES as OURS
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.errors import Bug
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.rule import Context, ResourceRule, Rule, Subject
from tests.unit.checks.case import BROKERS, CASES, Case, all_cases

RULES = (*OURS, *installed().rules)
CODES = {code.id: code for rule in RULES for code in rule.codes}
ALL = all_cases()
EACH = pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.code}: {case.name}")


@EACH
def test_rule_finds_what_its_case_expects(case: Case) -> None:
    found = [summary(case, *pair) for pair in zip(case.findings, case.expect, strict=False)]
    assert found == case.expect
    assert len(case.findings) == len(case.expect), [finding.message for finding in case.findings]


def summary(case: Case, finding: Diagnostic, wanted: dict[str, Any]) -> dict[str, Any]:
    """Say of a finding what a case says of it."""
    related = zip_longest(finding.related, (wanted.get("related") or [])[: len(finding.related)])
    said = {
        "severity": finding.severity.value,
        "address": finding.address,
        "at": case.at(finding.span, str(finding.address), wanted["at"]),
        "message": finding.message,
        "help": list(finding.help),
        "label": finding.label,
        "related": [case.related(*pair) for pair in related],
    }
    return {key: said[key] for key in wanted}


@pytest.mark.parametrize("code", sorted({case.code for case in ALL}))
def test_code_has_a_good_and_a_bad_case(code: str) -> None:
    expectations = [bool(case.expect) for case in ALL if case.code == code]
    assert True in expectations
    assert False in expectations


def test_cases_say_where_and_how_much_each_finding_weighs() -> None:
    for case in ALL:
        for wanted in case.expect:
            assert {"severity", "address", "at", "message"} <= wanted.keys(), (case.code, case.name)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{type(rule).__module__}.{type(rule).__name__}")
def test_rule_finds_each_of_its_codes_in_the_cases(rule: Rule) -> None:
    missing = {code.id for code in rule.codes}
    for case in ALL:
        if case.code in missing and case.code in {found.code for found in rule.report(case.context)}:
            missing.remove(case.code)
    assert not missing


@pytest.mark.parametrize(
    "rule",
    [rule for rule in RULES if isinstance(rule, ResourceRule)],
    ids=lambda rule: f"{type(rule).__module__}.{type(rule).__name__}",
)
def test_rule_suspects_each_resource_in_which_it_finds_something(rule: ResourceRule) -> None:
    for case in ALL:
        looked_at = [
            found
            for kind, subjects in case.context.by_kind.items()
            if not rule.kinds or kind in rule.kinds
            for subject in subjects
            for found in rule.look_at(subject, case.context)
        ]
        assert list(rule.check(case.context)) == looked_at, (case.code, case.name)


def test_rule_that_reports_what_it_does_not_list_is_a_bug() -> None:
    class Careless(ResourceRule):
        """A rule with a slip."""

        codes = (OURS[0].codes[0],)

        def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
            yield subject.at_entry(OURS[1].codes[0], "something else")

    with pytest.raises(Bug, match="Careless"):
        list(Careless().report(ALL[0].context))


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
    assert len(list(CASES.glob("*.yaml"))) == len(CODES)
    assert {case.code for case in ALL} == CODES.keys()


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


@EACH
def test_messages_follow_the_house_style(case: Case) -> None:
    for finding in case.findings:
        assert not finding.message.endswith(".")
        assert "\n" not in finding.message
        assert finding.help
        if finding.span is None:
            assert finding.address in BROKERS, "what stands nowhere concerns a whole cluster"
        else:
            assert finding.source is not None
            assert finding.source.strip(), "it has the line of the manifest that it speaks of"
