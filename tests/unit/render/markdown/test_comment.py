"""What a comment promises: how it is read, and what stays in it when there is no room for all."""

import re

import pytest

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, Cost, CostKind, FieldDifference, Reason, Undo
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.model.plan import Plan, PlanCluster
from mqinfra.model.span import Span
from mqinfra.render.markdown.comment import render_plan_markdown
from tests.unit.render.markdown.reader import assert_only_ours, read

MOST_CHARACTERS = 65_536


def change(name: str, action: Action, reason: Reason = Reason.DIFFERS, **rest: object) -> Change:
    return Change(Address("kafka", "topics", (name,)), action, reason, title="topic", **rest)  # type: ignore[arg-type]


def update(name: str, *pairs: tuple[str, object, object], **rest: object) -> Change:
    differences = tuple(FieldDifference(tuple(field.split("/")), one, other) for field, one, other in pairs)  # type: ignore[arg-type]
    return change(name, Action.UPDATE, differences=differences, **rest)  # type: ignore[arg-type]


def plan_of(*changes: Change, **rest: object) -> Plan:
    clusters = (PlanCluster(alias="kafka", type="kafka"),)
    some = tuple(sorted(changes, key=lambda one: one.address))
    base = {"toolVersion": "0", "project": "p", "environment": "e", "clusters": clusters, "digest": "sha256:1"}
    return Plan.model_validate({**base, "changes": some, **rest})


def words(markdown: str) -> set[str]:
    """Words that stand in code."""
    return set(re.split(r"[\s,;:]+", read(markdown).code))


