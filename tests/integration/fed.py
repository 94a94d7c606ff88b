"""An example on real brokers with some messages in it: each thing that is watched has messages, and readers that began.

Whoever sends and reads does it by a client library of the broker, as an administrator.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from confluent_kafka import Producer, TopicPartition

from mqinfra.cli.monitoring.selected import watched_by_cluster
from mqinfra.cli.where import Where
from mqinfra.cli.workspace import open_workspace, require_valid
from mqinfra.engine.selection import Selection
from mqinfra.providers.base.monitoring.watched import Watched, What
from tests.integration.kafka.e2e.hand import QUIET, consumer
from tests.integration.rabbitmq.e2e.amqp import connect

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster
    from tests.brokers.rabbitmq.server import RabbitServer
    from tests.brokers.redis.deployment import RedisDeployment

EXAMPLES = Path(__file__).parents[2] / "examples"
MESSAGES = 3
"""How many are sent to each partition, queue and stream; of these a reader has read one."""


@dataclass(frozen=True)
class Brokers:
    """Real ones, as far as a test has them; the others stay sandboxes."""

    kafka: KafkaCluster | None = None
    rabbit: RabbitServer | None = None
    redis: RedisDeployment | None = None

    @property
    def blocks(self) -> Mapping[str, Mapping[str, Any]]:
        """What stands under `clusters:` for each type of broker."""
        known = {"kafka": self.kafka, "rabbitmq": self.rabbit, "redis": self.redis}
        return {kind: {"type": kind, **one.block} for kind, one in known.items() if one is not None}


def examples(*kinds: str) -> list[str]:
    """The names of the examples that have any of these types of brokers."""
    of = "|".join(kinds)
    return sorted(
        path.parent.name
        for path in EXAMPLES.glob("*/mqinfra.yaml")
        if re.search(f"type: ({of})\n", path.read_text(encoding="utf-8"))
    )


def placed(name: str, root: Path, brokers: Brokers) -> tuple[str, Mapping[str, str]]:
    """Copy an example and put real brokers in place of its sandboxes.

    Args:
        name: of the example.
        root: where it shall be.
        brokers: the brokers.

    Returns:
        Its environment, the last where it has several, and the secrets that its manifests name.
    """
    shutil.copytree(EXAMPLES / name, root, ignore=shutil.ignore_patterns(".mqinfra"))
    file = root / "mqinfra.yaml"
    project = yaml.safe_load(file.read_text(encoding="utf-8"))
    environment, last = list(project["environments"].items())[-1]
    for block in last["clusters"].values():
        if real := brokers.blocks.get(block["type"]):
            block.clear()
            block.update(real)
    project["environments"] = {environment: last}
    file.write_text(yaml.safe_dump(project), encoding="utf-8")
    texts = [each.read_text(encoding="utf-8") for each in root.rglob("*.yaml")]
    secrets = {word: f"a-long-secret-of-{word}" for text in texts for word in re.findall(r"env: (\w+)", text)}
    if brokers.rabbit is not None:
        secrets |= brokers.rabbit.secrets
    return environment, secrets


def feed(brokers: Brokers) -> None:
    """Send messages to everything that the project in the working directory declares, and let its readers begin."""
    workspace = require_valid(open_workspace(Where(), timeout=20.0))
    types = workspace.loaded.desired.clusters
    for alias, some in watched_by_cluster(workspace, Selection()).items():
        # What is read comes before those who read it.
        for watched in sorted(some, key=lambda one: one.what.reads):
            if types[alias] == "kafka" and brokers.kafka is not None:
                _feed_kafka(brokers.kafka, watched)
            elif types[alias] == "rabbitmq" and brokers.rabbit is not None:
                _feed_rabbit(brokers.rabbit, watched)
            elif types[alias] == "redis" and brokers.redis is not None:
                _feed_redis(brokers.redis, watched)


def _feed_kafka(cluster: KafkaCluster, watched: Watched) -> None:
    partitions = range(watched.limits.partitions or 1)
    if watched.what is What.TOPIC:
        producer = Producer({"bootstrap.servers": cluster.bootstrap, **QUIET})
        for partition in partitions:
            for number in range(MESSAGES):
                producer.produce(watched.name, b"x", key=str(number), partition=partition)
        assert producer.flush(20) == 0
    elif watched.what is What.GROUP and watched.name:
        reader = consumer(cluster.bootstrap, watched.consumer + ("1" if watched.prefixed else ""))
        try:
            places = [TopicPartition(watched.name, partition, 1) for partition in partitions]
            reader.commit(offsets=places, asynchronous=False)
        finally:
            reader.close()


def _feed_rabbit(server: RabbitServer, watched: Watched) -> None:
    connection = connect(server, watched.place)
    channel = connection.channel()
    channel.confirm_delivery()
    for _ in range(MESSAGES):
        channel.basic_publish("", watched.name, b"x")
    connection.close()


def _feed_redis(deployment: RedisDeployment, watched: Watched) -> None:
    call = deployment.nodes[0].admin.call
    if watched.what is What.STREAM:
        for number in range(MESSAGES):
            call("XADD", watched.name, "*", "n", str(number))
    else:
        call("XREADGROUP", "GROUP", watched.consumer, "one", "COUNT", "1", "STREAMS", watched.name, ">")
