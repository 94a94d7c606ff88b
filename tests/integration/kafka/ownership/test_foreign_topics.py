"""Three topics are declared where fifty others are: nothing but a line in scope deletes any of them."""

from __future__ import annotations

import itertools
import json
import random
from typing import TYPE_CHECKING

import pytest

from tests.faults.plugin import exhaustive
from tests.integration.kafka.e2e.hand import Hand
from tests.ownership.options import options

if TYPE_CHECKING:
    from tests.ownership.workspace import Workspace

OURS = ("shop.a", "shop.b", "shop.c")
FOREIGN = {f"shop.foreign-{n}" for n in range(25)} | {f"billing.{n}" for n in range(25)}
PAIRS, SOME = 40, 12


def combinations(command: str, *, everything: bool) -> list[list[str]]:
    """Each option alone, pairs of them, and some together; all pairs where everything is tried."""
    single = options(command)
    pairs = [[*one, *other] for one, other in itertools.combinations(single, 2)]
    picked = random.Random(11)  # noqa: S311 - the same ones each time, no secret
    mixes = [list(itertools.chain(*picked.sample(single, picked.randint(3, len(single))))) for _ in range(SOME)]
    return [[], *single, *(pairs if everything else picked.sample(pairs, PAIRS)), *mixes]


@pytest.fixture
def settled(space: Workspace, hand: Hand) -> Workspace:
    """Three topics are applied, one is dropped; fifty are others', half of them with names in scope."""
    hand.create(*sorted(FOREIGN))
    space.declare(t={"kafka": {"topics": {name: {"partitions": 1} for name in OURS[:2]}}})
    space.mq("apply", "--auto-approve", "-q")
    space.declare(t={"kafka": {"topics": {name: {"partitions": 1} for name in OURS}}})
    ran = space.mq("apply", "--auto-approve", "-q", "-o", "before=before.json")
    assert ran.code == 0, ran.text
    assert space.mq("snapshot", "-q", "-o", "json=live.json").code == 0
    (space.root / "clusters.yaml").write_text((space.root / "mqinfra.yaml").read_text().split("clusters:", 1)[1])
    (space.root / "policy.yaml").write_text("apiVersion: mqinfra/v1\nkind: Policy\nmetadata: {name: acme}\n")
    space.declare(t={"kafka": {"topics": {name: {"partitions": 1} for name in OURS[:2]}}})
    return space


@pytest.mark.parametrize("command", ["plan", "apply"])
def test_no_combination_of_options_deletes_one_of_them(
    command: str, settled: Workspace, hand: Hand, pytestconfig: pytest.Config
) -> None:
    ended: set[int] = set()
    for given in combinations(command, everything=exhaustive(pytestconfig)):
        words = list(given)
        if "digest" in words:
            words[words.index("digest")] = settled.plan()["digest"]
        ran = settled.mq(command, *words)
        ended.add(ran.code)
        assert ran.code in (0, 2, 3, 5, 64, 1), (given, ran.text)
        assert hand.names() >= FOREIGN, given
        if command == "plan" and ran.code in (0, 3):
            ran = settled.mq("plan", *words, "-o", "json=changes.json")
            changes = json.loads((settled.root / "changes.json").read_text())["changes"]
            assert not {c["address"] for c in changes} & {f"kafka/topics/{name}" for name in FOREIGN}, given
    assert 0 in ended, "some of them do what they say"


def test_a_line_deletes_what_is_in_scope_and_nothing_else(settled: Workspace, hand: Hand) -> None:
    declared = {"kafka": {"topics": {name: {"partitions": 1} for name in OURS[:2]}}}
    settled.declare(t={**declared, "removed": {"kafka/topics/billing.1": {}}})
    ran = settled.mq("apply", "--auto-approve", "--max-deletes=kafka/topics=100", "--degraded")
    assert ran.code != 0, ran.text
    assert hand.names() >= FOREIGN
    settled.declare(t={**declared, "removed": {"kafka/topics/shop.foreign-1": {}}})
    ran = settled.mq("apply", "--auto-approve")
    assert ran.code == 0, ran.text
    assert FOREIGN - hand.names() == {"shop.foreign-1"}
