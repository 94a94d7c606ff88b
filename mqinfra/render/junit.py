"""JUnit's XML, which every CI server shows as tests: findings, the changes of a plan, how they ended, and drift.

The one choke point of this format is the library that writes the XML, behind `clean`, which leaves none of the
characters that XML can't hold. Servers tell cases apart by name and class: no two of a suite share both.
"""

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.diagnostic import Severity
from mqinfra.model.drift import Drift
from mqinfra.model.event import Ended, Outcome, Report
from mqinfra.model.frozen import dataclass
from mqinfra.model.label import label_of
from mqinfra.model.plan import Plan
from mqinfra.model.record import Owner
from mqinfra.render.drift import values_of, what_happened
from mqinfra.render.events import disconnected_lines
from mqinfra.render.findings.checkout import Checkout
from mqinfra.render.findings.finding import Finding, findings_of
from mqinfra.render.terminal import clean
from mqinfra.render.view.blocked import blocked_by, blockers
from mqinfra.render.view.changes import called, one_of


class Verdict(StrEnum):
    """How a case ended, in the words of the format."""

    PASSED = ""
    FAILURE = "failure"
    ERROR = "error"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Case:
    """One case.

    Attributes:
        name: what is looked at.
        group: what it belongs to.
        verdict: how it ended.
        texts: what to say of it, the most important first.
        file: where it is declared, from the repository's root; empty where it is nowhere.
        line: its line.
    """

    name: str
    group: str
    verdict: Verdict = Verdict.PASSED
    texts: tuple[str, ...] = ()
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Suite:
    """Cases of one kind."""

    name: str
    cases: tuple[Case, ...]


_OUTCOMES = {
    Outcome.APPLIED: Verdict.PASSED,
    Outcome.FAILED: Verdict.FAILURE,
    Outcome.UNKNOWN: Verdict.ERROR,
    Outcome.NOT_ATTEMPTED: Verdict.SKIPPED,
}
_NOTHING = "nothing found"


def findings_junit(findings: Sequence[Finding], about: str = "") -> str:
    """Write findings: an error is a failure, anything else a case that passes and says it.

    Args:
        findings: what was found.
        about: what was looked at, `shop/prod`; empty when not known.
    """
    return junit_xml("mqinfra", [Suite("findings", _finding_cases(findings, about))])


def plan_junit(plan: Plan, checkout: Checkout) -> str:
    """Write a plan: a case for each change, which fails where it is blocked, and what else was found.

    Args:
        plan: the plan.
        checkout: where the project's files stand in the repository.
    """
    errors = blockers(plan)
    changes = tuple(
        _change_case(
            change,
            f"{plan.project}.{plan.environment}",
            checkout,
            Verdict.FAILURE if change.blocked_by else Verdict.PASSED,
            tuple(blocked_by(change, errors)) or tuple(cost.text for cost in change.costs),
        )
        for change in plan.changes
    )
    told = {(code, change.address.text) for change in plan.changes for code in change.blocked_by}
    rest = [one for one in plan.diagnostics if (one.code, one.address) not in told]
    findings = _finding_cases(findings_of(rest, checkout, plan.changes), f"{plan.project}/{plan.environment}")
    return junit_xml("mqinfra plan", [*([Suite("changes", changes)] if changes else []), Suite("findings", findings)])


def report_junit(plan: Plan, report: Report, checkout: Checkout) -> str:
    """Write how an apply ended: a case for each change, and one for the apply itself.

    Args:
        plan: the plan, for what people call its resources.
        report: what happened.
        checkout: where the project's files stand in the repository.
    """
    changes = {change.address: change for change in plan.changes}
    group = f"{report.project}.{report.environment}"
    cases = [_result_case(result, changes.get(result.address), group, checkout) for result in report.results]
    said = [f"{warning.cluster}: {' '.join((warning.message, *warning.help))}" for warning in report.warnings]
    said += [line for event in report.disconnected for line in disconnected_lines(event)]
    early = report.reason or ("interrupted" if report.interrupted else "")
    texts = (*([f"ended early: {early}"] if early else []), *said)
    whole = Case("apply", group, Verdict.ERROR if early else Verdict.PASSED, texts)
    return junit_xml("mqinfra apply", [Suite("apply", (whole,)), *([Suite("changes", tuple(cases))] if cases else [])])


