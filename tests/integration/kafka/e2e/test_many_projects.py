"""Three projects on one real Kafka, at once and in any order, and a fourth whose scope overlaps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.kafka.e2e.conftest import nothing_written
from tests.integration.teams import Team, at_once, one_by_one, orders

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster
    from tests.integration.kafka.e2e.hand import Hand

NAMES = ("orders", "billing", "stock")
SHARED = "shared.rates"
SEED = 17


Begin = Callable[..., Team]
"""Makes a project by its name, and by what it owns where that is not what begins with its name."""


@pytest.fixture
def begin(live_4: KafkaCluster, hand_4: Hand, tmp_path: Path) -> Begin:
    hand_4.create(SHARED)

    def team(name: str, **scope: list[str]) -> Team:
        owned = {"topics": [f"{name}.*"], "groups": [name], "principals": [f"User:{name}"], **scope}
        return Team(tmp_path / name, "kafka", {"bootstrap": live_4.proxied_bootstrap}, owned)

    return team


def declare(one: Team, partitions: int, *, first: bool = True) -> None:
    """Topics and rights; what is there at first, goes later: one ACL by itself, a topic by its line."""
    name = one.name
    topics = {f"{name}.a": {"partitions": partitions, "replicationFactor": 1}}
    topics |= {f"{name}.b": {"partitions": 1, "replicationFactor": 1}} if first else {}
    produces = [f"{name}.a", f"{name}.b"] if first else [f"{name}.a"]
    consumes = [{"topic": SHARED, "external": True}]
    access = {name: {"principal": f"User:{name}", "group": name, "produces": produces, "consumes": consumes}}
    one.declare({"topics": topics, "access": access}, removed=() if first else (f"topics/{name}.b",))


def everything(hand: Hand) -> dict[str, Any]:
    """Topics with their ids, and ACLs, which go by their principal."""
    topics = {name: (hand.identity(name), topic) for name, topic in hand.live().items()}
    return topics | {f"{acl.principal.removeprefix('User:')}.{acl}": acl for acl in hand.acls()}


def owner(name: str) -> str:
    return name.partition(".")[0]


def test_three_projects_at_once_and_in_any_order_touch_nothing_of_each_other(
    begin: Begin, hand_4: Hand, request: pytest.FixtureRequest
) -> None:
    teams = [begin(name) for name in NAMES]
    for one in teams:
        declare(one, 1)
    at_once(teams)
    made = everything(hand_4)
    assert hand_4.names() == {SHARED, *(f"{name}.{topic}" for name in NAMES for topic in "ab")}
    partitions = 1
    for in_this_order in orders(teams, request.config, SEED):
        partitions += 1
        for first in (False, True):
            for one in teams:
                declare(one, partitions, first=first)
            one_by_one(in_this_order, lambda: everything(hand_4), owner)
    now = everything(hand_4)
    assert now.keys() == made.keys()
    assert [now[f"{name}.a"][1].partitions for name in NAMES] == [partitions] * len(NAMES)
    assert [now[f"{name}.a"][0] for name in NAMES] == [made[f"{name}.a"][0] for name in NAMES]
    assert now[SHARED] == made[SHARED]
    for one in teams:
        one.settled()
    whose = {
        thing["address"]: [claim["project"] for claim in thing["claims"]]
        for thing in teams[0].run("status", "--owners", "-o", "json").json()["clusters"][0]["resources"]
        if thing["address"].startswith("kafka/topics/")
    }
    own = {f"kafka/topics/{name}.{topic}": [name] for name in NAMES for topic in "ab"}
    assert whose == {**own, f"kafka/topics/{SHARED}": []}


def test_a_fourth_project_with_an_overlapping_scope_is_refused_with_names(begin: Begin, live_4: KafkaCluster) -> None:
    for name in NAMES[:2]:
        one = begin(name)
        declare(one, 1)
        one.apply()
    late = begin("returns", topics=["returns.*", "orders.a", "billing.*"])
    declare(late, 1)
    with nothing_written(live_4):
        ran = late.run("apply", "--auto-approve")
    assert ran.code == 3, ran.text
    said = " ".join(ran.err.split())
    assert "that of project `orders/it` on `kafka`: `orders.a` of `topics` with their `orders.*`" in said
    assert "that of project `billing/it` on `kafka`: `billing.*` of `topics` with their `billing.*`" in said
    assert "--> mqinfra.yaml:" in ran.err
    late = begin("returns")
    declare(late, 1)
    late.apply()
