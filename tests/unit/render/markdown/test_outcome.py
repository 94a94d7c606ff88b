"""What a comment says after an apply: the same blocks under the same marker, and how each of them ended."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mqinfra.model.change import Action, Reason
from mqinfra.model.event import Disconnected, Ended, Outcome, Report, Warned
from mqinfra.model.plan import Plan
from mqinfra.render.markdown.comment import render_outcome_markdown, render_plan_markdown
from mqinfra.render.terminal import clean
from tests.unit.render import hostile
from tests.unit.render.hostile import assert_harmless, some
from tests.unit.render.html.hostile_plan import NAMES, hostile_plan
from tests.unit.render.markdown.reader import assert_only_ours, read
from tests.unit.render.markdown.test_comment import change, mixed, plan_of, update, words


def report_of(plan: Plan, how: Callable[[int], Outcome], **rest: object) -> Report:
    results = tuple(
        Ended(
            address=one.address, action=one.action, outcome=how(at), message="" if how(at) == "applied" else "refused"
        )
        for at, one in enumerate(plan.changes)
    )
    return Report.model_validate(
        {"project": plan.project, "environment": plan.environment, "digest": "d", "results": results, **rest}
    )


PLAN = plan_of(
    change("gone", Action.DELETE, Reason.TOMBSTONE),
    update("less", ("partitions", 6, 12)),
    update("more", ("config/retention.ms", 3, 7)),
    change("new", Action.CREATE, Reason.ABSENT),
)


def test_it_is_the_comment_of_the_plan() -> None:
    outcome = render_outcome_markdown(PLAN, report_of(PLAN, lambda _: Outcome.APPLIED))
    assert outcome.splitlines()[0] == render_plan_markdown(PLAN).splitlines()[0]


def test_what_was_applied_stands_alone_where_all_was() -> None:
    text = render_outcome_markdown(PLAN, report_of(PLAN, lambda _: Outcome.APPLIED))
    assert "### `p` / `e` applied: 4 changes\n" in text
    assert "**Applied** (4 resources)\n\n```diff\n- topic gone  delete\n" in text
    assert "again" not in text


def test_each_block_says_how_it_ended_and_why_what_did_not_work_first() -> None:
    outcomes = [Outcome.APPLIED, Outcome.FAILED, Outcome.UNKNOWN, Outcome.NOT_ATTEMPTED]
    text = render_outcome_markdown(PLAN, report_of(PLAN, outcomes.__getitem__))
    assert "**not applied as a whole**: 1 applied, 1 failed, 1 unknown, 1 not attempted" in text
    assert "**Failed** (1 resource)\n\n```diff\n! topic less  partitions 6 -> 12\n    refused\n```" in text
    assert "**Unknown** (1 resource)\n\n```diff\n! topic more  retention.ms 3 -> 7\n    refused\n```" in text
    assert "**Not attempted** (1 resource)\n\n```diff\n+ topic new\n    refused\n```" in text
    assert "<details><summary>Applied (1 resource)</summary>\n\n```diff\n- topic gone  delete\n```" in text
    assert "Run the same command again to finish" in text
    heads = [text.index(head) for head in ("**Failed", "**Unknown", "**Not attempted", "Applied (1")]
    assert heads == sorted(heads)


def test_what_has_no_result_was_not_attempted() -> None:
    cut = report_of(PLAN, lambda _: Outcome.APPLIED).model_copy(update={"results": (), "reason": "no lock"})
    text = render_outcome_markdown(PLAN, cut)
    assert "**Not attempted** (4 resources)" in text
    assert "**Ended early:** `no lock`" in text
    assert " applied" not in text.partition("**Not attempted**")[0]


def test_what_was_deleted_after_waiting_is_told_too() -> None:
    late = change("drained", Action.DELETE, Reason.NOT_DECLARED)
    report = report_of(plan_of(*PLAN.changes, late), lambda _: Outcome.APPLIED)
    assert "drained  delete" in render_outcome_markdown(PLAN, report)


def test_warnings_and_closed_connections_are_told() -> None:
    closed = Disconnected(address=PLAN.changes[0].address, closed=("10.0.0.1:5000",))
    warned = Warned(cluster="kafka", message="no records are kept")
    text = render_outcome_markdown(
        PLAN, report_of(PLAN, lambda _: Outcome.APPLIED, warnings=(warned,), disconnected=(closed,))
    )
    assert "warning: kafka: no records are kept" in text
    assert "10.0.0.1:5000" in text


@pytest.mark.parametrize("budget", [3_000, 60_000])
def test_it_keeps_the_budget_and_names_all_that_failed(budget: int) -> None:
    plan = mixed(4800, 200)
    failed = range(1000, 1000 + budget // 60)
    report = report_of(plan, lambda at: Outcome.FAILED if at in failed else Outcome.APPLIED)
    text = render_outcome_markdown(plan, report, budget=budget)
    assert len(text.encode()) <= budget
    assert_only_ours(read(text))
    assert "Shortened to fit a comment" in text
    found = {part for word in words(text) for part in word.split(".")}
    ranges = [range(int(one), int(other) + 1) for one, other in re.findall(r"(\d+) \.\. (\d+) \(", read(text).code)]
    for at in failed:
        number = plan.changes[at].address.name.rpartition(".")[2]
        assert number in found or any(int(number) in some for some in ranges)


@settings(some, max_examples=30)
@given(hostile.plans(), st.lists(st.sampled_from(Outcome), min_size=4, max_size=4), hostile.texts)
def test_nothing_of_somebody_else_leaves_code(plan: Plan, outcomes: list[Outcome], text: str) -> None:
    results = tuple(
        Ended(address=one.address, action=one.action, outcome=outcome, message=text, help=(text,))
        for one, outcome in zip(plan.changes, outcomes, strict=False)
    )
    warned = (Warned(cluster=text, message=text, help=(text,)),)
    report = Report(
        project=plan.project, environment=plan.environment, digest="d", results=results, warnings=warned, reason=text
    )
    comment = render_outcome_markdown(plan, report)
    assert_harmless(comment)
    found = read(comment)
    assert_only_ours(found)
    assert hostile.SENTINEL not in "".join(found.prose)


def test_every_reason_is_read_back_as_it_was() -> None:
    plan = hostile_plan()
    results = tuple(
        Ended(address=one.address, action=one.action, outcome=Outcome.FAILED, message=one.address.name)
        for one in plan.changes
    )
    report = Report(project=NAMES[1], environment=NAMES[2], digest="d", results=results)
    found = read(render_outcome_markdown(plan, report))
    assert_only_ours(found)
    for name in NAMES:
        assert found.code.count(" ".join(clean(name).split())) > 1
