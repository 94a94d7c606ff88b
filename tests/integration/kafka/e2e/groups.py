"""A project with groups, and what somebody sees of groups and does in them past mqinfra."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from confluent_kafka import ConsumerGroupTopicPartitions, Producer, ShareConsumer, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._config import ConfigResource

from tests.integration.kafka.e2e.hand import QUIET, consumer, polling, reading
from tests.integration.kafka.e2e.shop import Shop
from tests.waiting import until

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster

_WITHIN = 20.0
_OWN = 8  # ConfigSource.GROUP_CONFIG


class GroupShop(Shop):
    """The project `shop`, which owns the groups `billing` and `billing.*`."""

    scope = '{topics: ["orders.*"], groups: ["billing", "billing.*"]}'
    defaults = "{kafka/topics: {lifecycle: {adopt: true}}, kafka/groups: {lifecycle: {adopt: true}}}"

    def groups(self, entries: Mapping[str, object], *, topics: tuple[str, ...] = (), more: str = "") -> None:
        """Declare groups, and topics as YAML flow mappings by name."""
        lines = ["kafka:", *(["  topics:"] if topics else []), *(f"    {topic}" for topic in topics)]
        lines += ["  groups:"] if entries else []
        lines += [f"    {name}: {json.dumps(entry)}" for name, entry in entries.items()]
        self.topology("\n".join(lines if len(lines) > 1 else []) + "\n" + more, "kafka")


class Readers:
    """Whoever reads in groups, and an administrator who looks at them."""

    def __init__(self, cluster: KafkaCluster) -> None:
        self.bootstrap = cluster.bootstrap
        self._admin = AdminClient({"bootstrap.servers": cluster.bootstrap, **QUIET})

    def offsets(self, group: str) -> dict[tuple[str, int], int]:
        """Where a group stands, by topic and partition."""
        asked = self._admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])
        return {(one.topic, one.partition): one.offset for one in asked[group].result().topic_partitions}

    def commit(self, group: str, topic: str, *offsets: int) -> None:
        """Put a group somewhere, as one that has read has been."""
        places = [TopicPartition(topic, partition, offset) for partition, offset in enumerate(offsets)]
        sent = self._admin.alter_consumer_group_offsets([ConsumerGroupTopicPartitions(group, places)])
        assert all(place.error is None for place in sent[group].result().topic_partitions)

    def forget(self, group: str) -> None:
        """Forget an idle group, as brokers do by themselves after seven days (`offsets.retention.minutes`)."""
        (future,) = self._admin.delete_consumer_groups([group]).values()
        future.result()
        until(lambda: group not in self.names())

    def names(self) -> set[str]:
        return {group.group_id for group in self._admin.list_consumer_groups().result().valid}

    def settings(self, group: str) -> dict[str, str]:
        """What is set on the group itself."""
        (future,) = self._admin.describe_configs([ConfigResource(ConfigResource.Type.GROUP, group)]).values()
        return {key: entry.value for key, entry in future.result().items() if entry.source == _OWN}

    def produce(self, topic: str, *counts: int, timestamp: int = 0) -> None:
        """Write so many records to each partition."""
        producer = Producer({"bootstrap.servers": self.bootstrap, **QUIET})
        for partition, count in enumerate(counts):
            for number in range(count):
                producer.produce(topic, str(number), partition=partition, timestamp=timestamp)
        assert producer.flush(_WITHIN) == 0

    def read(self, group: str, topic: str, count: int) -> list[tuple[int, int]]:
        """Join a group that begins at the end by itself, read so many records, commit and leave."""
        member = consumer(self.bootstrap, group, auto_offset_reset="latest", enable_auto_commit=False)
        member.subscribe([topic])
        found: list[tuple[int, int]] = []
        deadline = time.monotonic() + _WITHIN
        try:
            while len(found) < count:
                assert time.monotonic() < deadline, f"{len(found)} of {count} records came"
                message = member.poll(0.2)
                if message is not None and message.error() is None:
                    found.append((message.partition() or 0, message.offset() or 0))
            member.commit(asynchronous=False)
        finally:
            member.close()
        return sorted(found)

    def working(self, group: str, topic: str, protocol: str = "classic") -> AbstractContextManager[None]:
        """Keep a member in a group, which reads and commits; begins when it has its partitions."""
        more = {"group_protocol": protocol} if protocol != "classic" else {}
        return reading(consumer(self.bootstrap, group, auto_commit_interval_ms=200, **more), topic)

    @contextmanager
    def sharing(self, group: str, topic: str) -> Iterator[None]:
        """Keep a member in a share group."""
        member = ShareConsumer({"bootstrap.servers": self.bootstrap, "group.id": group, **QUIET})
        member.subscribe([topic])
        with polling(member):
            yield
