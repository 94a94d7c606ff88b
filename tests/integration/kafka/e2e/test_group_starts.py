"""`startAt` is said once: what brokers forget it does not set again, what no longer says it stays, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.brokers.kafka.cluster import KafkaCluster
from tests.integration.kafka.e2e.conftest import nothing_written
from tests.integration.kafka.e2e.groups import GroupShop, Readers
from tests.integration.kafka.e2e.hand import RECORDS, Hand
from tests.integration.kafka.e2e.rights import User
from tests.integration.kafka.e2e.test_groups import DEPLOYER, ORDERS, applied, as_, at, billing, run_quietly

__all__ = ["run_quietly"]
PAID = "orders.paid"


@pytest.fixture
def shop(tmp_path: Path) -> GroupShop:
    return GroupShop(tmp_path / "shop")


@pytest.fixture
def readers(live: KafkaCluster) -> Readers:
    return Readers(live)


@pytest.fixture
def readers_4(live_4: KafkaCluster) -> Readers:
    return Readers(live_4)


def begun(shop: GroupShop, hand: Hand, readers: Readers) -> None:
    """Two topics with records, and a group that was to begin at the end of one of them."""
    hand.create(ORDERS, PAID)
    readers.produce(ORDERS, 4)
    readers.produce(PAID, 2)
    shop.groups(billing(startAt="latest"))
    applied(shop.apply())
    assert readers.offsets("billing") == at(4)


def test_what_brokers_forgot_is_left_to_clients_and_only_new_topics_are_begun(
    live: KafkaCluster, shop: GroupShop, hand: Hand, readers: Readers
) -> None:
    begun(shop, hand, readers)
    readers.forget("billing")
    readers.produce(ORDERS, 3)
    with nothing_written(live):
        ran = shop.apply()
    assert (ran.code, ran.json()["results"]) == (0, []), ran.text
    assert "is left to `auto.offset.reset`: it was set by an earlier apply" in " ".join(ran.err.split())
    assert shop.run("drift").code == 0
    shop.groups({"billing": {"topics": [ORDERS, PAID], "startAt": "earliest"}})
    applied(shop.apply())
    assert readers.offsets("billing") == {(PAID, 0): 0}
    with nothing_written(live):
        assert shop.apply().json()["results"] == []
    shop.groups(billing(resetTo={"to": "earliest", "id": "OPS-1"}))
    applied(shop.apply())
    assert readers.offsets("billing") == {(ORDERS, 0): 0, (PAID, 0): 0}


def test_an_entry_that_no_longer_says_it_leaves_the_group_where_it_is(
    live_4: KafkaCluster, shop: GroupShop, hand_4: Hand, readers_4: Readers
) -> None:
    begun(shop, hand_4, readers_4)
    shop.groups(billing())
    with nothing_written(live_4, but_records=True):
        ran = shop.apply()
    assert (ran.code, ran.json()["results"]) == (0, []), ran.text
    assert readers_4.offsets("billing") == at(4)


def test_a_group_that_no_manifest_names_stays_and_goes_by_consent_to_its_positions(
    shop: GroupShop, hand_4: Hand, readers_4: Readers
) -> None:
    begun(shop, hand_4, readers_4)
    shop.groups({})
    ran = shop.apply()
    assert (ran.code, ran.json()["results"]) == (0, []), ran.text
    assert "no longer declared; left in place" in " ".join(ran.err.split())
    assert readers_4.offsets("billing") == at(4)
    shop.groups({}, more="removed: {kafka/groups/billing: {}}\n")
    ran = shop.apply()
    assert ran.code == 3, ran.text
    assert "positions" in ran.text
    assert readers_4.offsets("billing") == at(4)


def test_the_way_back_takes_away_offsets_that_were_not_there(
    live: KafkaCluster,
    shop: GroupShop,
    hand: Hand,
    readers: Readers,
    run_quietly: Callable[..., int],
) -> None:
    begun(shop, hand, readers)
    shop.groups({"billing": {"topics": [ORDERS, PAID], "startAt": "earliest"}})
    assert run_quietly("apply", "--auto-approve", "-o", "before=before.json") == 0
    assert readers.offsets("billing") == {**at(4), (PAID, 0): 0}
    with readers.working("billing", PAID):
        ran = shop.run("apply", "--auto-approve", "--desired", "before.json")
        assert ran.code == 3, ran.text
        assert "MQ220" in ran.err
    assert run_quietly("apply", "--auto-approve", "--desired", "before.json") == 0
    assert readers.offsets("billing") == at(4)
    with nothing_written(live):
        ran = shop.run("apply", "--auto-approve", "-o", "json", "--desired", "before.json")
        assert ran.json()["results"] == []


def test_who_may_not_delete_offsets_is_told_before_anything_is_sent(
    live_4: KafkaCluster,
    shop: GroupShop,
    hand_4: Hand,
    readers_4: Readers,
    run_quietly: Callable[..., int],
) -> None:
    begun(shop, hand_4, readers_4)
    shop.groups({"billing": {"topics": [ORDERS, PAID], "startAt": "earliest"}})
    assert run_quietly("apply", "--auto-approve", "-o", "before=before.json") == 0
    user = User(live_4)
    user.allow(RECORDS, "READ", "WRITE")
    user.allow(ORDERS, "READ", "DESCRIBE_CONFIGS")
    user.allow(PAID, "DESCRIBE_CONFIGS")
    user.allow_in_group("billing", "READ", "DESCRIBE_CONFIGS")
    shop.clusters(kafka=user.block(DEPLOYER))
    way_back = ("apply", "--auto-approve", "--desired", "before.json")
    ran = as_(user, shop, *way_back)
    assert (ran.code, "this needs Delete on group `billing`" in ran.err) == (3, True), ran.text
    user.allow_in_group("billing", "DELETE")
    ran = as_(user, shop, *way_back)
    assert (ran.code, f"this needs Read on topic `{PAID}`" in ran.err) == (3, True), ran.text
    user.allow(PAID, "READ")
    ran = as_(user, shop, *way_back)
    assert ran.code == 0, ran.text
    assert readers_4.offsets("billing") == at(4)
