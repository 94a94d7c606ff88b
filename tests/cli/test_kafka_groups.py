"""Groups from the command line, on the sandbox: offsets that a plan holds, resets that run once, and the way back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.conftest import TOPOLOGY, Project
from tests.cli.test_forged import forge, of, saved

BILLING = "kafka/groups/billing"
_SCOPE = '{topics: ["orders.*"], groups: ["billing"]}'


@pytest.fixture
def shop(project: Project) -> Project:
    """A project with one topic that is there, and a group that stands at 5 in both partitions."""
    manifest = project.root / "mqinfra.yaml"
    manifest.write_text(manifest.read_text().replace('{topics: ["orders.*"]}', _SCOPE))
    project.topics("    orders.created: {partitions: 2}\n")
    assert project.mq("apply", "--auto-approve", "-q").code == 0
    declare(project, startAt="earliest")
    assert project.mq("apply", "--auto-approve", "-q").code == 0
    stand(project, 5)
    return project


def declare(project: Project, **fields: Any) -> None:
    head = TOPOLOGY.split("kafka:", maxsplit=1)[0]
    entry = json.dumps({"topics": ["orders.created"], **fields})
    project.topology(
        f"{head}kafka:\n  topics:\n    orders.created: {{partitions: 2}}\n  groups:\n    billing: {entry}\n"
    )


def stand(project: Project, offset: int) -> None:
    def move(resources: dict[str, dict[str, object]]) -> None:
        resources[BILLING]["spec"]["offsets"] = {"orders.created": [offset, offset]}  # type: ignore[index]

    project.by_hand(move)


def stands(project: Project) -> object:
    return project.live()[BILLING]["spec"]["offsets"]["orders.created"]  # type: ignore[index]


RESET = {"to": "earliest", "id": "OPS-1"}


def test_what_a_group_has_is_left_as_it_is(shop: Project) -> None:
    ran = shop.mq("apply", "--auto-approve")
    assert (ran.code, stands(shop)) == (0, [5, 5])
    assert "has offsets of `orders.created`, left unchanged" in ran.err
    assert shop.mq("drift").code == 0
    assert "offsets" not in shop.mq("export").out
    assert shop.mq("plan", "--undeclared", "-o", "json").out.count("offsets.orders") == 0


def test_a_reset_runs_once_for_each_id_also_when_its_line_was_gone_for_a_while(shop: Project) -> None:
    declare(shop, resetTo=RESET)
    assert shop.mq("apply", "--auto-approve", "-q").code == 0
    assert stands(shop) == [0, 0]
    for fields in ({"resetTo": RESET}, {}, {"resetTo": RESET}, {"resetTo": {"to": "latest", "id": "OPS-1"}}):
        stand(shop, 5)
        declare(shop, **fields)
        assert shop.mq("plan", "--detailed-exitcode").code == 0
        assert shop.mq("apply", "--auto-approve", "-q").code == 0
        assert stands(shop) == [5, 5]
    assert shop.mq("drift").code == 0
    declare(shop, resetTo={**RESET, "id": "OPS-2"})
    assert shop.mq("plan", "--detailed-exitcode").code == 2
    assert shop.mq("apply", "--auto-approve", "-q").code == 0
    assert stands(shop) == [0, 0]


def test_a_reset_runs_once_also_where_there_was_nothing_to_move(shop: Project) -> None:
    stand(shop, 0)
    declare(shop, resetTo=RESET)
    assert shop.mq("apply", "--auto-approve", "-q").code == 0
    stand(shop, 5)
    assert shop.mq("plan", "--detailed-exitcode").code == 0


def other_offsets(document: dict[str, Any]) -> None:
    change = of(document, BILLING)
    change["after"]["offsets"]["orders.created"] = [3, 3]
    next(item for item in change["differences"] if item["path"][0] == "offsets")["after"] = [3, 3]


def test_offsets_are_not_taken_from_a_file(shop: Project) -> None:
    declare(shop, resetTo=RESET)
    path = saved(shop)
    forge(path, other_offsets)
    ran = shop.mq("apply", path)
    assert (ran.code, stands(shop)) == (5, [5, 5])
    assert "would become [0, 0] now, and the plan says [3, 3]" in ran.err


def test_a_group_that_moved_since_the_plan_is_stale(shop: Project) -> None:
    declare(shop, resetTo=RESET)
    path = saved(shop)
    digest = json.loads((shop.root / path).read_text())["digest"]
    stand(shop, 6)
    for arguments in ([path], ["--expect", digest]):
        ran = shop.mq("apply", *arguments)
        assert (ran.code, stands(shop)) == (5, [6, 6]), ran.err
    stand(shop, 5)
    assert shop.mq("apply", path, "--expect", digest).code == 0
    assert stands(shop) == [0, 0]


def test_the_way_back_is_where_the_group_stood(shop: Project) -> None:
    declare(shop, resetTo=RESET)
    assert shop.mq("apply", "--auto-approve", "-q", "-o", "before=before.json").code == 0
    assert stands(shop) == [0, 0]
    assert shop.mq("apply", "--auto-approve", "-q", "--desired", "before.json").code == 0
    assert stands(shop) == [5, 5]


def test_the_way_back_of_where_a_group_was_to_begin_is_to_say_nothing_of_it(shop: Project) -> None:
    two = TOPOLOGY.split("kafka:", maxsplit=1)[0] + (
        "kafka:\n  topics:\n    orders.created: {partitions: 2}\n    orders.paid: {partitions: 1}\n"
        "  groups:\n    billing: {topics: [orders.created, orders.paid], startAt: earliest}\n"
    )
    shop.topology(two)
    select = ("--select", "kind:groups", "--select", "name:orders.paid")
    assert shop.mq("apply", "--auto-approve", "-q", *select, "-o", "before=before.json").code == 0
    assert shop.live()[BILLING]["spec"]["offsets"] == {"orders.created": [5, 5], "orders.paid": [0]}  # type: ignore[index]
    state = json.loads((shop.root / "before.json").read_text())
    del state["resources"]["kafka/topics/orders.paid"]
    (shop.root / "before.json").write_text(json.dumps(state))
    ran = shop.mq("apply", "--auto-approve", "--desired", "before.json")
    assert "its offsets of `orders.paid` are deleted" in " ".join(ran.err.split())
    assert "drift" not in ran.err
    assert shop.live()[BILLING]["spec"]["offsets"] == {"orders.created": [5, 5]}  # type: ignore[index]
    assert shop.mq("plan", "--desired", "before.json", "--detailed-exitcode").code == 0
    ran = shop.mq("plan", "--detailed-exitcode")  # what was taken back on purpose may be set again
    assert ran.code == 2


def forgotten(resources: dict[str, dict[str, object]]) -> None:
    """Forget a group, as brokers do when it was idle."""
    del resources[BILLING]


def test_where_a_group_begins_is_set_once(shop: Project) -> None:
    declare(shop, startAt="earliest", labels={"tier": "silver"})
    assert shop.mq("apply", "--auto-approve", "-q").code == 0
    shop.by_hand(forgotten)
    ran = shop.mq("plan", "--detailed-exitcode")
    assert ran.code == 0, ran.out
    assert "is left to `auto.offset.reset`: it was set by an earlier apply" in " ".join(ran.err.split())
    assert shop.mq("drift").code == 0, "nobody changed anything"
    declare(shop, startAt="earliest", lifecycle={"adopt": True}, labels={"tier": "gold"})
    assert shop.mq("apply", "--auto-approve", "-q").code == 0
    assert shop.mq("plan", "--detailed-exitcode").code == 0, "it is remembered for as long as it is declared"
    declare(shop, resetTo=RESET)
    assert shop.mq("apply", "--auto-approve", "-q").code == 0
    assert stands(shop) == [0, 0]


def test_what_no_longer_says_where_it_begins_stays_where_it_is(shop: Project) -> None:
    declare(shop)
    assert shop.mq("plan", "--detailed-exitcode").code == 0
    assert shop.mq("apply", "--auto-approve", "-q").code == 0
    assert stands(shop) == [5, 5]


def test_a_name_that_no_topic_has_is_pointed_out(shop: Project) -> None:
    declare(shop, topics=["orders.craeted"])
    ran = shop.mq("plan")
    assert ran.code == 3
    assert "did you mean `orders.created`" in ran.err


def test_where_a_group_stands_goes_by_consent_on_a_sandbox_too(shop: Project) -> None:
    shop.topics("    orders.created: {partitions: 2}\n", f"removed: {{{BILLING}: {{reason: OPS-1}}}}\n")
    ran = shop.mq("plan")
    assert ran.code == 3
    assert "where it stands in 2 partitions would be lost" in ran.err
    stand(shop, 0)
    assert shop.mq("apply", "--auto-approve").code == 0
    assert BILLING not in shop.live()


def test_a_plan_against_a_snapshot_does_not_guess_offsets(shop: Project) -> None:
    assert shop.mq("snapshot", "-o", "json=taken.json").code == 0
    declare(shop, resetTo=RESET)
    ran = shop.mq("plan", "--against", "taken.json")
    assert ran.code == 0, ran.err
    assert "a snapshot does not say which offsets topic `orders.created` has" in ran.err


def test_a_group_is_drawn_behind_what_it_reads(shop: Project) -> None:
    drawn = shop.mq("graph").out
    assert "read by" in drawn
    assert "billing" in drawn
