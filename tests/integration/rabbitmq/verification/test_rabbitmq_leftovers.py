"""What a killed run leaves behind, and how it is found and taken away from any machine."""

import time

import pytest

from tests.integration.rabbitmq.e2e.project import Project
from tests.integration.rabbitmq.verification.test_traffic import TOPOLOGY
from tests.integration.rabbitmq.verification.verified import VHOST, listing


@pytest.mark.parametrize("after", [0.0, 0.3], ids="killed {0} s after its first copy".format)
def test_what_a_killed_run_left_is_collected(after: float, project: Project) -> None:
    project.declare(TOPOLOGY)
    project.apply()
    before = listing(project.server)
    run = project.start("verify", "-q", "--messages", "20000")
    while listing(project.server) == before:
        assert run.alive
    time.sleep(after)
    run.kill()
    run.end()
    run.end()
    assert len(listing(project.server)) > len(before)
    assert "canary" not in project.plan("--undeclared").text
    assert "nothing to delete" in project.mq("verify", "--gc").text
    assert project.mq("verify", "--gc", "--older-than", "0s").code == 0
    assert listing(project.server) == before


def test_what_only_looks_alike_is_never_deleted(project: Project) -> None:
    project.declare(TOPOLOGY)
    project.apply()
    for name in ("__mqinfra_canary.mine", "__mqinfra_canary.20200101T000000Z-short.x", "a.__mqinfra_canary"):
        project.server.management.call("PUT", "queues", VHOST, name, body={"durable": True})
        project.server.management.call("PUT", "exchanges", VHOST, name, body={"type": "topic", "durable": True})
    before = listing(project.server)
    assert "nothing to delete" in project.mq("verify", "--gc", "--older-than", "0s").text
    assert listing(project.server) == before