def drift_junit(owner: Owner, found: Sequence[Drift], unknown: Sequence[str]) -> str:
    """Write drift: a resource that drifted is a failure, a cluster of which it can't be told an error.

    Args:
        owner: whose resources were looked at.
        found: what drifted.
        unknown: aliases of the clusters whose records can't be read.
    """
    group = f"{owner.project}.{owner.environment}"
    cases = [
        Case(
            f"{one_of(item.address.kind)} {label_of(item.address)}",
            f"{group}.{item.address.cluster}",
            Verdict.FAILURE,
            (
                what_happened(item).strip() or "drifted",
                *(f"{'.'.join(field.path)}: {values_of(item, field)}" for field in item.fields),
            ),
        )
        for item in found
    ]
    cases += [
        Case("records", f"{group}.{alias}", Verdict.ERROR, ("can't be read; compared with the manifests",))
        for alias in unknown
    ]
    return junit_xml("mqinfra drift", [Suite("drift", tuple(cases) or (Case("no drift", group),))])


def _finding_cases(findings: Sequence[Finding], about: str) -> tuple[Case, ...]:
    group = about.replace("/", ".") or "mqinfra"
    return tuple(
        Case(
            f"{finding.diagnostic.code}: {finding.texts[0]}",
            group,
            Verdict.FAILURE if finding.diagnostic.severity is Severity.ERROR else Verdict.PASSED,
            finding.texts,
            finding.place.path if finding.place is not None else "",
            finding.place.line if finding.place is not None else 0,
        )
        for finding in findings
    ) or (Case(_NOTHING, group),)


def _result_case(result: Ended, change: Change | None, group: str, checkout: Checkout) -> Case:
    already = ("already done",) if result.already else ()
    texts = (*([result.message] if result.message else []), *already, *(f"help: {text}" for text in result.help))
    verdict = _OUTCOMES[result.outcome]
    if change is not None:
        return _change_case(change, group, checkout, verdict, texts)
    name = f"{result.action.value} {one_of(result.address.kind)} {label_of(result.address)}"
    return Case(name, _group(group, result.address), verdict, texts)


def _change_case(change: Change, group: str, checkout: Checkout, verdict: Verdict, texts: tuple[str, ...]) -> Case:
    address, span = change.address, change.span
    name = f"{change.action.value} {called(change)}"
    path = checkout.path(span.file) if span is not None else None
    file, line = (path, span.line) if span is not None and path is not None else ("", 0)
    return Case(name, _group(group, address), verdict, texts, file, line)


def _group(group: str, address: Address) -> str:
    return f"{group}.{address.cluster}"


def junit_xml(name: str, suites: Sequence[Suite]) -> str:
    """Write suites of cases under a name of ours."""
    root = ET.Element("testsuites", {"name": name, **_counts(case for suite in suites for case in suite.cases)})
    for suite in suites:
        element = ET.SubElement(root, "testsuite", {"name": suite.name, **_counts(suite.cases)})
        seen: Counter[tuple[str, str]] = Counter()
        for case in suite.cases:
            seen[case.group, case.name] += 1
            _add(element, case, seen[case.group, case.name])
    ET.indent(root, " ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _counts(cases: Iterable[Case]) -> dict[str, str]:
    verdicts = [case.verdict for case in cases]
    number = {f"{verdict.value}{'' if verdict is Verdict.SKIPPED else 's'}": verdict for verdict in list(Verdict)[1:]}
    return {
        "tests": str(len(verdicts)),
        **{word: str(sum(one is verdict for one in verdicts)) for word, verdict in number.items()},
    }


def _add(suite: ET.Element, case: Case, number: int) -> None:
    name = clean(f"{case.name} ({number})" if number > 1 else case.name)
    place = {"file": clean(case.file), "line": str(case.line)} if case.file else {}
    element = ET.SubElement(suite, "testcase", {"name": name, "classname": clean(case.group), **place})
    texts = [clean(text) for text in case.texts]
    if case.verdict is not Verdict.PASSED:
        said = ET.SubElement(element, case.verdict.value, {"message": texts[0] if texts else ""})
        said.text = "\n".join(texts)
    elif texts:
        ET.SubElement(element, "system-out").text = "\n".join(texts)
