"""Runs of `mqinfra verify`, and what they concluded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from confluent_kafka.admin import AdminClient

from tests.integration.kafka.e2e.hand import QUIET
from tests.integration.kafka.e2e.shop import Ran, Shop

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster

ARGUMENTS = ("verify", "-q", "-o", "json", "--seed", "7", "--messages", "400")


def verify(shop: Shop, *arguments: str, code: int = 0) -> dict[str, dict[str, Any]]:
    """Verify, and return judgements by `CHECK NAME`; checks that were skipped are left out."""
    return judged(shop.run(*ARGUMENTS, *arguments), code)


def judged(ran: Ran, code: int) -> dict[str, dict[str, Any]]:
    """What a run concluded, that left nothing."""
    assert ran.code == code, ran.text
    assert ran.json()["left"] == []
    found = {f"{one['check']} {one['address'].rpartition('/')[2]}": one for one in ran.json()["judgements"]}
    return {name: one for name, one in found.items() if one["result"] != "skipped"}


def results(found: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {name: one["result"] for name, one in found.items()}


def listing(cluster: KafkaCluster) -> set[str]:
    """All topics and groups."""
    admin = AdminClient({"bootstrap.servers": cluster.bootstrap, **QUIET})
    groups = {f"group {one.group_id}" for one in admin.list_consumer_groups().result().valid}
    return groups | {f"topic {name}" for name in admin.list_topics(timeout=10).topics}
