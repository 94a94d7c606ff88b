"""What hosts of code get of findings, read back as they read it."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, Reason
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.model.drift import Drift, DriftedField
from mqinfra.model.event import Ended, Event, Outcome, Started, fold
from mqinfra.model.plan import Plan
from mqinfra.model.record import Owner
from mqinfra.model.span import Span
from mqinfra.render.findings.checkout import Checkout
from mqinfra.render.findings.finding import Finding, findings_of
from mqinfra.render.findings.github import render_github
from mqinfra.render.findings.gitlab import render_gitlab
from mqinfra.render.findings.sarif import Tool, render_sarif
from mqinfra.render.junit import drift_junit, findings_junit, plan_junit, report_junit
from mqinfra.render.terminal import clean
from tests.unit.render import hostile
from tests.unit.render.findings import read_back
from tests.unit.render.golden import CASES, assert_golden
from tests.unit.render.hostile import assert_harmless, some

HERE = Checkout("/src/shop", "infra")
CODES = {
    "MQ203": Code(
        "MQ203", "a field that can't change", "Fixed. See [the docs](http://x) and `{0}`.", bad="a: {b: 1}\n"
    ),
    "MQ101": Code("MQ101", "an odd thing", "Odd.", severity=Severity.WARNING),
}
TOOL = Tool("1.2.3", CODES, "shop/prod")


def approved() -> list[Diagnostic]:
    return TypeAdapter(list[Diagnostic]).validate_json((CASES / "diagnostics.json").read_bytes())


def shown(finding: Finding) -> list[str]:
    return list(finding.texts)


@pytest.mark.parametrize("form", ["github.txt", "gitlab.json", "sarif.json", "junit.xml"])
def test_findings_read_as_approved(request: pytest.FixtureRequest, form: str) -> None:
    findings = findings_of(approved(), HERE)
    text = {
        "github.txt": lambda: render_github(findings),
        "gitlab.json": lambda: render_gitlab(findings, HERE),
        "sarif.json": lambda: render_sarif(findings, HERE, TOOL),
        "junit.xml": lambda: findings_junit(findings, "shop/prod"),
    }[form]()
    assert_golden(request, f"findings.{form}", text)


def test_sarif_lists_the_rules_that_its_results_are_of_and_links_nothing() -> None:
    run = read_back.sarif(render_sarif(findings_of(approved(), HERE), HERE, TOOL))
    (rule,) = (rule for rule in run["tool"]["driver"]["rules"] if rule["id"] == "MQ203")
    assert read_back.sarif_text(rule["fullDescription"]) == "Fixed. See [the docs](http://x) and `{0}`."
    assert read_back.sarif_text(rule["help"]).endswith("Triggers it:\n\n    a: {b: 1}")
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["MQ101", "MQ203"]
    unknown = [result for result in run["results"] if "ruleIndex" not in result]
    assert {result["ruleId"] for result in unknown} == {"MQ105", "MQ702", "MQ901"}
    assert run["automationDetails"]["id"] == "mqinfra/shop/prod/"


def test_without_findings_reports_are_empty_and_valid() -> None:
    assert read_back.gitlab(render_gitlab([], HERE)) == []
    assert read_back.sarif(render_sarif([], HERE, Tool("1", {})))["results"] == []
    (case,) = read_back.junit(findings_junit([])).iter("testcase")
    assert (case.get("name"), len(case)) == ("nothing found", 0)
    assert render_github([]) == ""


def test_formats_that_need_a_place_take_the_projects_file_where_there_is_none() -> None:
    findings = findings_of([Diagnostic(code="MQ901", message="no answer", address="kafka (k:9092)")], HERE)
    (issue,) = read_back.gitlab(render_gitlab(findings, HERE))
    assert issue["location"] == {"path": "infra/mqinfra.yaml", "lines": {"begin": 1}}
    (result,) = read_back.sarif(render_sarif(findings, HERE, TOOL))["results"]
    assert read_back.sarif_path(result) == "infra/mqinfra.yaml"
    ((_, properties, _),) = read_back.github(render_github(findings))
    assert "file" not in properties


@some
@given(st.lists(hostile.diagnostics, max_size=4))
def test_github_gets_one_command_per_finding_and_its_text_whole(diagnostics: list[Diagnostic]) -> None:
    findings = findings_of(diagnostics, HERE)
    text = render_github(findings)
    assert_harmless(text, commands=True)
    for finding, (command, properties, lines) in zip(findings, read_back.github(text), strict=True):
        assert command == {"error": "error", "warning": "warning", "info": "notice"}[finding.diagnostic.severity]
        assert lines == shown(finding)
        if finding.place is not None:
            assert properties["file"] == clean(finding.place.path)
            assert properties["line"] == str(finding.place.line)


@some
@given(st.lists(hostile.diagnostics, max_size=4))
def test_gitlab_gets_every_path_and_text_whole(diagnostics: list[Diagnostic]) -> None:
    findings = findings_of(diagnostics, HERE)
    text = render_gitlab(findings, HERE)
    assert_harmless(text, commands=True)
    for finding, issue in zip(findings, read_back.gitlab(text), strict=True):
        assert issue["description"] == "; ".join(shown(finding))
        assert issue["check_name"] == finding.diagnostic.code
        assert issue["location"]["path"] == finding.or_at(HERE).path
        assert_harmless(issue["description"])


@some
@given(st.lists(hostile.diagnostics, max_size=4), hostile.texts)
def test_sarif_holds_every_path_and_text_whole(diagnostics: list[Diagnostic], about: str) -> None:
    findings = findings_of(diagnostics, HERE)
    text = render_sarif(findings, HERE, Tool("1", CODES, about))
    assert_harmless(text, commands=True)
    for finding, result in zip(findings, read_back.sarif(text)["results"], strict=True):
        assert read_back.sarif_text(result["message"]) == "\n".join(shown(finding))
        assert read_back.sarif_path(result) == finding.or_at(HERE).path
        for place, (there, label) in zip(result.get("relatedLocations", ()), finding.related, strict=True):
            assert place["physicalLocation"]["region"]["startLine"] == there.line
            assert read_back.sarif_text(place.get("message", {"text": ""})) == label


@pytest.mark.parametrize("text", ["[a](b)", "[a\\](b)", "[a\\\\](b)", "{0}", "{{0}}", "a]\\(b", "]("])
def test_sarif_makes_no_link_or_placeholder_of_a_name(text: str) -> None:
    findings = findings_of([Diagnostic(code="MQ203", message=text)], HERE)
    (result,) = read_back.sarif(render_sarif(findings, HERE, TOOL))["results"]
    assert read_back.sarif_text(result["message"]) == text


def said(case: ET.Element) -> str:
    return "".join(child.text or "" for child in case)


@some
@given(st.lists(hostile.diagnostics, min_size=1, max_size=4), hostile.texts)
def test_junit_holds_every_finding_as_a_case_of_its_own(diagnostics: list[Diagnostic], about: str) -> None:
    findings = findings_of(diagnostics, HERE)
    text = findings_junit(findings, about)
    assert_harmless(text)
    for finding, case in zip(findings, read_back.junit(text).iter("testcase"), strict=True):
        assert said(case) == "\n".join(shown(finding))
        assert (case.find("failure") is not None) == (finding.diagnostic.severity is Severity.ERROR)


@some
@given(hostile.plans())
def test_junit_holds_every_change_of_a_plan(plan: Plan) -> None:
    text = plan_junit(plan, HERE)
    assert_harmless(text)
    root = read_back.junit(text)
    if plan.changes:
        changes = list(root[0])
        assert len(changes) == len(plan.changes)
        for change, case in zip(plan.changes, changes, strict=True):
            assert (case.find("failure") is not None) == bool(change.blocked_by)
            assert (case.get("name") or "").startswith(change.action.value)


@settings(some, max_examples=30)
@given(hostile.plans(), hostile.event_lists)
def test_junit_holds_how_every_change_ended(plan: Plan, events: list[Event]) -> None:
    report = fold([Started(project=plan.project, environment="e", digest="d", changes=1), *events])
    text = report_junit(plan, report, HERE)
    assert_harmless(text)
    whole, *rest = read_back.junit(text)
    assert len(whole) == 1
    for result, case in zip(report.results, rest[0] if rest else (), strict=True):
        tag = {Outcome.FAILED: "failure", Outcome.UNKNOWN: "error", Outcome.NOT_ATTEMPTED: "skipped"}
        assert (case.find(tag.get(result.outcome, "none")) is not None) == (result.outcome is not Outcome.APPLIED)
        if result.message:
            assert said(case).startswith(clean(result.message))


TOPIC = Address("kafka", "topics", ("orders",))


def test_a_change_that_is_blocked_fails_once_with_its_reason_and_help() -> None:
    change = Change(
        TOPIC,
        Action.DELETE,
        Reason.TOMBSTONE,
        blocked_by=("MQ201",),
        span=Span("kafka.yaml", 7, 1),
        title="topic",
        label="orders",
    )
    told = Diagnostic(code="MQ201", message="holds 3 messages", address=TOPIC.text, help=("evenIf: [messages]",))
    other = Diagnostic(code="MQ702", message="beside it", severity=Severity.WARNING, address=TOPIC.text)
    plan = Plan(tool_version="1", project="shop", environment="prod", changes=(change,), diagnostics=(told, other))
    changes, findings = read_back.junit(plan_junit(plan, HERE))
    assert changes[0].attrib == {
        "name": "delete topic orders",
        "classname": "shop.prod.kafka",
        "file": "infra/kafka.yaml",
        "line": "7",
    }
    assert said(changes[0]) == "blocked by MQ201: holds 3 messages\nhelp: evenIf: [messages]"
    assert [case.get("name") for case in findings] == ["MQ702: beside it"]
    assert (findings.get("failures"), changes.get("failures")) == ("0", "1")


def test_an_apply_that_ended_early_is_an_error_of_its_own() -> None:
    ended = Ended(address=TOPIC, action=Action.CREATE, outcome=Outcome.NOT_ATTEMPTED)
    report = fold([Started(project="shop", environment="prod", digest="", changes=1), ended])
    report = report.model_copy(update={"reason": "the lock is held"})
    plan = Plan(tool_version="1", project="shop", environment="prod")
    whole, changes = read_back.junit(report_junit(plan, report, HERE))
    assert said(whole[0]) == "ended early: the lock is held"
    assert [(case.get("name"), [child.tag for child in case]) for case in changes] == [
        ("create topic orders", ["skipped"])
    ]


def test_what_a_broker_says_is_text_in_junit() -> None:
    said_by_broker = "\x00\x1b[2J ]]> ##vso[x] <failure> \ud800\ufffe"
    ended = Ended(address=TOPIC, action=Action.CREATE, outcome=Outcome.FAILED, message=said_by_broker)
    report = fold([Started(project="shop", environment="prod", digest="", changes=1), ended])
    text = report_junit(Plan(tool_version="1", project="shop", environment="prod"), report, HERE)
    assert_harmless(text)
    _, (case,) = read_back.junit(text)
    assert said(case) == clean(said_by_broker)


def test_no_name_ends_a_property_of_a_github_command() -> None:
    findings = findings_of([Diagnostic(code="MQ203", message="m", address="a,line=1::b%2Cc")], HERE)
    ((_, properties, lines),) = read_back.github(render_github(findings))
    assert (properties, lines) == ({"title": "MQ203 a,line=1::b%2Cc"}, ["m"])


def test_drift_is_a_failure_and_none_is_a_case_that_passes() -> None:
    owner = Owner("shop", "prod")
    moved = Drift(TOPIC, (DriftedField(("config", "retention.ms"), "7d", "3d"),))
    (suite,) = read_back.junit(drift_junit(owner, [moved, Drift(TOPIC, gone=True)], ["redis"]))
    assert [[child.tag for child in case] for case in suite] == [["failure"], ["failure"], ["error"]]
    assert said(suite[0]) == 'drifted\nconfig.retention.ms: "7d" was applied, "3d" is there'
    assert said(suite[1]) == "was deleted"
    ((case,),) = read_back.junit(drift_junit(owner, [], []))
    assert (case.get("name"), len(case)) == ("no drift", 0)


def test_every_golden_file_is_read_back() -> None:
    assert {file.name for file in Path(CASES).glob("findings.*")} == {
        f"findings.{form}" for form in ("github.txt", "gitlab.json", "sarif.json", "junit.xml")
    }
