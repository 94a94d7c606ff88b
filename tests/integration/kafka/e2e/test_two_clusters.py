"""Kafka 4 and 3.9 side by side in one environment: one plan, one apply, and one that is down holds no other back."""

from __future__ import annotations

import pytest

from tests.brokers.kafka.cluster import KafkaCluster
from tests.brokers.ports import HOST, free_ports
from tests.integration.kafka.e2e.conftest import empty, nothing_written, proxied, written
from tests.integration.kafka.e2e.hand import Hand, Topic
from tests.integration.kafka.e2e.shop import Shop


@pytest.fixture
def both(kafka_4: KafkaCluster, kafka_39: KafkaCluster, shop: Shop) -> tuple[KafkaCluster, KafkaCluster]:
    for cluster in (kafka_4, kafka_39):
        empty(cluster)
    shop.clusters(a=proxied(kafka_4), b=proxied(kafka_39))
    shop.topics("orders.one: {partitions: 2}", alias="a")
    shop.topics("orders.one: {partitions: 3}", "orders.two: {}", alias="b")
    return kafka_4, kafka_39


def test_one_plan_and_one_apply_serve_both(both: tuple[KafkaCluster, KafkaCluster], shop: Shop) -> None:
    a, b = both
    with nothing_written(a), nothing_written(b):
        ran = shop.run("plan", "-o", "text", "-o", "json=plan.json")
    assert ran.code == 0, ran.text
    assert "a (kafka 4.4," in ran.out
    assert "b (kafka 3.9," in ran.out
    assert "3 to create" in ran.out
    ran = shop.apply_saved()
    assert ran.code == 0, ran.text
    assert Hand(a).live() == {"orders.one": Topic(2, 1, {})}
    assert Hand(b).live() == {"orders.one": Topic(3, 1, {}), "orders.two": Topic(1, 1, {})}
    with nothing_written(a), nothing_written(b):
        assert shop.apply().code == 0


def test_one_that_is_down_leaves_the_rest_of_the_plan_and_can_be_excluded(
    both: tuple[KafkaCluster, KafkaCluster], shop: Shop
) -> None:
    a, _ = both
    shop.clusters(a=proxied(a), b=f'{{type: kafka, bootstrap: "{HOST}:{free_ports(1)[0]}"}}')
    with nothing_written(a):
        ran = shop.run("plan")
        assert ran.code == 1, ran.text
        assert "topic a orders.one " in " ".join(ran.out.split())
        assert "MQ414" in ran.err
        assert shop.run("apply", "--auto-approve").code == 1
    ran = shop.apply("--exclude", "cluster:b")
    assert ran.code == 0, ran.text
    assert written(a) == ["CreateTopics"]
    assert Hand(a).names() == {"orders.one"}


def test_one_that_stops_during_the_apply_does_not_stop_the_other(
    both: tuple[KafkaCluster, KafkaCluster], shop: Shop
) -> None:
    a, b = both
    shop.save_plan()
    b.proxy.reset()
    b.proxy.on_request = lambda _, request: b.stop() if request.name == "CreateTopics" else None
    try:
        ran = shop.apply_saved("--timeout", "1")
    finally:
        b.proxy.reset()
        b.start()
    assert ran.code == 4, ran.text
    ended = {result["address"]: result["outcome"] for result in ran.json()["results"]}
    assert ended == {
        "a/topics/orders.one": "applied",
        "b/topics/orders.one": "unknown",
        "b/topics/orders.two": "unknown",
    }
    assert shop.apply_saved().code == 0
    assert (Hand(a).names(), Hand(b).names()) == ({"orders.one"}, {"orders.one", "orders.two"})


def test_a_plan_for_one_cluster_is_refused_by_another_behind_the_same_alias(
    both: tuple[KafkaCluster, KafkaCluster], shop: Shop
) -> None:
    a, b = both
    shop.clusters(kafka=proxied(a))
    for alias in ("a", "b"):
        (shop.root / "topology" / f"{alias}.yaml").unlink()
    shop.topics("orders.one: {}")
    shop.save_plan()
    shop.clusters(kafka=proxied(b))
    with nothing_written(b):
        ran = shop.apply_saved()
    assert ran.code == 5, ran.text
    assert "MQ306" in ran.err
    assert a.cluster_id in ran.err
    assert b.cluster_id in ran.err


def test_a_cluster_with_another_id_than_the_block_says_is_neither_read_nor_written(
    both: tuple[KafkaCluster, KafkaCluster], shop: Shop
) -> None:
    a, b = both
    named = f'{{type: kafka, bootstrap: "{a.proxied_bootstrap}", clusterId: {b.cluster_id}}}'
    shop.clusters(a=named, b=proxied(b))
    with nothing_written(a):
        for command in (("plan",), ("apply", "--auto-approve", "--exclude", "cluster:b")):
            ran = shop.run(*command)
            assert ran.code == 1, ran.text
            assert "MQ330" in ran.err
            assert a.cluster_id in ran.err
    shop.clusters(a=named.replace(b.cluster_id, a.cluster_id), b=proxied(b))
    assert shop.run("plan").code == 0
