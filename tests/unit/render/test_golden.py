"""Every renderer against the text that a reviewer approved."""

from pathlib import Path

import pytest
from pydantic import TypeAdapter

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference, Reason
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.event import Report
from mqinfra.model.plan import Plan, PlanCluster
from mqinfra.render.diagnostics import DiagnosticFormat, render_diagnostics
from mqinfra.render.markdown.comment import render_plan_markdown
from mqinfra.render.plan_text import render_plan
from mqinfra.render.report_json import report_to_json
from mqinfra.render.report_text import render_report
from mqinfra.render.requests_text import RequestView, request_lines
from mqinfra.render.terminal import Style, document
from tests.unit.render.golden import CASES, assert_golden

PLANS = sorted(file.name.removesuffix(".plan.json") for file in CASES.glob("*.plan.json"))


def plan_of(name: str) -> Plan:
    return Plan.model_validate_json((CASES / f"{name}.plan.json").read_bytes())


def many(number: int) -> Plan:
    return Plan(
        tool_version="0.1.0",
        project="shop",
        environment="prod",
        digest="sha256:1",
        clusters=(PlanCluster(alias="kafka", type="kafka", version="4.1", brokers=3),),
        changes=tuple(
            Change(
                address=Address("kafka", "topics", (f"{'orders' if i % 3 else 'billing'}.t{i:05}",)),
                action=Action.CREATE if i % 2 else Action.UPDATE,
                reason=Reason.ABSENT if i % 2 else Reason.DIFFERS,
                differences=(FieldDifference(path=("partitions",), before=None if i % 2 else 1, after=12),),
            )
            for i in range(number)
        ),
    )


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize("width", [40, 100])
def test_plans_read_as_approved(request: pytest.FixtureRequest, name: str, width: int) -> None:
    assert_golden(request, f"{name}.{width}.txt", render_plan(plan_of(name), Style(width=width)))


@pytest.mark.parametrize("name", PLANS)
def test_comments_read_as_approved(request: pytest.FixtureRequest, name: str) -> None:
    assert_golden(request, f"{name}.md", render_plan_markdown(plan_of(name)))


def test_a_summary_reads_as_approved(request: pytest.FixtureRequest) -> None:
    assert_golden(request, "everything.summary.txt", render_plan(plan_of("everything"), Style(), summary=True))


@pytest.mark.parametrize("number", [50, 1000])
def test_plans_of_many_changes_read_as_approved(request: pytest.FixtureRequest, number: int) -> None:
    assert_golden(request, f"many-{number}.txt", render_plan(many(number), Style()))


@pytest.mark.parametrize("form", DiagnosticFormat)
def test_diagnostics_read_as_approved(request: pytest.FixtureRequest, form: DiagnosticFormat) -> None:
    cases = (CASES / "diagnostics.json").read_bytes()
    diagnostics = TypeAdapter(list[Diagnostic]).validate_json(cases)
    assert_golden(request, f"diagnostics.{form}.txt", render_diagnostics(diagnostics, Style(width=80), format=form))


def test_reports_read_as_approved(request: pytest.FixtureRequest) -> None:
    report = Report.model_validate_json((CASES / "partly.report.json").read_bytes())
    plan = Plan(tool_version="0", project="shop", environment="prod")
    assert_golden(request, "partly.report.txt", render_report(plan, report, Style(width=80)))
    assert_golden(request, "partly.report.out.json", report_to_json(report))


def test_requests_read_as_approved(request: pytest.FixtureRequest) -> None:
    address = Address("kafka", "topics", ("orders.created",))
    requests = [RequestView("kafka", "CreateTopics", {address: {"partitions": 12, "config": {"retention.ms": 1}}})]
    assert_golden(request, "requests.txt", document(request_lines(requests, Style())))


def test_every_golden_file_belongs_to_a_case() -> None:
    known = {f"{name}.{end}" for name in PLANS for end in ("plan.json", "40.txt", "100.txt", "md")}
    known |= {f"diagnostics.{form}.txt" for form in DiagnosticFormat} | {"diagnostics.json", "requests.txt"}
    known |= {"everything.summary.txt", "many-50.txt", "many-1000.txt"}
    known |= {f"findings.{form}" for form in ("github.txt", "gitlab.json", "sarif.json", "junit.xml")}
    known |= {"partly.report.json", "partly.report.txt", "partly.report.out.json"}
    known |= {f"verification.{end}" for end in ("json", "100.txt", "verbose.txt", "md", "html", "junit.xml")}
    assert {file.name for file in Path(CASES).iterdir()} == known
