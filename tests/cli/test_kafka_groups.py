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
