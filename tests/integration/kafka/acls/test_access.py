"""What `access` says is what real clients can do: no less, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mqinfra.model.address import Address
from mqinfra.providers.kafka.acls.spec import acl_at
from mqinfra.providers.kafka.api.acl import Acl
from tests.integration.kafka.acls.clients import OK, consumes, passes_on, produces, produces_idempotently
from tests.integration.kafka.acls.conftest import RightsShop
from tests.integration.kafka.e2e.conftest import nothing_written
from tests.integration.kafka.e2e.hand import Hand
from tests.integration.kafka.e2e.rights import User

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster

TOPICS = ("orders.in", "orders.out")
IN, OUT = TOPICS


def applied(shop: RightsShop) -> None:
    ran = shop.apply()
    assert ran.code == 0, ran.text


def test_who_consumes_can_t_produce_and_who_produces_can_t_consume(
    live: KafkaCluster, hand: Hand, shop: RightsShop
) -> None:
    reader, writer = User(live), User(live)
    shop.declare(
        topics=TOPICS,
        access={
            reader.name: "{consumes: [orders.in], group: shop-readers}",
            writer.name: "{produces: [orders.in]}",
        },
    )
    applied(shop)
    assert produces(live, writer, IN) == produces_idempotently(live, writer, IN) == OK
    assert consumes(live, reader, IN, "shop-readers") == OK
    assert produces(live, reader, IN) == "TOPIC_AUTHORIZATION_FAILED"
    assert consumes(live, writer, IN, "shop-readers") in ("GROUP_AUTHORIZATION_FAILED", "TOPIC_AUTHORIZATION_FAILED")
    assert consumes(live, reader, OUT, "shop-readers") == "TOPIC_AUTHORIZATION_FAILED"
    assert consumes(live, reader, IN, "shop-others") == "GROUP_AUTHORIZATION_FAILED"
    with nothing_written(live):
        ran = shop.apply()
    assert ran.code == 0, ran.text
    assert hand.names() == set(TOPICS)


@pytest.mark.slow
def test_transactional_rights_suffice_and_each_is_needed(live: KafkaCluster, hand: Hand, shop: RightsShop) -> None:
    user = User(live)
    entry = "{consumes: [orders.in], group: shop-g, produces: [orders.out], transactionalId: shop-t}"
    shop.declare(topics=TOPICS, access={user.name: entry})
    applied(shop)
    hand.produce(IN, 1)
    assert passes_on(live, user, "shop-t", IN, "shop-g", OUT) == OK
    assert consumes(live, user, IN, "shop-g2") == "GROUP_AUTHORIZATION_FAILED"
    failures = {}
    rights = hand.acls(f"User:{user.name}")
    for right in sorted(rights):
        hand.delete_acls(right)
        outcomes = {passes_on(live, user, "shop-t", IN, "shop-g", OUT), consumes(live, user, IN, "shop-g")}
        failures[right.resource, right.name] = outcomes - {OK, "nothing"}
        hand.create_acls(right)
    assert len(failures) == 4
    assert all(failures.values()), failures


def test_who_is_no_longer_declared_can_t_consume_or_produce_after_the_next_apply(
    live: KafkaCluster, hand: Hand, shop: RightsShop
) -> None:
    reader, writer = User(live), User(live)
    stays = {"shop-x": "{produces: [orders.out]}"}
    entries = {
        reader.name: "{consumes: [orders.in], group: shop-readers}",
        writer.name: "{produces: [orders.in]}",
    }
    shop.declare(topics=TOPICS, access=stays | entries)
    applied(shop)
    assert produces(live, writer, IN) == OK
    assert consumes(live, reader, IN, "shop-readers") == OK
    shop.declare(topics=TOPICS, access=stays)
    limit = ("--max-deletes", "kafka/acls=2")  # two entries, whatever they stand for
    with hand.consuming(IN, "shop-readers"):
        ran = shop.run("plan", "-o", "json", *limit)
    assert ran.code == 0, ran.text
    plan = ran.json()
    gone = {acl_at(Address.parse(change["address"])) for change in plan["changes"]}
    assert {(acl.principal, acl.resource, acl.operation) for acl in gone} == {
        (f"User:{reader.name}", "topic", "Read"),
        (f"User:{reader.name}", "group", "Read"),
        (f"User:{writer.name}", "topic", "Write"),
    }
    costs = [cost["text"] for change in plan["changes"] for cost in change.get("costs", ())]
    assert any("group `shop-readers` reads now and would be refused" in text for text in costs), costs
    left = shop.apply(*limit)
    assert left.code == 0, left.text
    assert hand.acls(f"User:{writer.name}"), "a bare --auto-approve takes nothing away"
    plan = shop.run("plan", "-o", "json", *limit).json()
    ran = shop.run("apply", "--expect", plan["digest"], *limit)
    assert ran.code == 0, ran.text
    assert hand.acls(f"User:{reader.name}") == hand.acls(f"User:{writer.name}") == set()
    assert produces(live, writer, IN) == "TOPIC_AUTHORIZATION_FAILED"
    assert consumes(live, reader, IN, "shop-readers") != OK
    assert hand.acls("User:shop-x") == {Acl("topic", OUT, "literal", "User:shop-x", "*", "Write", "allow")}


@pytest.mark.parametrize("field", ["produces", "consumes"])
def test_each_right_of_a_plain_client_is_needed(field: str, live: KafkaCluster, hand: Hand, shop: RightsShop) -> None:
    user = User(live)
    entry = "{produces: [orders.in]}" if field == "produces" else "{consumes: [orders.in], group: shop-g}"
    shop.declare(topics=TOPICS, access={user.name: entry})
    applied(shop)
    hand.produce(IN, 1)
    for right in sorted(hand.acls(f"User:{user.name}")):
        hand.delete_acls(right)
        said = produces(live, user, IN) if field == "produces" else consumes(live, user, IN, "shop-g")
        assert said.endswith("AUTHORIZATION_FAILED"), (right, said)
        hand.create_acls(right)
    said = produces(live, user, IN) if field == "produces" else consumes(live, user, IN, "shop-g")
    assert said == OK
