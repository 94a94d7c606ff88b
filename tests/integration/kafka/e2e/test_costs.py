"""A topic that holds messages or is read from goes only when the reviewed line says that it may."""

from __future__ import annotations

from tests.brokers.kafka.cluster import KafkaCluster
from tests.days import SOON
from tests.integration.kafka.e2e.conftest import nothing_written
from tests.integration.kafka.e2e.hand import Hand
from tests.integration.kafka.e2e.shop import Shop


def test_messages_block_a_delete_with_their_number_until_it_is_consented(
    live: KafkaCluster, shop: Shop, hand: Hand, cell: set[str]
) -> None:
    hand.create("orders.legacy", partitions=3)
    hand.produce("orders.legacy", 17)
    shop.topics(removed=("orders.legacy: {reason: OPS-1}",))
    with nothing_written(live):
        ran = shop.run("apply", "--auto-approve")
    assert ran.code == 3, ran.text
    assert "MQ201" in ran.err
    assert "17 messages would be lost" in ran.err
    assert "topology/kafka.yaml:5:3" in ran.err
    assert "evenIf: [messages]" in ran.err
    shop.topics(removed=(f"orders.legacy: {{evenIf: [messages], until: {SOON}}}",))
    assert shop.apply().code == 0
    assert hand.names() == set()
    cell.add(f"kafka-{live.line}/topics/e2e-delete-counts-messages")


def test_a_group_that_reads_blocks_a_delete_by_its_name_until_it_is_consented(
    live: KafkaCluster, shop: Shop, hand: Hand, cell: set[str]
) -> None:
    hand.create("orders.legacy", "orders.other")
    with hand.consuming("orders.legacy", "billing"), hand.consuming("orders.other", "shipping"):
        shop.topics(removed=("orders.legacy: {reason: OPS-1}",))
        ran = shop.run("plan")
        assert ran.code == 3, ran.text
        assert "MQ202" in ran.err
        assert "1 active consumer would be cut off: billing" in ran.err
        assert "shipping" not in ran.text
        assert "MQ201" not in ran.err
        shop.topics(removed=(f"orders.legacy: {{evenIf: [consumers], until: {SOON}}}",))
        assert shop.apply().code == 0
        assert hand.names() == {"orders.other"}
    cell.add(f"kafka-{live.line}/topics/e2e-delete-names-consumers")


def test_a_group_that_only_left_offsets_behind_blocks_nothing(shop: Shop, hand_4: Hand) -> None:
    hand_4.create("orders.legacy")
    with hand_4.consuming("orders.legacy", "billing"):
        pass
    shop.topics(removed=("orders.legacy: {}",))
    assert shop.apply().code == 0
    assert hand_4.names() == set()
