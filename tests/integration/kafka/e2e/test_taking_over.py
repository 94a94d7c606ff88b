"""A Kafka with 500 topics that were made by hand comes under review, and only what is taken over moves."""

from __future__ import annotations

from typing import Any

import pytest

from tests.brokers.fixtures import is_matrix, matrix_only
from tests.brokers.kafka.cluster import KafkaCluster
from tests.integration.kafka.e2e.by_hand import GROUPS, company, make
from tests.integration.kafka.e2e.conftest import nothing_written, proxied
from tests.integration.kafka.e2e.groups import Readers
from tests.integration.kafka.e2e.hand import Hand
from tests.integration.kafka.e2e.rights import User
from tests.integration.kafka.e2e.shop import Shop

FEW, ALL = 60, 500
VARIABLE = "SHOP_KAFKA_PASSWORD"


@pytest.fixture(params=[FEW, ALL])
def topics(request: pytest.FixtureRequest) -> int:
    """How many topics there are; all of them take a minute on two cores."""
    if request.param == ALL and not is_matrix(request.config):
        pytest.skip(matrix_only(f"a cluster with {ALL} topics"))
    return int(request.param)


def listed(cluster: KafkaCluster) -> dict[str, Any]:
    """Everything that is there: topics with their ids, rights, and where groups are."""
    hand, readers = Hand(cluster), Readers(cluster)
    identities = hand.identities()
    topics: dict[str, Any] = {f"topic {name}": (found, identities[name]) for name, found in hand.live().items()}
    rights = {f"right {acl}": acl for acl in hand.acls()}
    return {**topics, **rights, **{f"group {group}": readers.offsets(group) for group in GROUPS}}


def moved(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """What came, went or changed."""
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def owning(shop: Shop, cluster: KafkaCluster, scope: str) -> None:
    """Say what the project may own, as an administrator."""
    shop.scope = scope
    shop.clusters(kafka=proxied(cluster))


def portion(shop: Shop, cluster: KafkaCluster, file: str, scope: str, *arguments: str) -> None:
    """Own more names, export what nobody declares of them yet, see that it is what is there, and claim it."""
    owning(shop, cluster, scope)
    ran = shop.run("export", "-o", f"yaml=topology/{file}.yaml", *arguments)
    assert ran.code == 0, ran.text
    planned = shop.run("plan", "--detailed-exitcode")
    assert planned.code == 0, planned.text
    assert "No changes" in planned.out
    adopted = shop.run("adopt")
    assert adopted.code == 0, adopted.text


def test_a_third_is_taken_over_and_changed_and_nothing_else_moves(
    live_4: KafkaCluster, shop: Shop, hand_4: Hand, topics: int, cell: set[str]
) -> None:
    made = company(topics)
    make(live_4, hand_4, made)
    shop.scope, shop.defaults = "{wholeCluster: true}", "{}"
    someone = User(live_4)
    someone.see_everything()
    env = {VARIABLE: someone.password}
    before = listed(live_4)
    shop.clusters(kafka=someone.block(VARIABLE))
    everything = shop.root / "topology" / "orders.yaml"
    ran = shop.run("export", "-o", "yaml=topology/orders.yaml", env=env)
    assert ran.code == 0, ran.text
    assert "sugar" not in ran.err
    assert "deadLetter:" in everything.read_text(encoding="utf-8")
    planned = shop.run("plan", "--detailed-exitcode", "--skip-rights", env=env)
    assert planned.code == 0, planned.text
    assert "No changes" in planned.out
    everything.unlink()

    portion(shop, live_4, "events", '{topics: ["orders.event-*"]}')
    scope = '{topics: ["orders.*"], groups: ["orders.*"], principals: ["User:orders-*"]}'
    portion(shop, live_4, "orders", scope, "--exclude", "file:topology/events.yaml")
    text = everything.read_text(encoding="utf-8")
    assert "orders.event-1:" not in text
    assert moved(before, listed(live_4)) == set()
    changed = text.replace(
        "    orders.command_1:\n",
        "    orders.new:\n      partitions: 2\n      deadLetter: true\n    orders.command_1:\n",
        1,
    )
    right = (
        "    - principal: User:orders-1\n      resource: topic\n      name: orders.command_1\n      operation: Read\n"
    )
    assert right in changed
    everything.write_text(changed.replace(right, "").replace("segment.bytes: 100MiB", "segment.bytes: 50MiB"))
    planned = shop.run("plan", "-o", "json=plan.json")
    assert planned.code == 0, planned.text
    assert moved(before, listed(live_4)) == set()
    applied = shop.run("apply", "plan.json")
    assert applied.code == 0, applied.text
    changes = moved(before, listed(live_4))
    smaller = {
        f"topic {one.name}" for one in made if one.name.startswith("orders.command") and "segment.bytes" in one.config
    }
    right_gone = {name for name in changes if name.startswith("right ")}
    assert changes == {"topic orders.new", "topic orders.new.dlq", *smaller, *right_gone}
    assert [before[name].name for name in right_gone] == ["orders.command_1"]
    assert smaller
    with nothing_written(live_4):
        assert "No changes" in shop.run("plan", "--detailed-exitcode").out
    cell.add(f"kafka-{live_4.line}/topics/e2e-taken-over-by-thirds")