def mixed(number: int, destroyed: int) -> Plan:
    """A plan of updates that differ, of creates that differ, and of deletes."""
    deletes = [change(f"old.{at}", Action.DELETE, Reason.TOMBSTONE, undo=Undo.NO) for at in range(destroyed)]
    updates = [update(f"upd.{at}", ("config/retention.ms", at, at + 70_000)) for at in range(number // 2)]
    creates = [
        change(
            f"new.{at}",
            Action.CREATE,
            Reason.ABSENT,
            differences=(FieldDifference(("partitions",), None, at + 500_000),),
        )
        for at in range(number // 2)
    ]
    return plan_of(*deletes, *updates, *creates)


def test_five_hundred_updates_of_two_fields_show_every_value() -> None:
    some = [
        update(
            f"shop.events.orders.created.v{at:03}",
            ("config/retention.ms", 1_000_000 + at, 2_000_000 + at),
            ("config/segment.ms", 3_000_000 + at, 4_000_000 + at),
            span=Span("topology/kafka/orders.yaml", at + 1, 1),
        )
        for at in range(500)
    ]
    text = render_plan_markdown(plan_of(*some))
    assert len(text) <= MOST_CHARACTERS
    assert "Shortened to fit a comment: 500 of 500 changes in full" in text
    found = words(text)
    for at in range(500):
        assert {str(million * 1_000_000 + at) for million in (1, 2, 3, 4)} <= found
        assert f"v{at:03}" in found


def test_five_thousand_changes_fit_and_show_every_destructive_one_and_say_what_is_folded() -> None:
    text = render_plan_markdown(mixed(4800, 200))
    assert len(text) <= MOST_CHARACTERS
    found = words(text)
    assert {"old.0", *map(str, range(1, 200))} <= found
    said = re.search(r"Shortened to fit a comment: ([0-9,]+) of 5,000 changes in full, ([0-9,]+) by name", text)
    assert said is not None
    assert int(said[1].replace(",", "")) > 500
    assert "destructive or blocked changes" not in text


def test_creates_are_folded_before_updates() -> None:
    text = render_plan_markdown(mixed(1000, 0), budget=40_000)
    found = words(text)
    assert all(str(at + 70_000) in found for at in range(500))
    assert "Shortened to fit a comment: " in text
    creates = text[text.index("Creates (500 resources") :]
    assert "new.0 .. 499 (500)" in creates or "new." in creates


@pytest.mark.parametrize("budget", [2_500, 8_000, 60_000])
@pytest.mark.parametrize("number", [4, 60, 3000])
def test_a_comment_keeps_its_budget_and_says_what_it_folds(number: int, budget: int) -> None:
    plan = mixed(number, number // 30)
    text = render_plan_markdown(plan, budget=budget)
    assert len(text.encode()) <= budget
    assert_only_ours(read(text))
    found = words(text)
    everything = all(str(at + base) in found for at in range(number // 2) for base in (70_000, 500_000))
    assert everything or "Shortened to fit" in text
    assert everything or number > 4
    assert all(str(at) in found for at in range(1, number // 30))


def test_a_comment_that_cannot_hold_all_deletes_says_so_first() -> None:
    deletes = [change(f"gone.{at:04}", Action.DELETE, Reason.TOMBSTONE) for at in range(9000)]
    text = render_plan_markdown(plan_of(*deletes), budget=5000)
    assert len(text.encode()) <= 5000
    missing = re.search(r"([0-9,]+) of 9,000 destructive or blocked changes are not shown", text)
    assert missing is not None
    named = 9000 - int(missing[1].replace(",", ""))
    assert named > 500
    assert missing.start() < text.index("gone.0000")
    assert words(text) >= {f"{at:04}" for at in range(1, named)}
    assert f"and {9000 - named:,} more" in text


def test_what_is_blocked_keeps_no_room_from_what_destroys() -> None:
    blocked = [
        update(f"b{at}", ("config/retention.ms", at, at + 1), blocked_by=("MQ201",), undo=Undo.NO) for at in range(3000)
    ]
    deletes = [change(f"gone.{at}x", Action.DELETE, Reason.TOMBSTONE) for at in range(100)]
    text = render_plan_markdown(plan_of(*blocked, *deletes), budget=10_000)
    assert len(text.encode()) <= 10_000
    assert {f"gone-{at}x" for at in range(1, 100)} <= {
        f"gone-{word}".replace("gone-gone-", "gone-") for word in words(text)
    }


def test_the_headline_counts_and_says_what_cannot_be_undone() -> None:
    text = render_plan_markdown(mixed(6, 3))
    assert "### `p` / `e`: 3 to create, 3 to update, 3 to delete. **3 cannot be undone**\n" in text
    assert "**Loses data, cannot be undone**" in text
    one = change("a", Action.DELETE, Reason.TOMBSTONE, undo=Undo.NO)
    other = change("b", Action.DELETE, Reason.TOMBSTONE)
    text = render_plan_markdown(plan_of(one, other))
    assert "**Loses data**" in text
    assert re.findall(r"^- topic (\w).*cannot be undone", text, re.MULTILINE) == ["a"]


def test_what_is_grave_stands_in_a_coloured_fence_updates_in_a_table_and_creates_are_folded() -> None:
    cost = Cost(kind=CostKind.RETENTION_LOWERED, text="older records expire", path=("config", "retention.ms"))
    text = render_plan_markdown(
        plan_of(
            change("gone", Action.DELETE, Reason.TOMBSTONE, note="OPS-1"),
            update("less", ("config/retention.ms", 7, 3), costs=(cost,)),
            update("more", ("config/retention.ms", 3, 7)),
            change("new", Action.CREATE, Reason.ABSENT),
        )
    )
    loses, updates, creates = (text.index(head) for head in ("Loses data", "Other updates", "<summary>Creates"))
    assert loses < updates < creates
    assert "\n- topic gone  delete; OPS-1\n! topic less  retention.ms 7 -> 3: older records expire\n" in text
    assert [["topic more"], ["retention.ms 3 -> 7"], []] in read(text).rows
    assert "+ topic new" in text[creates:]


def test_only_creates_are_not_folded() -> None:
    text = render_plan_markdown(plan_of(change("new", Action.CREATE, Reason.ABSENT)))
    assert "<details><summary>Creates" not in text
    assert "+ topic new" in text


def test_changes_that_are_alike_are_one_line() -> None:
    some = [update(f"e{at:02}", ("partitions", 6, 12), span=Span("k.yaml", at + 5, 1)) for at in range(6)]
    assert read(render_plan_markdown(plan_of(*some))).rows == [
        [["topics e00 .. e05 (6)"], ["partitions 6 -> 12"], ["k.yaml:5-10"]]
    ]


def test_of_a_long_value_the_place_is_shown_where_it_differs() -> None:
    names = [rf"shop\.q{at}" for at in range(200)]
    one, other = (f"^(?:{'|'.join(some)})$" for some in (names, [*names[:150], r"other\.q", *names[150:]]))
    cell = read(render_plan_markdown(plan_of(update("user", ("read", one, other))))).rows[0][1][0]
    assert r"other\.q" in cell
    assert len(cell) < 250


def test_what_blocks_a_change_stands_below_it() -> None:
    found = Diagnostic(code="MQ203", message="it can't shrink", address="kafka/topics/a", help=("keep it",))
    text = render_plan_markdown(plan_of(update("a", ("partitions", 6, 3), blocked_by=("MQ203",)), diagnostics=(found,)))
    assert "! topic a  partitions 6 -> 3\n    blocked by MQ203: it can't shrink\n    help: keep it\n" in text
    assert "mqinfra apply" not in text


def test_warnings_are_shown_and_those_alike_once() -> None:
    some = tuple(
        Diagnostic(
            code="MQ433",
            severity=Severity.WARNING,
            message=f"`q{at}` drops messages",
            address=f"kafka/topics/q{at}",
            span=Span("k.yaml", at + 1, 1),
        )
        for at in range(4)
    )
    text = render_plan_markdown(plan_of(update("q0", ("partitions", 6, 12)), diagnostics=some))
    assert "<summary>4 warnings, clusters</summary>" in text
    assert "warning MQ433: `q0` drops messages: q0 .. q3 (4)  k.yaml:1-4\n" in text


def test_the_marker_is_the_same_for_every_plan_of_an_environment() -> None:
    first = render_plan_markdown(plan_of()).splitlines()[0]
    assert first == render_plan_markdown(plan_of(change("a", Action.CREATE))).splitlines()[0]
    assert first == "<!-- mqinfra:plan:p/e -->"


def test_what_blocks_several_changes_is_said_once() -> None:
    found = Diagnostic(code="MQ204", message="2,000 deletes are over the limit of 10", help=("allow them",))
    some = [
        change(f"gone.{at}", Action.DELETE, Reason.TOMBSTONE, blocked_by=("MQ204",), before={"partitions": at})
        for at in range(2000)
    ]
    text = render_plan_markdown(plan_of(*some, diagnostics=(found,)))
    assert text.count("over the limit") == 1
    assert "\n  2,000 blocked by MQ204: 2,000 deletes are over the limit of 10\n  help: allow them\n```" in text
    assert words(text) >= {f"gone.{at}" for at in range(2000)}
