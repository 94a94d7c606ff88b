"""What bindings take of messages that are sent, as the rules about them say."""

import time
from collections.abc import Iterable
from typing import Any

import pika
import pytest

from tests.brokers.rabbitmq.management import Refused
from tests.integration.rabbitmq.provider.conftest import Topology


def codes(shop: Topology) -> set[str]:
    return {item.code for item in shop.plan().diagnostics}


def arrived(shop: Topology, exchange: str, *sent: tuple[str, dict[str, Any]]) -> int:
    """Send messages, and count what is in the queue `jobs` afterwards."""
    with shop.channel() as channel:
        channel.confirm_delivery()
        for key, headers in sent:
            channel.basic_publish(exchange, key, b"x", pika.BasicProperties(headers=headers))
        return int(channel.queue_declare("jobs", passive=True).method.message_count)


def declared(shop: Topology, kind: str, bindings: Iterable[dict[str, Any]]) -> Topology:
    return shop.declare(
        exchanges={"orders": {"type": kind}, "audit": {"type": "fanout"}},
        queues={"jobs": {"type": "classic"}},
        bindings=list(bindings),
    )


@pytest.mark.parametrize(
    ("kind", "key", "literal", "meant"),
    [("topic", "order.eu*", "order.eu*", "order.eu-west"), ("direct", "order.*", "order.*", "order.paid")],
)
def test_a_wildcard_within_a_word_or_on_a_direct_exchange_is_literal(
    shop: Topology, kind: str, key: str, literal: str, meant: str
) -> None:
    declared(shop, kind, [{"exchange": "orders", "queue": "jobs", "routingKey": key}])
    assert "MQ515" in codes(shop)
    shop.converge()
    assert arrived(shop, "orders", (meant, {})) == 0
    assert arrived(shop, "orders", (literal, {})) == 1


def test_headers_without_x_match_all_have_to_be_there(shop: Topology) -> None:
    declared(shop, "headers", [{"exchange": "orders", "queue": "jobs", "arguments": {"format": "pdf", "size": "a4"}}])
    assert "MQ516" in codes(shop)
    shop.converge()
    assert arrived(shop, "orders", ("", {"format": "pdf"})) == 0
    assert arrived(shop, "orders", ("", {"format": "pdf", "size": "a4"})) == 1


def test_a_binding_to_headers_without_any_takes_every_message(shop: Topology) -> None:
    declared(shop, "headers", [{"exchange": "orders", "queue": "jobs"}])
    assert "MQ516" in codes(shop)
    shop.converge()
    assert arrived(shop, "orders", ("", {"format": "pdf"}), ("any", {})) == 2


def test_an_x_match_of_another_word_is_refused(shop: Topology) -> None:
    declared(shop, "headers", [])
    shop.converge()
    with pytest.raises(Refused, match="x-match"):
        shop.server.management.call(
            "POST", "bindings", shop.vhost, "e", "orders", "q", "jobs", body={"arguments": {"x-match": "al"}}
        )
    declared(shop, "headers", [{"exchange": "orders", "queue": "jobs", "arguments": {"x-match": "al"}}])
    assert [change.blocked_by for change in shop.plan().changes] == [("MQ516",)]


def test_a_message_goes_round_a_circle_of_exchanges_once(shop: Topology) -> None:
    declared(
        shop,
        "fanout",
        [
            {"exchange": "orders", "toExchange": "audit"},
            {"exchange": "audit", "toExchange": "orders"},
            {"exchange": "orders", "queue": "jobs"},
        ],
    )
    assert "MQ517" in codes(shop)
    shop.converge()
    assert arrived(shop, "audit", ("", {})) == 1
    time.sleep(0.2)  # another round would have been made by now
    assert arrived(shop, "audit") == 1


def test_a_misspelt_tag_is_kept_and_gives_no_right(shop: Topology) -> None:
    shop.server.management.call("PUT", "users", "ops", body={"password": "xyzzy-plugh", "tags": "administratr"})
    try:
        [row] = [user for user in shop.server.management.get("users") if user["name"] == "ops"]
        assert row["tags"] in (["administratr"], "administratr")
    finally:
        shop.server.management.call("DELETE", "users", "ops")


def test_an_alternate_exchange_that_is_not_there_is_taken_and_loses_messages(shop: Topology) -> None:
    lost = {"type": "topic", "arguments": {"alternate-exchange": "unruted"}}
    shop.declare(
        exchanges={"orders": lost, "unrouted": {"type": "fanout"}},
        queues={"jobs": {"type": "classic"}},
        bindings=[{"exchange": "unrouted", "queue": "jobs"}],
    )
    assert "MQ511" in codes(shop)
    shop.converge()
    assert "MQ511" in codes(shop)
    assert arrived(shop, "orders", ("any", {})) == 0
    shop.put("exchanges", "unruted", type="fanout")
    shop.server.management.call("POST", "bindings", shop.vhost, "e", "unruted", "q", "jobs", body={})
    assert arrived(shop, "orders", ("any", {})) == 1
    assert "MQ511" not in codes(shop)
