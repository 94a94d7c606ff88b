"""A RabbitMQ as companies have them: 400 queues in `/`, made by hand over the years by three teams."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.integration.rabbitmq.e2e.amqp import channel, publish

if TYPE_CHECKING:
    from tests.brokers.rabbitmq.server import RabbitServer

VHOST = "/"
_HOUR = 3_600_000


@dataclass
class ByHand:
    """What is to be made, in the words of the management API.

    Attributes:
        queues: name → body.
        exchanges: name → body.
        bindings: source, whether to a queue, destination, and body of each.
        policies: name → body.
        operator_policies: name → body.
    """

    queues: dict[str, dict[str, Any]] = field(default_factory=dict)
    exchanges: dict[str, dict[str, Any]] = field(default_factory=dict)
    bindings: list[tuple[str, bool, str, dict[str, Any]]] = field(default_factory=list)
    policies: dict[str, dict[str, Any]] = field(default_factory=dict)
    operator_policies: dict[str, dict[str, Any]] = field(default_factory=dict)

    def queue(self, name: str, kind: str = "classic", /, **arguments: object) -> None:
        """A durable queue; underscores for the dashes of its arguments, without `x-`."""
        own = {f"x-{key.replace('_', '-')}": value for key, value in arguments.items()}
        self.queues[name] = {"durable": True, "arguments": {"x-queue-type": kind, **own}}

    def bind(self, source: str, queue: str, key: str = "", /, **arguments: object) -> None:
        own = {name.replace("_", "-"): value for name, value in arguments.items()}
        self.bindings.append((source, True, queue, {"routing_key": key, "arguments": own}))

    def policy(self, name: str, pattern: str, priority: int = 0, /, **definition: object) -> None:
        own = {key.replace("_", "-"): value for key, value in definition.items()}
        self.policies[name] = {"pattern": pattern, "apply-to": "queues", "priority": priority, "definition": own}

    def make(self, server: RabbitServer) -> None:
        """Make all of it, and put messages into some queues."""
        api = server.management
        for name, body in self.exchanges.items():
            api.call("PUT", "exchanges", VHOST, name, body={"durable": True, **body})
        with channel(server, VHOST) as line:
            for name, body in self.queues.items():
                line.queue_declare(
                    name, durable=True, auto_delete=body.get("auto_delete", False), arguments=body["arguments"]
                )
            for source, to_queue, destination, body in self.bindings:
                if to_queue:
                    line.queue_bind(destination, source, body["routing_key"], body["arguments"])
                else:
                    line.exchange_bind(destination, source, body["routing_key"], body["arguments"])
            for number, name in enumerate(self.queues):
                if number % 7 == 0 and self.queues[name]["arguments"]["x-queue-type"] == "classic":
                    publish(line, "", name)
        for name, body in self.policies.items():
            api.call("PUT", "policies", VHOST, name, body=body)
        for name, body in self.operator_policies.items():
            api.call("PUT", "operator-policies", VHOST, name, body=body)


def orders(made: ByHand, number: int) -> None:
    """A team that knows what it does: dead letters by policy, queues of every type, retries, keys by topic."""
    made.exchanges |= {
        "orders.events": {"type": "topic", "arguments": {"alternate-exchange": "orders.unrouted"}},
        "orders.unrouted": {"type": "fanout"},
        "orders.by hash": {"type": "x-consistent-hash"},
        "orders.dlx": {"type": "direct", "internal": True},
    }
    made.queue("orders.dead", "quorum")
    made.queue("orders.lost")
    made.bind("orders.dlx", "orders.dead", "dead")
    made.bind("orders.unrouted", "orders.lost")
    made.bindings.append(("orders.events", False, "orders.by hash", {"routing_key": "order.*", "arguments": {}}))
    made.policy(
        "orders-dead", r"^orders\.email\.", 5, dead_letter_exchange="orders.dlx", dead_letter_routing_key="dead"
    )
    made.policy("orders-short", r"^orders\.fax\.", 2, message_ttl=_HOUR, max_length=1000, overflow="reject-publish")
    for one in range(number // 6):
        made.queue(f"orders.email.{one}", "quorum", delivery_limit=5)
        made.bind("orders.events", f"orders.email.{one}", f"order.*.{one}")
        made.queue(f"orders.fax.{one}", "classic", max_priority=5)
        made.bind("orders.events", f"orders.fax.{one}", f"order.#.{one}")
        made.bind("orders.by hash", f"orders.fax.{one}", "1")
        made.queue(
            f"orders.print.{one}", "quorum", dead_letter_exchange="", dead_letter_routing_key=f"orders.print.{one}.dlq"
        )
        made.queue(f"orders.print.{one}.dlq", "quorum")
        made.queue(f"orders.sms.{one}", "quorum")
        made.queue(f"orders.sms.{one}.dlq", "quorum", message_ttl=24 * _HOUR)
        made.policy(
            f"orders.sms.{one}.policy",
            rf"^orders\.sms\.{one}$",
            1,
            dead_letter_exchange="",
            dead_letter_routing_key=f"orders.sms.{one}.dlq",
        )
    for one in range(number - len(made.queues)):
        made.queue(f"orders.log.{one}", "stream", max_age="7D")


def billing(made: ByHand, number: int) -> None:
    """A team whose names have blanks, slashes and umlauts, and whose arguments say everything."""
    before = len(made.queues)
    made.exchanges |= {"billing/in": {"type": "headers"}, "billing dlx": {"type": "fanout"}}
    made.queue("billing/tote Briefe")
    made.bind("billing dlx", "billing/tote Briefe")
    for one in range((number - 1) // 3):
        made.queue(f"billing/Rechnung {one}", dead_letter_exchange="billing dlx", message_ttl=_HOUR * one)
        made.bind("billing/in", f"billing/Rechnung {one}", x_match="all", art="rechnung", number=one)
        made.queue(f"billing/Größe={one}%,*", "quorum", max_length=one + 1, overflow="drop-head")
        made.bind("amq.topic", f"billing/Größe={one}%,*", f"größe.{one}")
        made.queue(f"billing/請求 #{one}", single_active_consumer=True)
        made.bind("amq.direct", f"billing/請求 #{one}", f"a/b {one}")
    for one in range(number - (len(made.queues) - before)):
        made.queue(f"billing/rest{one}")


def old(made: ByHand, number: int) -> None:
    """What nobody remembers."""
    made.policy("tmp", r"^(Tmp|svc-|com\.)", -1, max_length=1_000_000)
    made.operator_policies["limit"] = {
        "pattern": ".*",
        "apply-to": "queues",
        "definition": {"message-ttl": 720 * _HOUR},
    }
    for one in range(number):
        name = f"{('Tmp', 'svc-', 'com.acme.')[one % 3]}{one}"
        made.queue(name, **({"expires": 720 * _HOUR} if one % 5 == 0 else {}))
        made.queues[name]["auto_delete"] = one % 4 == 1
        if one % 2:
            made.bind("amq.fanout", name)


def company(queues: int = 400) -> ByHand:
    """What stands on the server: a third is of the team that is taken over first."""
    made = ByHand()
    third = queues // 3
    orders(made, third)
    billing(made, third)
    old(made, queues - len(made.queues))
    assert len(made.queues) == queues
    return made


def users(server: RabbitServer) -> None:
    """Whom the applications log in as."""
    for name, rights in {
        "orders-app": ("^$", r"^(orders\.events|amq\.default)$", r"^orders\."),
        "billing-app": ("^billing", "^billing", "^billing"),
        "old-app": (".*", ".*", ".*"),
        "viewer": ("^$", "^$", r"^(?:orders\.lost|orders\.dead)$"),
    }.items():
        server.management.call("PUT", "users", name, body={"password": f"{name}-secret", "tags": ""})
        body = dict(zip(("configure", "write", "read"), rights, strict=True))
        server.management.call("PUT", "permissions", VHOST, name, body=body)
    body = {"exchange": "orders.events", "write": r"^order\.", "read": "^$"}
    server.management.call("PUT", "topic-permissions", VHOST, "orders-app", body=body)
