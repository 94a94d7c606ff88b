"""Canaries through a real stream that says it accepts them: its consumers see each, and queues are never read."""

from typing import Any

from tests.integration.rabbitmq.e2e.amqp import channel
from tests.integration.rabbitmq.e2e.project import Project
from tests.integration.rabbitmq.verification.verified import VHOST, listing, only, verify
from tests.integration.verified import results

ACCEPTS = {"promises": {"canary": "accept"}}
QUEUES = {
    "audit": {"type": "stream", **ACCEPTS},
    "quiet": {"type": "stream"},
    "orders": {"type": "classic", **ACCEPTS},
}
OF_TRAFFIC = ("V02", "V03", "V04", "V06", "V07", "V11")


def test_a_stream_that_accepts_canaries_is_verified_itself_and_all_else_by_copies(project: Project) -> None:
    project.declare({"vhosts": {VHOST: {"queues": QUEUES}}})
    project.apply()
    before = listing(project.server)
    with channel(project.server, VHOST) as line:
        for queue in QUEUES:
            line.basic_publish("", queue, b"an order")
    found = verify(project, "--mode", "in-place", *only(*OF_TRAFFIC))
    assert set(results(found).values()) == {"pass"}
    assert {name: one["mode"] for name, one in found.items() if name.startswith("V03")} == {
        "V03 audit": "in-place",
        "V03 quiet": "clone",
        "V03 orders": "clone",
    }
    assert listing(project.server) == before
    audit = seen(project, "audit")
    assert audit[0] == {}
    assert len(audit) == 102  # the order, the first canary, and a hundred
    assert all("mqinfra-canary" in headers for headers in audit[1:])
    assert seen(project, "quiet") == [{}]
    assert project.server.management.call("POST", "queues", VHOST, "orders", "get", body=LOOK)[0]["message_count"] == 0


LOOK = {"count": 10, "ackmode": "ack_requeue_true", "encoding": "auto"}


def seen(project: Project, stream: str) -> list[dict[str, Any]]:
    """The headers of all that a consumer of the stream gets, from its first message."""
    found: list[dict[str, Any]] = []
    with channel(project.server, VHOST) as line:
        line.basic_qos(prefetch_count=200)
        arguments = {"x-stream-offset": "first"}
        for method, properties, _ in line.consume(stream, inactivity_timeout=1.0, arguments=arguments):
            if method is None or properties is None:
                break
            headers = properties.headers or {}
            found.append({name: value for name, value in headers.items() if not name.startswith("x-")})
            line.basic_ack(method.delivery_tag or 0)
    return found
