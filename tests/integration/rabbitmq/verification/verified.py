"""Runs of `mqinfra verify`, and what they concluded."""

from collections.abc import Mapping
from typing import Any

from tests.brokers.rabbitmq.server import RabbitServer
from tests.integration.kafka.e2e.shop import Ran
from tests.integration.rabbitmq.e2e.project import Project

VHOST = "shop"


_ARGUMENTS = ("verify", "-q", "-o", "json", "--seed", "7", "--messages", "300", "--timeout", "10")
_TRIES = 20


def verify(project: Project, *arguments: str, code: int = 0) -> dict[str, dict[str, Any]]:
    """Verify, and return judgements by `CHECK NAME`; checks that were skipped are left out."""
    return _judged(project.mq(*_ARGUMENTS, *arguments), code)


def meddled(project: Project, *arguments: str) -> dict[str, dict[str, Any]]:
    """Verify while somebody meddles until a run fails: for a short one they may be too late."""
    ran = project.mq(*_ARGUMENTS, *arguments)
    for _ in range(_TRIES):
        if ran.code == 7:
            break
        ran = project.mq(*_ARGUMENTS, *arguments)
    return _judged(ran, 7)


def _judged(ran: Ran, code: int) -> dict[str, dict[str, Any]]:
    assert ran.code == code, [
        f"{one['check']} {one['address']}: {one['result']}: {one['evidence']}" for one in ran.json()["judgements"]
    ]
    assert ran.json()["left"] == []
    found = {f"{one['check']} {one['address'].rpartition('/')[2]}": one for one in ran.json()["judgements"]}
    return {name: one for name, one in found.items() if one["result"] != "skipped"}


def only(*checks: str) -> tuple[str, ...]:
    """Options that ask for these checks."""
    return tuple(word for check in checks for word in ("--only", check))


def results(found: Mapping[str, dict[str, Any]]) -> dict[str, str]:
    return {name: one["result"] for name, one in found.items()}


def listing(server: RabbitServer) -> list[tuple[str, str, str]]:
    """Queues, exchanges and users of all vhosts, but for what a server makes for itself when it starts.

    RabbitMQ 4.3 lists the queue that an apply held as its lock for a moment after it is gone.
    """
    management = server.management
    some = [(kind, one["vhost"], one["name"]) for kind in ("queues", "exchanges") for one in management.get(kind)]
    some = [one for one in some if not one[2].startswith(("amq.", "mqinfra.lock."))]
    return sorted([*some, *(("users", "", one["name"]) for one in management.get("users"))])
