"""The table of what tests run on: every release, in every form, with the name of the fixture that starts it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from tests.brokers.server import Server

BROKERS = ("kafka", "rabbitmq", "redis", "registry")


@dataclass(frozen=True)
class Line:
    """One release in one form."""

    broker: str
    # As `release.installed` of the broker takes it: "3.10", "valkey-8.1".
    release: str
    # Of the test session; empty for what is started by hand.
    fixture: str = ""
    title: str = ""
    # A number of nodes, or Redis's topology; empty for one node.
    form: str = ""
    # Only the matrix has it.
    matrix: bool = False

    @property
    def name(self) -> str:
        """What the required cells call it."""
        if self.broker == "registry":
            return f"apicurio-{self.release}"
        return self.release if self.release.startswith("valkey-") else f"{self.broker}-{self.release}"

    def make(self, folder: Path, *, proxied: bool = True) -> Server[Any]:
        """The server, which is not started yet; its software is installed when it is not there.

        What is to outlive this interpreter has no proxy.
        """
        # Imported late: most test runs need no broker, and kafka-python takes a while to load.
        match self.broker:
            case "kafka":
                from tests.brokers.kafka import cluster, release  # noqa: PLC0415

                settings = cluster.Settings(nodes=int(self.form or 1), proxied=proxied)
                return cluster.KafkaCluster(release.installed(self.release), folder, settings)
            case "rabbitmq":
                from tests.brokers.rabbitmq import release as rabbit  # noqa: PLC0415
                from tests.brokers.rabbitmq import server  # noqa: PLC0415

                nodes = server.Settings(nodes=int(self.form or 1), proxied=proxied)
                return server.RabbitServer(rabbit.installed(self.release), folder, nodes)
            case "redis":
                from tests.brokers.redis import release as redis  # noqa: PLC0415
                from tests.brokers.redis.deployment import RedisDeployment  # noqa: PLC0415
                from tests.brokers.redis.settings import Settings  # noqa: PLC0415
                from tests.brokers.redis.topology import topology_of  # noqa: PLC0415

                topology = Settings(topology_of(self.form), proxied=proxied)
                return RedisDeployment(redis.installed(self.release), folder, topology)
            case "registry":
                from tests.brokers.registry import release as registry  # noqa: PLC0415
                from tests.brokers.registry.server import ApicurioServer  # noqa: PLC0415

                return ApicurioServer(registry.installed(self.release), folder, proxied=proxied)
        raise ValueError(self.broker)


LINES = (
    Line("kafka", "4", "kafka_4", "Kafka 4"),
    Line("kafka", "3.9", "kafka_39", "Kafka 3.9"),
    Line("kafka", "4", "kafka_4_three", "Kafka 4", form="3"),
    Line("kafka", "3.9", "kafka_39_three", "Kafka 3.9", form="3", matrix=True),
    Line("rabbitmq", "3.10", "rabbitmq_3", "RabbitMQ 3.10"),
    Line("rabbitmq", "4.0", "rabbitmq_4", "RabbitMQ 4.0", matrix=True),
    Line("rabbitmq", "4.3", "rabbitmq_43", "RabbitMQ 4.3"),
    Line("rabbitmq", "3.10", "rabbitmq_3_three", "RabbitMQ 3.10", form="3"),
    Line("rabbitmq", "4.3", "rabbitmq_43_three", "RabbitMQ 4.3", form="3"),
    Line("redis", "7.0", "redis_7", "Redis 7.0"),
    Line("redis", "7.0", "redis_7_pair", "Redis 7.0", form="pair"),
    Line("redis", "7.0", "redis_7_sentinel", "Redis 7.0", form="sentinel"),
    Line("redis", "7.0", "redis_7_cluster", "Redis 7.0", form="cluster"),
    Line("redis", "8.0", "redis_8", "Redis 8.0", matrix=True),
    Line("redis", "8.6", "redis_86", "Redis 8.6", matrix=True),
    Line("redis", "valkey-8.1", "valkey_8", "Valkey 8.1", matrix=True),
    Line("redis", "valkey-9.1", "valkey_9", "Valkey 9.1", matrix=True),
    Line("registry", "3", "apicurio_3", "Apicurio Registry 3"),
)


def lines_of(broker: str) -> tuple[Line, ...]:
    """A broker's releases, one node each."""
    return tuple(line for line in LINES if line.broker == broker and not line.form)
