"""A verification in every format, as people read it: golden files of one that has everything."""

import json
import re
import xml.etree.ElementTree as ET

import pytest

from mqinfra.model.address import Address
from mqinfra.model.judgement import Result
from mqinfra.model.verification import Verification
from mqinfra.render.findings.checkout import Checkout
from mqinfra.render.terminal import Style
from mqinfra.render.verification.comparison import comparison_text
from mqinfra.render.verification.html.report import verification_html
from mqinfra.render.verification.json_form import VerificationFileError, read_verification, verification_json
from mqinfra.render.verification.junit import verification_junit
from mqinfra.render.verification.markdown import verification_markdown
from mqinfra.render.verification.text import verification_text
from tests.unit.render.golden import CASES, assert_golden

NOWHERE = Checkout("", "", "mqinfra.yaml")


@pytest.fixture(scope="module")
def report() -> Verification:
    return read_verification((CASES / "verification.json").read_text(encoding="utf-8"))


def test_golden(request: pytest.FixtureRequest, report: Verification) -> None:
    assert_golden(request, "verification.100.txt", verification_text(report, Style(width=100)))
    assert_golden(request, "verification.verbose.txt", verification_text(report, Style(width=100), whole=True))
    assert_golden(request, "verification.md", verification_markdown(report))
    assert_golden(request, "verification.junit.xml", verification_junit(report, NOWHERE))
    page = verification_html(report)
    # Style and script are files of their own, and read there.
    assert_golden(
        request, "verification.html", re.sub(r"<(style|script)>.*?</\1>", r"<\1></\1>", page, flags=re.DOTALL)
    )


def test_json_is_read_back_as_it_was(report: Verification) -> None:
    assert read_verification(verification_json(report)) == report


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is no JSON"),
        ("[]", "it holds another document"),
        ('{"kind": "Plan"}', "it holds another document"),
        ('{"kind": "Verification", "formatVersion": "2.0"}', "its format is 2.0, and this version reads 1.0"),
        ('{"kind": "Verification", "formatVersion": "1.1", "run": 3}', "run: "),
    ],
)
def test_what_is_no_report_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(VerificationFileError, match=why):
        read_verification(text)


def test_fields_of_later_minor_versions_are_passed_over(report: Verification) -> None:
    later = json.loads(verification_json(report)) | {"formatVersion": "1.7", "weather": "rain"}
    assert read_verification(json.dumps(later)) == report


@pytest.mark.parametrize(("inconclusive", "failures"), [(Result.INCONCLUSIVE, 2), (Result.FAIL, 3), (Result.PASS, 2)])
def test_junit_counts_what_could_not_be_told_as_it_is_asked_to(
    report: Verification, inconclusive: Result, failures: int
) -> None:
    suites = ET.fromstring(verification_junit(report, NOWHERE, inconclusive).encode())  # noqa: S314 - our own text
    assert suites.get("failures") == str(failures)


def test_a_comment_keeps_its_budget_and_says_how_much_is_left_out(report: Verification) -> None:
    failed = next(one for one in report.judgements if one.result is Result.FAIL)
    many = report.model_copy(update={"judgements": tuple([failed] * 2_000)})
    text = verification_markdown(many, budget=20_000)
    assert len(text.encode()) <= 20_000
    assert "more do not fit into a comment" in text
    assert "2,000 of 2,000 checks failed" in text


def test_a_comparison_names_what_ended_otherwise_and_what_got_slower(report: Verification) -> None:
    first, *others = report.judgements
    slower = report.latencies[0].model_copy(update={"quantiles": {"p50": 1.9, "p99": 20.0}})
    now = report.model_copy(
        update={"judgements": (first.model_copy(update={"result": Result.FAIL}), *others[1:]), "latencies": (slower,)}
    )
    assert comparison_text(report, now, Style(width=100)).splitlines() == [
        "pass -> fail  V01 settings, kafka topic orders.created",
        "    observed  a plan would change nothing",
        "skipped -> not run  V03 loss, kafka topic orders.created",
        "rabbitmq/queues/%2Fshop/orders.email: end to end at 5,000/s p99 7.7 ms -> 20.0 ms",
        "",
        "run 20261129T130000Z-k3x9qa -> run 20261129T130000Z-k3x9qa: 2 checks changed, 9 unchanged.",
    ]


def test_many_failures_that_are_alike_say_once_what_to_do(report: Verification) -> None:
    failed = next(one for one in report.judgements if one.result is Result.FAIL and one.causes)
    its = failed.address
    alike = [
        failed.model_copy(update={"address": Address(its.cluster, its.kind, (f"orders.{number}",))})
        for number in range(20)
    ]
    many = report.model_copy(update={"judgements": tuple(alike), "advice": ()})
    text = verification_text(many, Style(width=100))
    assert [text.count(said) for said in (f"observed {failed.evidence}"[:40], failed.causes[0], "rerun    ")] == [
        3,
        1,
        1,
    ]
    assert f"{failed.requirement}: 20 resources" in text
    assert "and 17 " in text
    assert verification_text(many, Style(width=100), whole=True).count("rerun    ") == 20
