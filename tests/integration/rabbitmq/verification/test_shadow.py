"""Canaries through real exchanges: they tell how these choose, and no queue in use sees one."""

import pytest

from mqinfra.providers.base.verification.canary import PREFIX
from tests.integration.rabbitmq.e2e.project import Project
from tests.integration.rabbitmq.verification.verified import VHOST, listing, only, verify
from tests.integration.verified import results

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
    assert "canaries would reach `pdfs`; `--allow-reach`" in found["V13 all"]["evidence"]
    assert told["V14 direct"] == "pass"
    assert "the real alternate exchange" in found["V14 shop"]["evidence"]
    assert held(project) == 0

    management = project.server.management
    bound = {"routing_key": f"{PREFIX}#"}
    management.call("POST", "bindings", VHOST, "e", "shop", "q", "orders", body=bound)
    found = verify(project, "--mode", "shadow-bind", *only("V13:shop"), code=8)
    assert "canaries would reach `orders`" in found["V13 shop"]["evidence"]

    reached = verify(project, "--mode", "shadow-bind", "--allow-reach", *only("V13:all"))
    assert results(reached) == {"V13 all": "pass"}
    assert held(project) > 0

    management.call("DELETE", "exchanges", VHOST, "direct")
    management.call("PUT", "exchanges", VHOST, "direct", body={"type": "fanout", "durable": True})
    failed = verify(project, "--mode", "shadow-bind", *only("V13:direct"), code=7)
    assert results(failed) == {"V13 direct": "fail"}
    assert listing(project.server) == before


BURIED = {
    "vhosts": {
        VHOST: {
            "exchanges": {
                "dead": {"type": "topic"},
                "direct": {"type": "direct", "internal": True},
                "all": {"type": "fanout"},
            },
            "queues": {
                "orders": {
                    "type": "quorum",
                    "arguments": {"x-dead-letter-exchange": "dead", "x-delivery-limit": 2},
                },
                "mails": {
                    "type": "classic",
                    "arguments": {"x-dead-letter-exchange": "direct", "x-dead-letter-routing-key": "mails.dead"},
                },
                "loud": {"type": "classic", "arguments": {"x-dead-letter-exchange": "all"}},
                "plain": {"type": "classic", "deadLetter": True},
                "letters": {
                    "type": "classic",
                    "bindings": [
                        {"exchange": "dead", "routingKey": "orders.#"},
                        {"exchange": "direct", "routingKey": "mails.dead"},
                        {"exchange": "all"},
                    ],
                },
            },
        }
    },
}


@pytest.mark.slow
def test_dead_letters_go_through_the_real_exchange_and_no_queue_in_use_gets_one(project: Project) -> None:
    project.declare(BURIED)
    project.apply()
    before = listing(project.server)
    mode = ("--mode", "shadow-bind")
    found = verify(project, *mode, *only("V15", "V16"), code=8)
    assert {name: (one["mode"], one["result"]) for name, one in found.items()} == {
        "V15 orders": ("shadow-bind", "pass"),
        "V16 orders": ("shadow-bind", "pass"),
        "V15 mails": ("shadow-bind", "pass"),
        "V15 loud": ("shadow-bind", "inconclusive"),
        "V15 plain": ("clone", "pass"),
    }
    assert "canaries would reach `letters`; `--allow-reach`" in found["V15 loud"]["evidence"]
    assert letters(project) == 0

    reached = verify(project, *mode, "--allow-reach", "--only", "V15:loud")
    assert results(reached) == {"V15 loud": "pass"}
    assert letters(project) > 0
    project.server.management.call("DELETE", "queues", VHOST, "letters", "contents")

    management = project.server.management
    management.call("DELETE", "bindings", VHOST, "e", "direct", "q", "letters", "mails.dead")
    management.call("DELETE", "exchanges", VHOST, "dead")
    failed = verify(project, *mode, *only("V15:orders", "V15:mails"), code=7)
    assert results(failed) == {"V15 orders": "fail", "V15 mails": "fail"}
    project.apply()
    assert results(verify(project, *mode, *only("V15:orders", "V15:mails"))) == {
        "V15 orders": "pass",
        "V15 mails": "pass",
    }
    assert letters(project) == 0
    assert listing(project.server) == before


def letters(project: Project) -> int:
    body = {"count": 100, "ackmode": "ack_requeue_true", "encoding": "auto"}
    return len(project.server.management.call("POST", "queues", VHOST, "letters", "get", body=body))
