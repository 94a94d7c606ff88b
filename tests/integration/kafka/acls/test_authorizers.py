"""Clusters whose authorizer is another: none, and one that lets everybody at what no ACL is about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.brokers.kafka.cluster import KafkaCluster, Settings
from tests.brokers.kafka.release import installed
from tests.brokers.scratch import scratch_folder
from tests.integration.kafka.acls.conftest import RightsShop
from tests.integration.kafka.acls.test_acls import acl
from tests.integration.kafka.e2e.hand import Hand

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCESS = {"shop-x": "{produces: [orders.a]}"}
FIRST = "kafka/acls/name=orders.a,operation=Write,principal=User:shop-x,resource=topic"


def started(folder: Path, **properties: str) -> KafkaCluster:
    settings = Settings(proxied=False, properties={key.replace("_", "."): value for key, value in properties.items()})
    cluster = KafkaCluster(installed("4"), folder, settings)
    cluster.start()
    return cluster


@pytest.fixture(scope="module")
def everybody() -> Iterator[KafkaCluster]:
    with scratch_folder("kafka-everybody") as folder:
        cluster = started(folder, allow_everyone_if_no_acl_found="true")
        yield cluster
        cluster.close()


def test_without_an_authorizer_the_plan_says_so(shop: RightsShop) -> None:
    with scratch_folder("kafka-no-authorizer") as folder:
        cluster = started(folder, authorizer_class_name="")
        try:
            shop.clusters(kafka=f'{{type: kafka, bootstrap: "{cluster.bootstrap}"}}')
            shop.declare(topics=("orders.a",), access=ACCESS)
            ran = shop.run("plan")
            assert ran.code == 3, ran.text
            assert "the cluster has no authorizer (`authorizer.class.name` is empty)" in ran.err
            assert "/acls/" not in ran.out
        finally:
            cluster.close()


def test_the_first_acl_on_a_topic_wants_consent_and_the_last_one_needs_a_line(
    everybody: KafkaCluster, shop: RightsShop
) -> None:
    shop.clusters(kafka=f'{{type: kafka, bootstrap: "{everybody.bootstrap}"}}')
    shop.declare(topics=("orders.a", "orders.b"), access=ACCESS)
    ran = shop.run("plan")
    assert ran.code == 3, ran.text
    assert "MQ740" in ran.err
    assert "cuts off everybody" in ran.out
    assert "`everyoneAllowed: false`" in ran.err
    line = next(text for text in ran.err.splitlines() if "write under `allowed:`" in text)
    consent = line.partition("`allowed:`: `")[2].rstrip("`")
    assert consent.startswith(f"{FIRST}: {{evenIf: [consumers]")
    shop.declare(topics=("orders.a", "orders.b"), access=ACCESS, more=f"allowed:\n  {consent}\n")
    ran = shop.apply()
    assert ran.code == 0, ran.text

    hand = Hand(everybody)
    other = {"shop-y": "{produces: [orders.b]}"}
    hand.create_acls(acl("orders.b"))
    shop.declare(topics=("orders.a", "orders.b"), access=other)
    plan = shop.run("plan", "-o", "json").json()
    assert not [change for change in plan["changes"] if change["action"] == "delete"]
    stays = {item["address"]: item["why"] for item in plan["undeclared"]}
    assert "would be open to everybody" in stays[FIRST]
    shop.declare(topics=("orders.a", "orders.b"), access=other, more=f"removed:\n  {FIRST}: {{}}\n")
    ran = shop.run("plan")
    assert ran.code == 0, ran.text
    assert "opens topic `orders.a` to everybody" in ran.out


def test_where_the_setting_is_said_to_be_false_nothing_is_asked(everybody: KafkaCluster, shop: RightsShop) -> None:
    shop.clusters(kafka=f'{{type: kafka, bootstrap: "{everybody.bootstrap}", everyoneAllowed: false}}')
    shop.declare(topics=("orders.c",), access={"shop-z": "{produces: [orders.c]}"})
    ran = shop.run("plan")
    assert ran.code == 0, ran.text
    assert "MQ740" not in ran.err
