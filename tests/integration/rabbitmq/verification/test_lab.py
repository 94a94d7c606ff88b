"""Nodes that are lost and restarted, and storms of connections, on real servers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.lab import commands
from tests.integration.rabbitmq.e2e.project import Project
from tests.integration.rabbitmq.verification.verified import VHOST, listing, verify
from tests.integration.verified import results

if TYPE_CHECKING:
    from tests.brokers.rabbitmq.server import RabbitServer

SAFE, ALONE = {"orders": {"type": "quorum"}}, {"returns": {"type": "classic"}}


@pytest.fixture
def three(rabbitmq_43_three: RabbitServer) -> Iterator[RabbitServer]:
    rabbitmq_43_three.start()
    rabbitmq_43_three.wipe()
    yield rabbitmq_43_three
    rabbitmq_43_three.stop()


@pytest.fixture
def shop(three: RabbitServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    return Project(tmp_path / "shop", three, monkeypatch)


@pytest.mark.slow_faults
def test_the_loss_of_a_leader_is_survived_by_three_replicas_and_not_by_one(
    three: RabbitServer, shop: Project, tmp_path: Path
) -> None:
    shop.declare({"vhosts": {VHOST: {"queues": {**SAFE, **ALONE}}}})
    shop.apply()
    before = listing(three)
    with commands(three, tmp_path / "lab", [node.name for node in three.nodes]) as stopping:
        found = verify(shop, "--only", "V41", "--limit", "150s", *stopping, code=7)
    told = {name: one["evidence"] for name, one in found.items()}
    assert results(found) == {"V41 orders": "pass", "V41 returns": "fail"}, told
    assert listing(three) == before


@pytest.mark.slow_faults
def test_what_waits_stays_bounded_while_three_nodes_are_restarted_one_by_one(
    three: RabbitServer, shop: Project, tmp_path: Path
) -> None:
    shop.declare({"vhosts": {VHOST: {"queues": SAFE}}})
    shop.apply()
    with commands(three, tmp_path / "lab", [node.name for node in three.nodes]) as stopping:
        found = verify(shop, "--only", "V43", "--limit", "240s", *stopping)
    assert "3 nodes restarted" in found["V43 orders"]["evidence"]


@pytest.mark.slow_faults
def test_v42_fails_while_a_replica_is_gone(three: RabbitServer, shop: Project) -> None:
    shop.declare({"vhosts": {VHOST: {"queues": SAFE}}})
    shop.apply()
    assert results(verify(shop, "--only", "V42")) == {"V42 orders": "pass"}
    three.nodes[2].stop()
    found = verify(shop, "--only", "V42", code=7)["V42 orders"]
    assert (found["evidence"], found["offenders"]) == ("2 of 3 replicas online", [three.nodes[2].name])
    three.start()
    assert results(verify(shop, "--only", "V42")) == {"V42 orders": "pass"}


def test_a_storm_of_connections_passes_below_the_limit_of_a_vhost_and_fails_above(project: Project) -> None:
    project.declare({"vhosts": {VHOST: {"queues": ALONE}}})
    project.apply()
    before = listing(project.server)
    only = ("--only", "V47", "--connections", "60")
    assert results(verify(project, *only)) == {"V47 rabbit": "pass"}
    project.server.management.call("PUT", "vhost-limits", VHOST, "max-connections", body={"value": 20})
    found = verify(project, *only, code=7)
    assert "refused: " in found["V47 rabbit"]["evidence"]
    assert listing(project.server) == before
