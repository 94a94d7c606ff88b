"""What a queue can't change blocks, with all that a replacement would cost, and a line that lets the rest go."""

from __future__ import annotations

import shlex

from tests.integration.rabbitmq.e2e.amqp import channel, publish
from tests.integration.rabbitmq.e2e.project import Project
from tests.waiting import until

VHOST = "/shop"
CHANGED = """\
rabbitmq:
  vhosts:
    /shop:
      exchanges:
        orders: {type: topic}
        late: {type: fanout}
      queues:
        orders.mail:
          type: quorum
          bindings: [{exchange: orders, routingKey: order.paid}]
        orders.fixed:
          arguments: {x-max-length: 20}
"""


def prepare(project: Project) -> None:
    queues = {
        "orders.mail": {"type": "classic", "bindings": [{"exchange": "orders", "routingKey": "order.paid"}]},
        "orders.fixed": {"arguments": {"x-max-length": 10}},
    }
    project.declare({"vhosts": {VHOST: {"exchanges": {"orders": {"type": "topic"}}, "queues": queues}}})
    project.converge()
    by_hand = {"routing_key": "order.by-hand"}
    project.server.management.call("POST", "bindings", VHOST, "e", "orders", "q", "orders.mail", body=by_hand)
    project.text(CHANGED)


def known(text: str) -> bool:
    return "mailer-7" in text and "3 messages would be lost" in text


def test_an_immutable_difference_blocks_with_its_cost_and_the_rest_goes_by_the_printed_line(
    project: Project, cell: set[str]
) -> None:
    prepare(project)
    server = project.server
    with channel(server, VHOST, name="mailer-7") as line:
        line.confirm_delivery()
        for _ in range(3):
            publish(line, "", "orders.mail")
        line.basic_qos(prefetch_count=1)
        line.basic_consume("orders.mail", lambda *_: None)
        # Who consumes, and what is unconfirmed, the server tells some seconds later.
        until(lambda: known(project.plan(code=3).text), "the consumer is not named", within=15)
        planned = project.plan(code=3)
        with project.nothing_written():
            applied = project.apply(code=3)
    for ran in (planned, applied):
        assert "type classic -> quorum immutable" in " ".join(ran.text.split())
        assert "topology/orders.yaml:12:17" in ran.text
        assert "x-max-length 10 -> 20 immutable" in " ".join(ran.text.split())
        assert "topology/orders.yaml:15:37" in ran.text
        assert "3 messages would be lost" in ran.err
        assert "1 active consumer would be cut off: mailer-7 (guest@127.0.0.1:" in ran.err
        told = " ".join(ran.text.split())  # long lines are wrapped
        assert "2 bindings would be deleted with it; not declared: " in told
        assert "not declared: `exchange=orders,queue=orders.mail,routingKey=order.by-hand`" in told
        assert (
            "by `policies: {orders.fixed.limits: {pattern: '^orders\\.fixed$', applyTo: queues, definition:" in ran.err
        )
    [command] = {line.strip() for line in planned.text.splitlines() if line.strip().startswith("mqinfra ")}
    assert command in applied.text
    words = shlex.split(command)[1:]
    assert words[0] == "plan"
    project.plan(*words[1:])
    words[0] = "apply"
    ran = project.mq(*words, "--auto-approve")
    assert ran.code == 0, ran.text
    assert {row["name"] for row in server.management.get("exchanges", VHOST)} >= {"late"}
    assert server.management.get("queues", VHOST, "orders.mail")["type"] == "classic"
    cell.add(f"rabbitmq-{server.line}/queues/e2e-immutable-blocks")
