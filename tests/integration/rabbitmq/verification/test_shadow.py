"""Canaries through real exchanges: they tell how these choose, and no queue in use sees one."""

from mqinfra.providers.base.verification.canary import PREFIX
from tests.integration.rabbitmq.e2e.project import Project
from tests.integration.rabbitmq.verification.verified import VHOST, listing, only, results, verify

TOPOLOGY = {
    "vhosts": {
        VHOST: {
            "exchanges": {
                "shop": {"type": "topic", "arguments": {"alternate-exchange": "all"}},
                "direct": {"type": "direct"},
                "sorted": {"type": "headers"},
                "all": {"type": "fanout"},
            },
            "queues": {
                "orders": {
                    "type": "classic",
                    "bindings": [
                        {"exchange": "shop", "routingKey": "order.*.eu"},
                        {"exchange": "shop", "routingKey": "refund.#"},
                        {"exchange": "direct", "routingKey": "orders"},
                    ],
                },
                "pdfs": {
                    "type": "classic",
                    "bindings": [
                        {"exchange": "sorted", "arguments": {"x-match": "all", "format": "pdf", "size": 4}},
                        {"exchange": "all"},
                    ],
                },
            },
        }
    },
}
ASKED = only("V13", "V14")


def held(project: Project) -> int:
    """Messages in the queues in use, by their own word: statistics are seconds old."""
    management = project.server.management
    body = {"count": 100, "ackmode": "ack_requeue_true", "encoding": "auto"}
    return sum(len(management.call("POST", "queues", VHOST, name, "get", body=body)) for name in ("orders", "pdfs"))


def test_real_exchanges_choose_as_declared_and_no_queue_in_use_gets_a_canary(project: Project) -> None:
    project.declare(TOPOLOGY)
    project.apply()
    before = listing(project.server)
    found = verify(project, "--mode", "shadow-bind", *ASKED, code=8)
    told = results(found)
    assert {name: result for name, result in told.items() if name.startswith("V13")} == {
        "V13 shop": "pass",
        "V13 direct": "pass",
        "V13 sorted": "pass",
        "V13 all": "inconclusive",
    }
    assert found["V13 shop"]["mode"] == "shadow-bind"
    assert "canaries would get to `pdfs`; `--allow-reach`" in found["V13 all"]["evidence"]
    assert told["V14 direct"] == "pass"
    assert "the real alternate exchange" in found["V14 shop"]["evidence"]
    assert held(project) == 0

    management = project.server.management
    bound = {"routing_key": f"{PREFIX}#"}
    management.call("POST", "bindings", VHOST, "e", "shop", "q", "orders", body=bound)
    found = verify(project, "--mode", "shadow-bind", *only("V13:shop"), code=8)
    assert "canaries would get to `orders`" in found["V13 shop"]["evidence"]

    reached = verify(project, "--mode", "shadow-bind", "--allow-reach", *only("V13:all"))
    assert results(reached) == {"V13 all": "pass"}
    assert held(project) > 0

    management.call("DELETE", "exchanges", VHOST, "direct")
    management.call("PUT", "exchanges", VHOST, "direct", body={"type": "fanout", "durable": True})
    failed = verify(project, "--mode", "shadow-bind", *only("V13:direct"), code=7)
    assert results(failed) == {"V13 direct": "fail"}
    assert listing(project.server) == before
