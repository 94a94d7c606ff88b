"""What a killed run leaves behind, and how it is found and taken away from any machine."""

import time

import pytest

from tests.brokers.http_protocol import status_only
from tests.integration.rabbitmq.e2e.project import Project
from tests.integration.rabbitmq.verification.test_traffic import TOPOLOGY
from tests.integration.rabbitmq.verification.verified import VHOST, listing, only, verify


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


def test_v40_fails_while_the_server_lets_nobody_delete_copies(project: Project) -> None:
    project.declare(TOPOLOGY)
    project.apply()
    before = listing(project.server)
    asked = only("V03:returns", "V40")
    for nth in range(1, 30):
        project.server.proxy.faults.answer(status_only(403), nth, "DELETE")
    ran = project.mq("verify", "-q", "-o", "json", "--messages", "50", *asked)
    [found] = [one for one in ran.json()["judgements"] if one["check"] == "V40"]
    assert (ran.code, found["result"]) == (7, "fail")
    assert any(name.endswith(".returns") for name in found["offenders"])
    project.server.proxy.reset()
    assert project.mq("verify", "--gc", "--older-than", "0s").code == 0
    assert listing(project.server) == before
    assert verify(project, *asked)["V40 rabbit"]["result"] == "pass"
