"""A verification as JUnit's XML: a suite per resource, a case per check."""

from collections import defaultdict

from mqinfra.model.judgement import Judgement, Result
from mqinfra.model.verification import Verification
from mqinfra.render.findings.checkout import Checkout
from mqinfra.render.junit import Case, Suite, Verdict, junit_xml
from mqinfra.render.verification.words import again, offenders_text, place_text

_VERDICTS = {
    Result.PASS: Verdict.PASSED,
    Result.FAIL: Verdict.FAILURE,
    Result.INCONCLUSIVE: Verdict.SKIPPED,
    Result.SKIPPED: Verdict.SKIPPED,
}


def verification_junit(report: Verification, checkout: Checkout, inconclusive: Result = Result.INCONCLUSIVE) -> str:
    """Write a verification.

    Args:
        report: the verification.
        checkout: where the project's files stand in the repository.
        inconclusive: what checks count as that could not tell: skipped, or as asked a pass or a failure.
    """
    by_place: dict[str, list[Case]] = defaultdict(list)
    group = f"{report.project}.{report.environment}"
    for one in report.judgements:
        counted = inconclusive if one.result is Result.INCONCLUSIVE else one.result
        by_place[place_text(one)].append(_case(one, counted, group, checkout, report))
    suites = [Suite(name, tuple(cases)) for name, cases in by_place.items()]
    return junit_xml("mqinfra verify", suites or [Suite("verify", (Case("nothing checked", group, Verdict.ERROR),))])


def _case(one: Judgement, counted: Result, group: str, checkout: Checkout, report: Verification) -> Case:
    path = checkout.path(one.span.file) if one.span is not None else None
    file, line = (path, one.span.line) if one.span is not None and path is not None else ("", 0)
    word = "inconclusive: " if one.result is Result.INCONCLUSIVE else ""
    texts = [f"{word}{one.requirement}: {one.evidence}"]
    if one.result is Result.FAIL:
        texts += [text for text in (offenders_text(one), *(f"likely: {cause}" for cause in one.causes)) if text]
        texts += [f"fix: {one.fix}"] if one.fix else []
        texts.append(again(one, report))
    return Case(f"{one.check} {one.name}", f"{group}.{one.address.text}", _VERDICTS[counted], tuple(texts), file, line)
