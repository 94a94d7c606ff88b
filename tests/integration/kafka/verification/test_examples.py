"""Every example with topics, applied to three brokers and verified: nothing fails, nothing is left, nobody sees it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from confluent_kafka import TopicPartition

from tests.brokers.kafka.cluster import KafkaCluster, Settings
from tests.brokers.kafka.release import installed
from tests.integration.examples import ExampleProject, projects
from tests.integration.kafka.e2e.conftest import empty
from tests.integration.kafka.e2e.hand import consumer
from tests.integration.kafka.e2e.shop import Shop
from tests.integration.kafka.verification.verified import listing

WITH_TOPICS = [
    one for one in projects() if any("\nkafka:" in file.read_text(encoding="utf-8") for file in one.manifests)
]


class Example(Shop):
    """An example whose last environment has its Kafka on real brokers; the other brokers stay sandboxes."""

    def __init__(self, root: Path, example: ExampleProject, cluster: KafkaCluster) -> None:
        copied = example.copied(root)
        self.root, self.first, self.variables = copied.root, copied.first, copied.environment
        document = yaml.safe_load(copied.clusters.read_text(encoding="utf-8"))
        if "environments" in document:
            # The last: production, where an example has several.
            name, last = list(document["environments"].items())[-1]
            document["environments"] = {name: last}
            blocks = last["clusters"]
        else:
            blocks = document
        for block in blocks.values():
            if block.get("type") == "kafka":
                block.clear()
                block.update(type="kafka", bootstrap=cluster.bootstrap)
        copied.clusters.write_text(yaml.safe_dump(document), encoding="utf-8")


def ends(cluster: KafkaCluster) -> dict[str, int]:
    """How many records were ever written to each topic that is nobody's of ours."""
    reader = consumer(cluster.bootstrap, "ends")
    try:
        topics = reader.list_topics(timeout=10).topics
        return {
            name: sum(reader.get_watermark_offsets(TopicPartition(name, number))[1] for number in topic.partitions)
            for name, topic in topics.items()
            if not name.startswith("__")
        }
    finally:
        reader.close()


@pytest.fixture(scope="module")
def brokers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaCluster]:
    """As a cluster should be for whoever leaves durability to it: two of three replicas acknowledge."""
    settings = Settings(nodes=3, proxied=False, properties={"min.insync.replicas": "2"})
    cluster = KafkaCluster(installed("4"), tmp_path_factory.mktemp("kafka"), settings)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.close()


@pytest.fixture
def three(brokers: KafkaCluster) -> KafkaCluster:
    empty(brokers)
    return brokers


@pytest.mark.slow_faults
@pytest.mark.parametrize("example", WITH_TOPICS, ids=lambda example: example.name)
def test_an_example_verifies_and_leaves_nothing_also_when_it_is_killed(
    example: ExampleProject, three: KafkaCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = Example(tmp_path / "example", example, three)
    for name, value in shop.variables.items():
        monkeypatch.setenv(name, value)
    for manifest in (tmp_path / "example").rglob("*.yaml"):
        for variable in re.findall(r"env:\s+(\w+)", manifest.read_text(encoding="utf-8")):
            monkeypatch.setenv(variable, f"{variable}-of-a-test")
    for root in shop.first:
        applied = shop.run("-C", str(root), "apply", "--auto-approve")
        assert applied.code == 0, applied.text
    applied = shop.apply()
    assert applied.code == 0, applied.text
    before, written = listing(three), ends(three)
    ran = shop.start("verify", "-q", "-o", "json", "--seed", "3", "--messages", "200").end(400)
    failed = {
        (one["check"], one["address"], one["evidence"]) for one in ran.json()["judgements"] if one["result"] == "fail"
    }
    assert failed == set()
    assert ran.code in (0, 8), ran.text
    assert (listing(three), ends(three)) == (before, written)
    run = shop.start("verify", "-q", "--messages", "200")
    time.sleep(1 + len(example.name) / 4)  # at another point of each
    run.kill()
    run.end()
    assert shop.run("verify", "--gc", "--older-than", "0s").code == 0
    assert (listing(three), ends(three)) == (before, written)
