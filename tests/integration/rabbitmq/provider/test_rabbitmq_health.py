"""A server that runs short of memory is degraded: policies and deletes wait, and what takes nothing goes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from mqinfra.engine import codes
from tests.brokers.rabbitmq.release import installed
from tests.brokers.rabbitmq.server import RabbitServer, Settings
from tests.integration.rabbitmq.provider.conftest import VHOST, Topology
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def short(rabbitmq: RabbitServer, tmp_path: Path) -> Iterator[Topology]:
    """A server of the same release that has less memory than it takes."""
    server = RabbitServer(
        installed(rabbitmq.line), tmp_path, Settings(config={"vm_memory_high_watermark.absolute": "20MB"})
    )
    try:
        server.start()
        server.management.call("PUT", "vhosts", VHOST, body={})
        yield Topology(server)
    finally:
        server.close()


def test_a_server_with_an_alarm_holds_policies_and_deletes_back(short: Topology) -> None:
    def alarmed() -> bool:
        with short.session() as session:
            return session.health() != ()

    until(alarmed)
    short.declare(queues={"jobs": {}}).converge()
    policy = {"pattern": "^jobs$", "definition": {"max-length": 10}}
    plan = short.declare(queues={"jobs": {}}, policies={"p": policy}).plan()
    assert [change.blocked_by for change in plan.changes] == [(codes.DEGRADED.id,)]
    assert "There are alarms in effect in the cluster: memory on rabbit@localhost" in plan.diagnostics[0].message
    assert short.remove(short.address("queues", "jobs")).change().blocked_by == (codes.DEGRADED.id,)
    options = replace(short.options, degraded=True)
    assert [change.blocked_by for change in replace(short, options=options).plan().changes] == [()]


def test_a_server_without_alarms_is_well(shop: Topology) -> None:
    with shop.session() as session:
        assert session.health() == ()
