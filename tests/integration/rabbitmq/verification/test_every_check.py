"""Each check of RabbitMQ on real servers: it holds on a sound topology, and fails on one that was broken by hand."""

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from mqinfra.providers.base.verification.canary import PREFIX
from tests.brokers.rabbitmq.management import Management, Refused
from tests.brokers.rabbitmq.release import installed
from tests.brokers.rabbitmq.server import RabbitServer, Settings
from tests.integration.rabbitmq.e2e.project import Project
from tests.integration.rabbitmq.verification.verified import VHOST, listing, only, verify
from tests.integration.verified import results

SOUND = {
    "users": {"reader": {}},
    "vhosts": {
        VHOST: {
            "exchanges": {
                "shop": {"type": "topic", "arguments": {"alternate-exchange": "lost"}},
                "lost": {"type": "fanout"},
                "direct": {"type": "direct"},
                "sorted": {"type": "headers"},
            },
            "queues": {
                "orders": {
                    "type": "quorum",
                    "bindings": [
                        {"exchange": "shop", "routingKey": "order.*.eu"},
                        {"exchange": "shop", "routingKey": "refund.#"},
                        {"exchange": "direct", "routingKey": "orders"},
                    ],
                    "deadLetter": True,
                },
                "strange": {"type": "classic", "bindings": [{"exchange": "lost"}]},
                "pdfs": {
                    "type": "classic",
                    "bindings": [{"exchange": "sorted", "arguments": {"x-match": "all", "format": "pdf", "size": 4}}],
                },
                "urgent": {"type": "classic", "arguments": {"x-max-priority": 5}},
                "turns": {"type": "quorum", "arguments": {"x-single-active-consumer": True}},
                "short": {"type": "classic", "deadLetter": True},
                "mails": {"type": "classic", "deadLetter": True},
                "small": {"type": "classic"},
                "full": {"type": "quorum"},
            },
            "policies": {
                "short": {"pattern": "^small$", "applyTo": "queues", "definition": {"max-length": 50}},
                "full": {
                    "pattern": "^full$",
                    "applyTo": "queues",
                    "definition": {"max-length": 2_000, "overflow": "reject-publish", "message-ttl": 86_400_000},
                },
            },
            "permissions": {"reader": {"configure": "", "write": "", "read": r"^orders$"}},
            "topicPermissions": {"reader": {"shop": {"write": r"^order\.{username}\.", "read": "^refund"}}},
        }
    },
}
Breaking = Callable[[Management], object]


def policy(name: str, pattern: str, definition: Mapping[str, object]) -> Breaking:
    """Put a policy over those that are declared."""
    body = {"pattern": pattern, "apply-to": "queues", "priority": 9, "definition": definition}
    return lambda management: management.call("PUT", "policies", VHOST, name, body=body)


def unbind(exchange: str, queue: str, key: str) -> Breaking:
    return lambda management: management.call("DELETE", "bindings", VHOST, "e", exchange, "q", queue, key)


def bind(exchange: str, queue: str, key: str) -> Breaking:
    return lambda management: management.call(
        "POST", "bindings", VHOST, "e", exchange, "q", queue, body={"routing_key": key}
    )


def permit(**rights: str) -> Breaking:
    return lambda management: management.call("PUT", "permissions", VHOST, "reader", body=rights)


def again(name: str, **arguments: object) -> Breaking:
    """Delete a queue and declare it with other arguments."""

    def broken(management: Management) -> None:
        management.call("DELETE", "queues", VHOST, name)
        management.call("PUT", "queues", VHOST, name, body={"durable": True, "arguments": arguments})

    return broken


