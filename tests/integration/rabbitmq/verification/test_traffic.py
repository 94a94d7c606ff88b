"""Messages through copies of queues: what passes, what a run leaves, and who sees it."""

import threading
import time

from tests.integration.rabbitmq.e2e.amqp import channel
from tests.integration.rabbitmq.e2e.project import Project
from tests.integration.rabbitmq.verification.thief import stealing
from tests.integration.rabbitmq.verification.verified import VHOST, listing, meddled, only, verify
from tests.integration.verified import results

OF_TRAFFIC = ("V02", "V03", "V04", "V05", "V06", "V07", "V11")
QUEUES = {
    "orders": {
        "type": "quorum",
        "bindings": [{"exchange": "shop", "routingKey": "order.#"}],
        "deadLetter": True,
    },
    "returns": {"type": "classic"},
    "audit": {"type": "stream"},
}
TOPOLOGY = {"vhosts": {VHOST: {"exchanges": {"shop": {"type": "topic"}}, "queues": QUEUES}}}


def test_healthy_queues_pass_what_traffic_proves_and_nothing_is_left(project: Project) -> None:
    project.declare(TOPOLOGY)
    project.apply()
    before = listing(project.server)
    found = results(verify(project, *only(*OF_TRAFFIC)))
    assert found == {f"{check} {name}": "pass" for check in OF_TRAFFIC for name in (*QUEUES, "orders.dlq")}
    assert listing(project.server) == before


def test_a_consumer_at_work_beside_sees_no_canary(project: Project) -> None:
    project.declare(TOPOLOGY)
    project.apply()
    stop, seen = threading.Event(), list[bytes]()

    def consume() -> None:
        with channel(project.server, VHOST) as line:
            for _, _, body in line.consume("orders", auto_ack=True, inactivity_timeout=0.05):
                if body is not None:
                    seen.append(body)
                if stop.is_set():
                    return

    worker = threading.Thread(target=consume)
    worker.start()
    try:
        found = results(verify(project, *only(*OF_TRAFFIC), "--only", "V03:orders"))
        time.sleep(0.2)
    finally:
        stop.set()
        worker.join()
    assert found["V03 orders"] == "pass"
    assert seen == []


def test_messages_that_somebody_takes_away_are_lost_and_strange_ones_are_seen(project: Project) -> None:
    project.declare(TOPOLOGY)
    project.apply()
    with stealing(project, "returns"):
        found = meddled(project, "--messages", "5000", "--only", "V03:returns")
    assert results(found) == {"V03 returns": "fail"}


def test_a_queue_that_a_policy_would_federate_is_not_copied(project: Project) -> None:
    project.declare(TOPOLOGY)
    project.apply()
    everything = {"pattern": "^__mqinfra", "apply-to": "all", "definition": {"federation-upstream-set": "all"}}
    project.server.management.call("PUT", "policies", VHOST, "everything", body=everything)
    before = listing(project.server)
    found = verify(project, "--only", "V03:returns", code=8)
    assert "a policy would federate a copy" in found["V03 returns"]["evidence"]
    assert listing(project.server) == before


def test_a_copy_that_policies_make_another_thing_by_its_name_proves_nothing(project: Project) -> None:
    project.declare(TOPOLOGY)
    project.apply()
    shorter = {"pattern": "canary", "apply-to": "queues", "definition": {"message-ttl": 5}}
    project.server.management.call("PUT", "policies", VHOST, "shorter", body=shorter)
    found = verify(project, "--only", "V03:returns", code=8)
    assert "other settings by its name: `message-ttl`" in found["V03 returns"]["evidence"]
