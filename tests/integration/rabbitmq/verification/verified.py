"""Runs of `mqinfra verify`, and what they concluded."""

from tests.brokers.rabbitmq.server import RabbitServer
from tests.integration import verified
from tests.integration.rabbitmq.e2e.project import Project
from tests.integration.verified import VERIFY, Judgements, judged

VHOST = "shop"
_ARGUMENTS = (*VERIFY, "--messages", "300", "--timeout", "10")


def verify(project: Project, *arguments: str, code: int = 0) -> Judgements:
    """Verify, and return what came of it."""
    return judged(project.mq(*_ARGUMENTS, *arguments), code)


def meddled(project: Project, *arguments: str) -> Judgements:
    """The same while somebody meddles."""
    return verified.meddled(lambda: project.mq(*_ARGUMENTS, *arguments))


def only(*checks: str) -> tuple[str, ...]:
    """Options that ask for these checks."""
    return tuple(word for check in checks for word in ("--only", check))


def listing(server: RabbitServer) -> list[tuple[str, str, str]]:
    """Queues, exchanges and users of all vhosts, but for what a server makes for itself when it starts.

    RabbitMQ 4.3 lists the queue that an apply held as its lock for a moment after it is gone.
    """
    management = server.management
    some = [(kind, one["vhost"], one["name"]) for kind in ("queues", "exchanges") for one in management.get(kind)]
    some = [one for one in some if not one[2].startswith(("amq.", "mqinfra.lock."))]
    return sorted([*some, *(("users", "", one["name"]) for one in management.get("users"))])
