"""Findings for hosts of code and CI servers. Imported only where one of these formats is asked for."""

from collections.abc import Iterable, Mapping, Sequence

from mqinfra import __version__
from mqinfra.cli.codes import all_codes, shared_codes
from mqinfra.cli.repository import checkout_of
from mqinfra.model.change import Change
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.event import Report
from mqinfra.model.plan import Plan
from mqinfra.render.findings.finding import findings_of
from mqinfra.render.findings.github import render_github
from mqinfra.render.findings.gitlab import render_gitlab
from mqinfra.render.findings.sarif import Tool, render_sarif
from mqinfra.render.junit import findings_junit, plan_junit, report_junit


def findings_text(form: str, found: Sequence[Diagnostic], about: str = "") -> str:
    """Write findings.

    Args:
        form: one of `FINDING_FORMATS`.
        found: the findings.
        about: what was looked at, `shop/prod`; empty when not known.
    """
    return _text(form, found, (), about, __version__)


def plan_text(form: str, plan: Plan) -> str:
    """Write the findings of a plan, as JUnit its changes too.

    Args:
        form: one of `FINDING_FORMATS`.
        plan: the plan.
    """
    if form == "junit":
        return plan_junit(plan, checkout_of())
    return _text(form, plan.diagnostics, plan.changes, f"{plan.project}/{plan.environment}", plan.tool_version)


def report_text(plan: Plan, report: Report) -> str:
    """Write how an apply ended, as JUnit."""
    return report_junit(plan, report, checkout_of())


def _text(form: str, found: Sequence[Diagnostic], changes: Sequence[Change], about: str, version: str) -> str:
    here = checkout_of()
    findings = findings_of(found, here, changes)
    match form:
        case "github":
            return render_github(findings)
        case "gitlab":
            return render_gitlab(findings, here)
        case "sarif":
            return render_sarif(findings, here, Tool(version, _codes(found), about))
        case "junit":
            return findings_junit(findings, about)
    raise ValueError(form)


def _codes(found: Iterable[Diagnostic]) -> Mapping[str, Code]:
    """What the codes of findings mean; no provider is imported where none of its codes is there."""
    wanted = {diagnostic.code for diagnostic in found}
    known = {code.id: code for code in shared_codes()}
    return known if wanted <= known.keys() else {code.id: code for code in all_codes()}
