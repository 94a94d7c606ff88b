"""What manifests promise of an order and of groups, kept and broken on a real broker."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.kafka.e2e.groups import GroupShop, Readers
from tests.integration.kafka.verification.verified import verify
from tests.integration.verified import results

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster
    from tests.integration.kafka.e2e.shop import Shop

TOPIC = "orders.new: {partitions: 1, replicationFactor: 1}"


@pytest.mark.usefixtures("live_4")
def test_one_partition_keeps_all_in_order_and_three_do_not(shop: Shop) -> None:
    shop.topics(
        "orders.line: {partitions: 1, replicationFactor: 1, promises: {order: total}}",
        "orders.wide: {partitions: 3, replicationFactor: 1, promises: {order: total}}",
    )
    assert shop.apply().code == 0
    found = verify(shop, "--only", "V11", code=7)
    assert results(found) == {"V11 orders.line": "pass", "V11 orders.wide": "fail"}
    assert found["V11 orders.line"]["evidence"].endswith(", all in order")
    assert found["V11 orders.wide"]["offenders"] == ["all messages"]


@pytest.mark.slow_faults
def test_a_group_that_works_in_batches_may_be_empty_and_no_further_behind_than_it_promises(
    live_4: KafkaCluster, tmp_path: Path
) -> None:
    shop, readers = GroupShop(tmp_path / "groups"), Readers(live_4)
    shop.clusters(kafka=f'{{type: kafka, bootstrap: "{live_4.bootstrap}"}}')

    def promised(most: int, **more: bool) -> dict[str, str]:
        shop.groups(
            {"billing": {"topics": ["orders.new"], "promises": {"maxLag": most, **more}}},
            topics=(TOPIC,),
        )
        found = verify(shop, "--only", "V37", "--only", "V38", code=0 if more and most >= 5 else 7)
        return {name.partition(" ")[0]: result for name, result in results(found).items()}

    shop.groups({"billing": {"topics": ["orders.new"]}}, topics=(TOPIC,))
    assert shop.apply().code == 0
    readers.produce("orders.new", 3)
    readers.commit("billing", "orders.new", 3)
    readers.produce("orders.new", 5)
    assert promised(5, batch=True) == {"V37": "pass", "V38": "pass"}
    assert promised(4, batch=True) == {"V37": "pass", "V38": "fail"}
    assert promised(5) == {"V37": "inconclusive", "V38": "fail"}
