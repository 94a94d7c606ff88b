"""What a broker would refuse is found while planning, with its place in the manifest, live or against a snapshot."""

from __future__ import annotations

from tests.brokers.kafka.cluster import KafkaCluster
from tests.integration.kafka.e2e.conftest import nothing_written
from tests.integration.kafka.e2e.hand import Hand
from tests.integration.kafka.e2e.shop import Shop

# entry, column of the guilty value or key, words that say what is wrong; from line 6 on
REFUSED = (
    ("orders.created: {partitions: 2}", 34, ("MQ301", "from 4 to 2")),
    ("orders.a: {config: {retention.msec: 7d}}", 25, ("retention.msec", "did you mean `retention.ms`")),
    ("orders.b: {replicationFactor: 3}", 35, ("can't have 3 replicas", "1 live broker")),
)


def test_a_plan_names_every_place_live_and_against_a_snapshot_and_nothing_is_written(
    live: KafkaCluster, shop: Shop, hand: Hand, cell: set[str]
) -> None:
    hand.create("orders.created", partitions=4)
    shop.topics(*(entry for entry, _, _ in REFUSED), "orders.fine: {partitions: 1}")
    with nothing_written(live):
        assert shop.run("snapshot", "-q", "-o", "json=live.json").code == 0
        for command in (("plan",), ("plan", "--against", "live.json"), ("apply", "--auto-approve")):
            ran = shop.run(*command)
            assert ran.code == 3, ran.text
            for line, (_, column, words) in enumerate(REFUSED, start=6):
                assert f"topology/kafka.yaml:{line}:{column}" in ran.err, ran.text
                assert all(word in ran.err for word in words), ran.text
    assert hand.names() == {"orders.created"}
    cell.add(f"kafka-{live.line}/topics/e2e-refused-while-planning")


def test_a_value_that_is_none_is_an_error_before_any_broker_is_asked(live_4: KafkaCluster, shop: Shop) -> None:
    shop.topics("orders.created: {config: {retention.ms: 7 dayz}}")
    for command in ("plan", "apply"):
        ran = shop.run(command)
        assert ran.code == 1, ran.text
        assert "topology/kafka.yaml:6:45" in ran.err, ran.text
        assert "`7 dayz`" in ran.err, ran.text
    assert live_4.proxy.recorder.requests == []


def test_one_blocked_change_holds_the_rest_back_until_it_is_excluded(
    live_4: KafkaCluster, shop: Shop, hand_4: Hand
) -> None:
    hand_4.create("orders.created", partitions=4)
    shop.topics("orders.created: {partitions: 2}", "orders.fine: {partitions: 1}")
    with nothing_written(live_4):
        ran = shop.run("apply", "--auto-approve")
    assert ran.code == 3
    assert "--exclude kafka/topics/orders.created" in ran.err, ran.text
    assert shop.apply("--exclude", "kafka/topics/orders.created").code == 0
    assert hand_4.names() == {"orders.created", "orders.fine"}
