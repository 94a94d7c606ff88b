"""Quotas on real brokers: set, read back, changed and removed, of everybody that they may be about, and felt."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import pytest
from confluent_kafka import Producer

from tests.brokers.kafka import wire
from tests.brokers.kafka.cluster import KafkaCluster
from tests.command import Ran
from tests.integration.kafka.e2e.conftest import nothing_written, proxied
from tests.integration.kafka.e2e.hand import RECORDS, Hand
from tests.integration.kafka.e2e.rights import User
from tests.integration.kafka.e2e.shop import Shop, outcomes

DEPLOYER = "SHOP_KAFKA_PASSWORD"
_WITHIN = 10.0
ENTRIES = {
    "{user: billing, limits: {producer_byte_rate: 10MB, request_percentage: 12.5}}": (("user", "billing"),),
    "{clientId: web, limits: {consumer_byte_rate: 1MiB}}": (("client-id", "web"),),
    "{user: billing, clientId: web, limits: {consumer_byte_rate: 2MB}}": (("client-id", "web"), ("user", "billing")),
    "{user: billing, clientId: <default>, limits: {consumer_byte_rate: 3MB}}": (
        ("client-id", None),
        ("user", "billing"),
    ),
    "{user: <default>, clientId: web, limits: {consumer_byte_rate: 4MB}}": (("client-id", "web"), ("user", None)),
    "{user: <default>, clientId: <default>, limits: {consumer_byte_rate: 5MB}}": (("client-id", None), ("user", None)),
    "{user: <default>, limits: {controller_mutation_rate: 100}}": (("user", None),),
    "{clientId: <default>, limits: {producer_byte_rate: 1GB}}": (("client-id", None),),
    "{ip: 10.1.2.3, limits: {connection_creation_rate: 20}}": (("ip", "10.1.2.3"),),
    "{ip: <default>, limits: {connection_creation_rate: 1000}}": (("ip", None),),
}
"""Every sort of them as an entry, and as the broker calls whom it is about."""
OTHERS: Mapping[tuple[tuple[str, str | None], ...], Mapping[str, float | None]] = {
    (("user", "mail"),): {"producer_byte_rate": 77.0},
    (("user", "<default>"),): {"producer_byte_rate": 78.0},
}


class Quotas:
    """The project with quotas."""

    def __init__(self, shop: Shop, block: str) -> None:
        self.shop = shop
        shop.scope = '{principals: ["User:billing"], quotas: ["clientId=*", "ip=*", "user=<default>"]}'
        shop.clusters(kafka=block)

    def declare(self, *entries: str, removed: tuple[str, ...] = ()) -> None:
        lines = [f"    label-{number}: {entry}" for number, entry in enumerate(entries)]
        text = "\n".join(["kafka:", "  quotas:", *lines]) + "\n" if lines else ""
        if removed:
            text += "removed:\n" + "".join(f"  kafka/quotas/{name}: {{}}\n" for name in removed)
        self.shop.topology(text, "kafka")

    def applied(self, *arguments: str) -> Ran:
        ran = self.shop.apply(*arguments)
        assert ran.code == 0, ran.text
        assert set(outcomes(ran).values()) == {"applied"}, ran.text
        return ran


@pytest.fixture
def quotas(live: KafkaCluster, shop: Shop) -> Quotas:
    return Quotas(shop, proxied(live))


def test_quotas_of_everybody_are_made_changed_and_removed_and_those_of_others_stay(
    live: KafkaCluster, quotas: Quotas, cell: set[str]
) -> None:
    wire.alter_quotas(live.nodes[0].ports.plaintext, OTHERS)
    quotas.declare(*ENTRIES)
    quotas.applied()
    held = live.quotas()
    assert held.keys() == {*ENTRIES.values(), *OTHERS}
    assert held[("user", "billing"),] == {"producer_byte_rate": 10_000_000.0, "request_percentage": 12.5}
    assert [request.name for request in live.proxy.mutating() if request.name != "Produce"] == ["AlterClientQuotas"]
    with nothing_written(live):
        again = quotas.shop.apply()
        assert (again.code, again.json()["results"]) == (0, []), again.text
    changed = [entry.replace("10MB", "5MB").replace(", request_percentage: 12.5", "") for entry in ENTRIES]
    quotas.declare(*changed)
    quotas.applied()
    assert live.quotas()[("user", "billing"),] == {"producer_byte_rate": 5_000_000.0}
    names = (
        "user=billing",
        "clientId=web",
        "clientId=web,user=billing",
        "clientId=<default>,user=billing",
        "clientId=web,user=<default>",
        "clientId=<default>,user=<default>",
        "user=<default>",
        "clientId=<default>",
        "ip=10.1.2.3",
        "ip=<default>",
    )
    quotas.declare(removed=names)
    quotas.applied("--max-deletes", "kafka/quotas=100")
    assert live.quotas() == OTHERS
    cell.add(f"kafka-{live.line}/quotas/e2e-made")


@pytest.mark.slow
def test_limits_that_others_set_on_ours_stay_and_are_shown(live: KafkaCluster, quotas: Quotas) -> None:
    mine = (("user", "billing"),)
    quotas.declare("{user: billing, limits: {producer_byte_rate: 10MB}}")
    quotas.applied()
    wire.alter_quotas(live.nodes[0].ports.plaintext, {mine: {"consumer_byte_rate": 7.0}})
    plan = quotas.shop.run("plan", "-v")
    assert "No changes" in plan.out, plan.text
    assert "consumer_byte_rate" in plan.out, plan.text
    quotas.declare("{user: billing, limits: {producer_byte_rate: 5MB}}")
    quotas.applied()
    assert live.quotas()[mine] == {"producer_byte_rate": 5_000_000.0, "consumer_byte_rate": 7.0}


@pytest.mark.slow
def test_an_export_of_quotas_plans_nothing(quotas: Quotas) -> None:
    quotas.declare(*ENTRIES)
    quotas.applied()
    exported = quotas.shop.run("export")
    assert exported.code == 0, exported.text
    (quotas.shop.root / "topology" / "kafka.yaml").write_text(exported.out)
    ran = quotas.shop.run("plan", "--detailed-exitcode")
    assert ran.code == 0, ran.text


def test_what_the_broker_refuses_is_known_in_the_plan(live: KafkaCluster, quotas: Quotas) -> None:
    """The broker takes no rate without a whole number; the tables of ours are as strict, so that others are tried."""
    quotas.declare("{user: billing, limits: {producer_byte_rate: 1.5}}")
    assert quotas.shop.run("plan").code == 1
    with nothing_written(live):
        quotas.declare("{user: billing, limits: {producer_byte_rate: 10MB}}")
        assert quotas.shop.run("plan").code == 0
        assert live.proxy.recorder.counts()["AlterClientQuotas"] == 1, "the dry run"


def test_without_describe_configs_quotas_can_not_be_seen_and_nothing_is_planned(live: KafkaCluster, shop: Shop) -> None:
    user = User(live)
    user.allow(RECORDS, "READ", "WRITE")
    user.allow_on_cluster("DESCRIBE", "ALTER")
    quotas = Quotas(shop, user.block(DEPLOYER))
    quotas.declare("{user: billing, limits: {producer_byte_rate: 10MB}}")
    before = live.metadata_end_offset()
    ran = shop.run("apply", "--auto-approve", env={DEPLOYER: user.password})
    assert ran.code == 3, ran.text
    assert "can't be seen: not allowed: this needs DescribeConfigs on the cluster" in " ".join(ran.err.split())
    assert live.quotas() == {}
    user.allow_on_cluster("DESCRIBE_CONFIGS")
    plan = shop.run("plan", env={DEPLOYER: user.password})
    assert "AlterConfigs on the cluster" in plan.text, plan.text
    assert live.quotas() == {}
    user.allow_on_cluster("ALTER_CONFIGS")
    done = shop.run("apply", "--auto-approve", env={DEPLOYER: user.password})
    assert done.code == 0, done.text
    assert live.quotas() == {(("user", "billing"),): {"producer_byte_rate": 10_000_000.0}}
    assert live.metadata_end_offset() > before


def throttled(cluster: KafkaCluster, client: str) -> float:
    """Longest time in seconds that the brokers made a client wait while it wrote 300 kB in small batches."""
    waited: list[float] = [0.0]
    settings: dict[str, Any] = {
        "bootstrap.servers": cluster.bootstrap,
        "client.id": client,
        "linger.ms": 0,
        "batch.num.messages": 1,
        "enable.metrics.push": False,
        "log_level": 0,
        "throttle_cb": lambda event: waited.append(event.throttle_time),
    }
    producer = Producer(settings)
    for _ in range(60):
        producer.produce("orders.felt", b"x" * 5_000)
        producer.poll(0)
    producer.flush(_WITHIN)
    deadline = time.monotonic() + 0.5
    while time.monotonic() < deadline:
        producer.poll(0.05)
    return max(waited)


def test_a_producer_feels_its_quota_and_no_longer_when_it_is_gone(
    live: KafkaCluster, quotas: Quotas, hand: Hand, cell: set[str]
) -> None:
    hand.create("orders.felt")
    quotas.declare("{clientId: felt, limits: {producer_byte_rate: 10kB}}")
    quotas.applied()
    assert throttled(live, "felt") > 0
    assert throttled(live, "other") == 0
    quotas.declare(removed=("clientId=felt",))
    quotas.applied()
    assert throttled(live, "felt") == 0
    cell.add(f"kafka-{live.line}/quotas/e2e-felt")