BROKEN: Mapping[tuple[str, ...], Breaking] = {
    ("V12:turns",): again("turns", **{"x-queue-type": "quorum"}),
    ("V13:shop",): unbind("shop", "orders", "order.*.eu"),
    ("V13:direct",): bind("direct", "strange", "ORDERS"),
    ("V14:shop",): lambda management: management.call("DELETE", "exchanges", VHOST, "lost"),
    ("V15:short", "V17:short"): policy("nowhere", "^short$", {"dead-letter-exchange": "gone"}),
    ("V16:orders",): policy("gone", "^orders$", {"dead-letter-exchange": "gone", "delivery-limit": 2}),
    ("V17:mails",): policy("drops", r"^mails\.dlq$", {"max-length": 10}),
    ("V18:full", "V20:full"): policy("no-time", "^full$", {"max-length": 2_000}),
    ("V20:small",): policy("longer", "^small$", {"max-length": 5_000}),
    ("V01:urgent", "V21:urgent"): again("urgent", **{"x-queue-type": "classic"}),
    ("V30:reader", "V31:reader"): permit(configure="", write=".*", read="^other$"),
    ("V31:shop",): lambda management: management.call("DELETE", "topic-permissions", VHOST, "reader"),
}
CHECKS = ("V12", "V13", "V14", "V15", "V17", "V18", "V20", "V21", "V26", "V30", "V31", "V32", "V42")


def test_a_sound_topology_passes_every_check_and_nothing_is_left(project: Project) -> None:
    project.declare(SOUND)
    project.apply()
    before = listing(project.server)
    found = verify(project, *only(*CHECKS))
    wrong = {name: one["evidence"] for name, one in found.items() if one["result"] != "pass"}
    assert wrong == {}
    assert {name.split()[0] for name in found} == set(CHECKS)
    assert listing(project.server) == before


@pytest.mark.slow
def test_what_is_broken_by_hand_fails_its_check(project: Project) -> None:
    project.declare(SOUND)
    project.apply()
    for breaking in BROKEN.values():
        breaking(project.server.management)
    wishes = [wish for some in BROKEN for wish in some]
    found = results(verify(project, *only(*wishes), code=7))
    assert found == {wish.replace(":", " "): "fail" for wish in wishes}


def test_a_queue_that_a_restart_takes_away_fails(project: Project) -> None:
    if project.server.since("4.3"):
        pytest.skip("RabbitMQ 4.3 makes no such queue")
    project.declare(SOUND)
    project.apply()
    project.server.management.call("DELETE", "queues", VHOST, "small")
    project.server.management.call("PUT", "queues", VHOST, "small", body={"durable": False})
    assert results(verify(project, "--only", "V26:small", code=7)) == {"V26 small": "fail"}


def test_who_has_no_login_gets_in_where_the_server_lets_everybody_in(project: Project) -> None:
    """From 4.0 on nobody is `guest`, who is let in from loopback, unless the server's configuration says otherwise."""
    project.declare(SOUND)
    project.apply()
    open_door = project.server.since("4.0")
    found = verify(project, "--only", "V29", code=7 if open_door else 0)["V29 rabbit"]
    assert ("an anonymous client (SASL ANONYMOUS) logged in" if open_door else "refused, our login accepted") in found[
        "evidence"
    ]
    assert [cause for cause in found["causes"] if "by default `guest` from RabbitMQ 4.0 on" in cause] == (
        found["causes"] if open_door else []
    )
    assert found["fix"] == ("set `anonymous_login_user = none`" if open_door else "")


def test_nobody_gets_in_where_the_door_was_shut(
    rabbitmq: RabbitServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not rabbitmq.since("4.3"):
        pytest.skip("older releases let nobody in")
    settings = Settings(config={"anonymous_login_user": "none"})
    server = RabbitServer(installed(rabbitmq.line), tmp_path / "shut", settings)
    try:
        server.start()
        project = Project(tmp_path / "shop", server, monkeypatch)
        project.declare({"vhosts": {VHOST: {"queues": {"orders": {"type": "classic"}}}}})
        project.apply()
        found = verify(project, "--only", "V29")
    finally:
        server.close()
    assert results(found) == {"V29 rabbit": "pass"}


def test_who_may_do_what_nobody_should_is_seen(project: Project) -> None:
    project.declare(SOUND)
    project.apply()
    stop, management = threading.Event(), project.server.management
    everything = dict.fromkeys(("configure", "write", "read"), ".*")

    def widen() -> None:
        while not stop.is_set():
            for user in management.get("users"):
                if user["name"].startswith(PREFIX):
                    with suppress(Refused):  # it is gone by now
                        management.call("PUT", "permissions", VHOST, user["name"], body=everything)

    worker = threading.Thread(target=widen)
    worker.start()
    try:
        found = verify(project, "--only", "V32:small", code=7)["V32 small"]
    finally:
        stop.set()
        worker.join()
    assert found["evidence"] == "allowed without rights: publish, consume, declare"
