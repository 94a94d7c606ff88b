"""Whose topics are on a real broker: what nobody claims is asked for, what others claim stays, consent counts once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.days import SOON
from tests.integration.kafka.e2e.conftest import nothing_written
from tests.integration.kafka.e2e.hand import RECORDS
from tests.integration.kafka.e2e.rights import User

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster
    from tests.command import Ran
    from tests.integration.kafka.e2e.hand import Hand
    from tests.integration.kafka.e2e.shop import Shop

HOUR = 3_600_000
ASKING = "defaults: {kafka/topics: {lifecycle: {adopt: false}}}"


def asking(shop: Shop, *, name: str = "shop") -> None:
    """Adopt nothing unasked, and be the project of this name, which owns the same as the other one, on purpose."""
    path = shop.root / "mqinfra.yaml"
    scope = shop.scope.replace("}", ", sharedWith: [shop, billing]}")
    lines = path.read_text().replace(shop.scope, scope).splitlines()
    lines = [ASKING if line.startswith("defaults:") else line for line in lines]
    lines = [f"metadata: {{name: {name}}}" if line.startswith("metadata:") else line for line in lines]
    path.write_text("\n".join(lines) + "\n")


def refused(live: KafkaCluster, shop: Shop) -> Ran:
    with nothing_written(live):
        ran = shop.run("apply", "--auto-approve")
    assert ran.code == 3, ran.text
    return ran


def test_a_topic_that_was_made_by_hand_is_changed_only_once_it_is_adopted(
    live_4: KafkaCluster, shop: Shop, hand_4: Hand
) -> None:
    asking(shop)
    hand_4.create("orders.a", "orders.b", partitions=1)
    shop.topics("orders.a: {partitions: 2}", "orders.b: {partitions: 1}")
    assert "topic `orders.a` exists, differs, and no project claims it" in refused(live_4, shop).err
    assert shop.apply("--adopt").code == 0
    assert hand_4.live()["orders.a"].partitions == 2
    assert "2 resources: 0 created, 1 adopted, 1 found" in shop.run("status").out
    shop.topics("orders.a: {partitions: 3}", "orders.b: {partitions: 1}")
    assert shop.apply().code == 0


def test_a_topic_that_was_made_again_by_hand_is_nobodys(live_4: KafkaCluster, shop: Shop, hand_4: Hand) -> None:
    asking(shop)
    shop.topics("orders.a: {partitions: 2}")
    assert shop.apply().code == 0
    hand_4.delete("orders.a")
    hand_4.create("orders.a", partitions=1)
    said = " ".join(refused(live_4, shop).err.split())
    assert "is on record, but it was deleted and made again since its record was written" in said


def test_whoever_can_keep_no_records_is_not_asked_what_nobody_could_tell(
    live_4: KafkaCluster, shop: Shop, hand_4: Hand
) -> None:
    someone = User(live_4)
    someone.allow("orders.a", "DESCRIBE_CONFIGS", "ALTER")
    shop.clusters(kafka=someone.block("PASSWORD"))
    asking(shop)
    hand_4.create("orders.a", partitions=1)
    shop.topics("orders.a: {partitions: 2}")
    for rights, asked in (((), False), (("READ",), False), (("READ", "WRITE"), True)):
        if rights:
            someone.allow(RECORDS, *rights)
        ran = shop.run("plan", env={"PASSWORD": someone.password})
        assert (ran.code, "MQ215" in ran.err) == (3 if asked else 0, asked), ran.text
        said = "can't be read" if not rights else "what was there before is changed like what this project made"
        assert (said in " ".join(ran.out.split())) is not asked


def test_a_topic_that_another_project_claims_is_neither_changed_nor_deleted(shop: Shop, hand_4: Hand) -> None:
    asking(shop)
    shop.topics("orders.a: {partitions: 2}")
    assert shop.apply().code == 0
    asking(shop, name="billing")
    shop.topics("orders.a: {partitions: 3}")
    assert "topic `orders.a` is claimed by `shop/it`" in shop.run("plan", "--adopt").err
    assert shop.run("apply", "--adopt", "--auto-approve").code == 3
    shop.topics(removed=("orders.a: {}",))
    ran = shop.run("apply", "--auto-approve")
    assert ran.code == 0, ran.text
    assert "is not deleted: it is claimed by `shop/it`" in ran.err
    assert hand_4.live()["orders.a"].partitions == 2


def test_a_consent_to_a_lower_retention_counts_for_one_apply(live_4: KafkaCluster, shop: Shop, hand_4: Hand) -> None:
    shop.topics("orders.a: {config: {retention.ms: 2h}}")
    assert shop.apply().code == 0
    hand_4.produce("orders.a", 10)
    line = f"kafka/topics/orders.a: {{evenIf: [messages], by: {{config.retention.ms: 1h}}, until: {SOON}}}"
    topics = "kafka:\n  topics:\n    orders.a: {config: {retention.ms: 1h}}\n"
    shop.topology(f"{topics}allowed:\n  {line}\n", "kafka")
    assert shop.apply().code == 0
    hand_4.configure("orders.a", **{"retention.ms": str(2 * HOUR)})
    ran = refused(live_4, shop)
    assert "MQ209" in ran.err
    assert "was used by apply 2 on " in " ".join(ran.err.split())
    assert hand_4.live()["orders.a"].config == {"retention.ms": str(2 * HOUR)}
