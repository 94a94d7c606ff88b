"""A topic gets as many replicas as it declares, while it is in use, and nothing that was for the move stays behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.brokers.fixtures import is_matrix
from tests.brokers.kafka import wire
from tests.brokers.kafka.cluster import KafkaCluster
from tests.faults.plugin import exhaustive
from tests.integration.kafka.e2e.conftest import nothing_written, ready
from tests.integration.kafka.e2e.hand import Hand
from tests.integration.kafka.e2e.shop import Shop, outcomes
from tests.integration.kafka.e2e.test_reassignments import placed
from tests.waiting import becomes, until

MESSAGES = 6_000
SIZE = 1_000


@pytest.fixture(params=["kafka_4_three", "kafka_39_three"])
def three(request: pytest.FixtureRequest, shop: Shop) -> Iterator[KafkaCluster]:
    cluster: KafkaCluster = request.getfixturevalue(request.param)
    yield ready(cluster, shop)
    cluster.start()


@pytest.fixture
def asked(pytestconfig: pytest.Config) -> None:
    """What takes long, and holds on any line of Kafka once it holds on one."""
    if not is_matrix(pytestconfig) and not exhaustive(pytestconfig):
        pytest.skip("moves of replicas that stop on their way run with --matrix and --faults")


def limited(cluster: KafkaCluster, shop: Shop, rate: str) -> None:
    """Let mqinfra copy no faster than this."""
    shop.clusters(kafka=f'{{type: kafka, bootstrap: "{cluster.proxied_bootstrap}", moveRate: {rate}}}')


def topic(factor: int, more: str = "") -> str:
    return f"orders.a: {{partitions: 3, replicationFactor: {factor}{more}}}"


def agreed(cluster: KafkaCluster) -> None:
    """Wait until all brokers know the same: those of 3.9 learn what the controller did up to half a second apart."""
    until(lambda: len({repr(wire.topic_seen(node.ports.plaintext, "orders.a")) for node in cluster.nodes}) == 1)


def factors(hand: Hand) -> list[int]:
    """How many replicas each partition has."""
    return [len(brokers) for brokers in hand.replicas("orders.a")]


def leads_evenly(hand: Hand) -> bool:
    """Whether each broker leads one partition, and the one that it should."""
    leaders = hand.leaders("orders.a")
    return all(leader == preferred for leader, preferred in leaders) and sorted(dict(leaders)) == [1, 2, 3]


def test_a_move_that_was_killed_is_gone_on_with_and_leaves_nothing_behind(three: KafkaCluster, shop: Shop) -> None:
    hand = Hand(three)
    hand.create("orders.a", partitions=3)
    placed(three, "orders.a", {number: [1] for number in range(3)})  # so that others have to be let lead
    hand.fill("orders.a", MESSAGES, SIZE)
    shop.topics(topic(3))
    ran = shop.run("plan")
    assert ran.code == 0, ran.text
    assert "copies 6 replicas, 12 MiB" in ran.out, ran.text
    assert "to broker 2 (" in ran.out
    assert " free)" in ran.out
    limited(three, shop, "300kB")
    victim = shop.start("apply", "--auto-approve")
    victim.said("partitions moved")
    victim.kill()
    assert victim.end().code == -9
    assert hand.throttles(), "it was over before it was killed"
    limited(three, shop, "50MB")
    ran = shop.apply("--no-lock")
    assert ran.code == 0, ran.text
    assert outcomes(ran) == {"orders.a": "applied"}
    becomes(lambda: hand.replicas("orders.a"), [[1, 2, 3]] * 3)
    until(lambda: leads_evenly(hand), lambda: f"leaders, and those that should lead: {hand.leaders('orders.a')}")
    becomes(hand.throttles, {})
    agreed(three)
    shop.topics(topic(2))
    ran = shop.apply("--no-lock")  # the killed run still holds it for a while
    assert ran.code == 0, ran.text
    becomes(lambda: factors(hand), [2, 2, 2])
    becomes(hand.throttles, {})
    agreed(three)
    assert hand.read("orders.a") == MESSAGES
    with nothing_written(three):
        assert shop.apply().code == 0


def lone(three: KafkaCluster) -> Hand:
    """A topic that takes its time to be copied."""
    hand = Hand(three)
    hand.create("orders.a")
    hand.fill("orders.a", MESSAGES, SIZE)
    return hand


@pytest.mark.usefixtures("asked")
def test_what_takes_longer_than_the_timeout_is_under_way_and_how_many_must_be_in_sync_waits_for_it(
    three: KafkaCluster, shop: Shop
) -> None:
    hand = lone(three)
    limited(three, shop, "100kB")
    shop.topics("orders.a: {replicationFactor: 3, config: {min.insync.replicas: 2, retention.ms: 8d}}")
    ran = shop.apply("--timeout", "6")
    assert ran.code == 4, ran.text
    (result,) = ran.json()["results"]
    assert result["outcome"] == "unknown"
    assert "not finished within 6 s, and still under way: 0 of 1 partition moved" in result["message"]
    assert "run the same command again" in result["help"][0]
    becomes(lambda: hand.live()["orders.a"].config.get("retention.ms"), "691200000")
    agreed(three)
    assert "min.insync.replicas" not in hand.live()["orders.a"].config
    hand.fill("orders.a", 10, SIZE)  # with acks=all, while one replica of three is in sync
    ran = shop.run("plan", "--detailed-exitcode")
    assert ran.code == 2, ran.text
    assert "under way on partition 0" in " ".join(ran.out.split())
    limited(three, shop, "50MB")
    ran = shop.apply()
    assert ran.code == 0, ran.text
    becomes(lambda: hand.replicas("orders.a"), [[1, 2, 3]])
    becomes(lambda: hand.live()["orders.a"].config.get("min.insync.replicas"), "2")
    becomes(hand.throttles, {})
    agreed(three)
    three.proxy.reset()
    shop.topics("orders.a: {replicationFactor: 1, config: {min.insync.replicas: 1}}")
    ran = shop.apply()
    assert ran.code == 0, ran.text
    becomes(lambda: factors(hand), [1])
    assert hand.read("orders.a") == MESSAGES + 10


@pytest.mark.usefixtures("asked")
def test_a_move_of_somebody_else_is_left_to_them_and_so_are_their_throttles(three: KafkaCluster, shop: Shop) -> None:
    hand = lone(three)
    [[home]] = hand.replicas("orders.a")
    other = home % 3 + 1
    shop.topics("orders.a: {replicationFactor: 3}")
    shop.save_plan()
    hand.configure("orders.a", follower_replication_throttled_replicas="*")
    hand.give(other, follower_replication_throttled_rate="1000")
    try:
        wire.reassign(three.nodes[0].ports.plaintext, "orders.a", {0: [home, other]})
        becomes(lambda: hand.replicas("orders.a"), [sorted((home, other))])
        agreed(three)
        ran = shop.apply_saved()
        assert ran.code == 5, ran.text
        assert "`replicationFactor` was 1 and is now not to be told" in ran.err
        ran = shop.run("plan", "--detailed-exitcode")
        assert ran.code == 0, ran.text
        assert "MQ403" in ran.err
        hand.give(other, follower_replication_throttled_rate="50000000")
        until(lambda: "MQ403" not in shop.run("plan").err, "their move did not come to its end", within=40)
        agreed(three)
        ran = shop.run("plan")
        assert "copies 1 replica, " in ran.out, ran.text
        ran = shop.apply()
        assert ran.code == 0, ran.text
        becomes(lambda: hand.replicas("orders.a"), [[1, 2, 3]])
        becomes(
            hand.throttles,
            {
                "orders.a follower.replication.throttled.replicas": "*",
                f"{other} follower.replication.throttled.rate": "50000000",
            },
        )
        ran = shop.run("plan")
        assert "MQ406" in ran.err
        assert "--delete-config follower.replication.throttled.replicas" in " ".join(ran.err.split())
    finally:
        hand.give(other, follower_replication_throttled_rate=None)


@pytest.mark.usefixtures("asked")
def test_a_broker_that_goes_down_on_the_way_is_named_and_the_next_apply_goes_on(
    three: KafkaCluster, shop: Shop
) -> None:
    hand = lone(three)
    [[home]] = hand.replicas("orders.a")
    down = 2 if home == 3 else 3
    limited(three, shop, "100kB")
    shop.topics("orders.a: {replicationFactor: 3}")
    running = shop.start("apply", "--auto-approve", "--timeout", "25")
    running.said("0 of 1 partition moved")
    three.nodes[down - 1].stop()
    running.said(f"stalled: broker {down}, which is to get replicas, is down")
    ran = running.end()
    assert ran.code == 4, ran.text
    assert f"it does not go on: broker {down}, which is to get replicas, is down" in ran.text
    three.nodes[down - 1].start()
    limited(three, shop, "50MB")
    ran = shop.apply()
    assert ran.code == 0, ran.text
    becomes(lambda: hand.replicas("orders.a"), [[1, 2, 3]])
    becomes(hand.throttles, {})
    agreed(three)
    assert hand.read("orders.a") == MESSAGES
