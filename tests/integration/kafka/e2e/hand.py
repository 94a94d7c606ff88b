"""What somebody does to a cluster by hand, behind the back of mqinfra, and what is there for everybody to see."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    KafkaException,
    Producer,
    ShareConsumer,
    TopicCollection,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._acl import AclBinding, AclBindingFilter, AclOperation, AclPermissionType
from confluent_kafka.admin._config import AlterConfigOpType, ConfigEntry, ConfigResource
from confluent_kafka.admin._resource import ResourcePatternType, ResourceType
from confluent_kafka.cimpl import NewPartitions, NewTopic

from mqinfra.model.record import Owner
from mqinfra.providers.kafka.api.acl import OPERATIONS, PATTERNS, PERMISSIONS, RESOURCES, Acl
from mqinfra.providers.kafka.records.names import topic_of
from mqinfra.providers.kafka.topics.names import RECORDS_PREFIX
from tests.integration.beside import beside
from tests.waiting import until

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster

QUIET: Mapping[str, Any] = {"enable.metrics.push": False, "log_level": 0}
_OWN = 1  # ConfigSource.DYNAMIC_TOPIC_CONFIG
_ON_BROKER = 2  # ConfigSource.DYNAMIC_BROKER_CONFIG
_WITHIN = 20.0
_FIRST = 60.0
"""For the first who asks for a coordinator: the brokers make a topic for it, of several nodes on a busy machine."""
_BEGINNING = (
    KafkaError.NOT_COORDINATOR,
    KafkaError.COORDINATOR_NOT_AVAILABLE,
    KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
)
RECORDS = topic_of(Owner("shop", "it"))


@dataclass(frozen=True)
class Topic:
    """A topic as it is: settings are those that are set on the topic itself."""

    partitions: int
    replicas: int
    config: Mapping[str, str]


class Hand:
    """An administrator with a client of their own, past the proxy."""

    def __init__(self, cluster: KafkaCluster) -> None:
        self.bootstrap = cluster.bootstrap
        self._admin = AdminClient({"bootstrap.servers": cluster.bootstrap, **QUIET})

    def names(self) -> set[str]:
        """All topics but Kafka's own, and those in which mqinfra keeps records."""
        topics = self._admin.list_topics(timeout=_WITHIN).topics
        return {name for name in topics if not name.startswith(("__", RECORDS_PREFIX))}

    def keep_records(self) -> None:
        """Make the topic that the first apply of a project would make, so that a test counts other requests alone."""
        self.create_records(RECORDS)

    def keep_offsets(self) -> None:
        """Make the topic of the brokers' own that the first who asks for a group's coordinator makes them make.

        As a member of a group does, and no administrator: while a coordinator is only just beginning, librdkafka 2.16
        dies in requests of administrators, of a null pointer (`rd_kafka_cgrp_op`) where they ask for offsets, and of
        an assertion (`rd_kafka_enq_once_del_source_return`) where they describe groups.
        """
        with closing(Consumer({"bootstrap.servers": self.bootstrap, "group.id": "nobody", **QUIET})) as consumer:
            deadline = time.monotonic() + _FIRST
            while True:
                try:
                    consumer.committed([TopicPartition("nothing", 0)], timeout=_FIRST)
                except KafkaException as error:  # of a coordinator that is only just beginning
                    if error.args[0].code() not in _BEGINNING or time.monotonic() > deadline:
                        raise
                    time.sleep(0.2)
                else:
                    return

    def use_transactions(self) -> None:
        """Make the topic of the brokers' own that the first transaction makes them make."""
        Producer({"bootstrap.servers": self.bootstrap, "transactional.id": "somebody", **QUIET}).init_transactions(
            _WITHIN
        )

    def create_records(self, name: str) -> None:
        """Make a topic for records."""
        copies = min(3, len(self._admin.list_topics(timeout=_WITHIN).brokers))
        new = NewTopic(name, 1, copies, config={"cleanup.policy": "compact", "message.timestamp.type": "LogAppendTime"})
        for future in self._admin.create_topics([new]).values():
            future.result()
        until(lambda: name in self._admin.list_topics(timeout=_WITHIN).topics)

    def live(self) -> dict[str, Topic]:
        """All topics, without their ids, so that what two runs left behind can be compared."""
        names = sorted(self.names())
        if not names:
            return {}
        found = self._admin.describe_topics(TopicCollection(names), request_timeout=_WITHIN)
        configs = self._admin.describe_configs([ConfigResource(ConfigResource.Type.TOPIC, name) for name in names])
        own = {
            resource.name: {key: entry.value for key, entry in future.result().items() if entry.source == _OWN}
            for resource, future in configs.items()
        }
        live: dict[str, Topic] = {}
        for name, future in found.items():
            topic = future.result()
            live[name] = Topic(len(topic.partitions), len(topic.partitions[0].replicas), own[name])
        return live

    def _described(self, name: str) -> Any:
        return self._admin.describe_topics(TopicCollection([name]), request_timeout=_WITHIN)[name].result()

    def replicas(self, name: str) -> list[list[int]]:
        """The brokers that hold each partition, those on the move included."""
        return [sorted(node.id for node in partition.replicas) for partition in self._described(name).partitions]

    def in_sync(self, name: str) -> list[list[int]]:
        """The brokers that are in sync with each partition's leader."""
        return [sorted(node.id for node in partition.isr) for partition in self._described(name).partitions]

    def leaders(self, name: str) -> list[tuple[int, int]]:
        """The leader of each partition, and the broker that should lead it."""
        return [(partition.leader.id, partition.replicas[0].id) for partition in self._described(name).partitions]

    def throttles(self) -> dict[str, str]:
        """Everything that throttles replicas: settings of topics and of brokers, by whose they are."""
        listed = self._admin.list_topics(timeout=_WITHIN)
        resources = [ConfigResource(ConfigResource.Type.TOPIC, name) for name in listed.topics]
        asked = self._admin.describe_configs(resources) if resources else {}
        for broker in listed.brokers:
            asked |= self._admin.describe_configs([ConfigResource(ConfigResource.Type.BROKER, str(broker))])
        return {
            f"{resource.name} {key}": str(entry.value)
            for resource, future in asked.items()
            for key, entry in future.result().items()
            if "replication.throttled" in key and entry.source in (_OWN, _ON_BROKER) and entry.value
        }

    def give(self, broker: int, **settings: str | None) -> None:
        """Set settings of a broker while it runs, underscores for dots; None takes one back."""
        self._set(ConfigResource.Type.BROKER, str(broker), settings)

    def identity(self, name: str) -> str:
        """The topic's id."""
        return str(self._described(name).topic_id)

    def identities(self) -> dict[str, str]:
        """The ids of all topics."""
        found = self._admin.describe_topics(TopicCollection(sorted(self.names())), request_timeout=_WITHIN)
        return {name: str(future.result().topic_id) for name, future in found.items()}

    def create(self, *names: str, partitions: int = 1, config: Mapping[str, str] | None = None) -> None:
        new = [NewTopic(name, partitions, 1, config=dict(config or {})) for name in names]
        for future in self._admin.create_topics(new).values():
            future.result()
        until(lambda: set(names) <= self.names())

    def configure(self, name: str, **settings: str | None) -> None:
        """Set settings, underscores for dots; None takes one back to the default."""
        self.put(name, **settings)
        wanted = {key.replace("_", "."): value for key, value in settings.items()}
        until(lambda: all(self.live()[name].config.get(key) == value for key, value in wanted.items()))

    def put(self, name: str, **settings: str | None) -> None:
        """The same of any topic, also one that `live` does not show, without a look at what came of it."""
        self._set(ConfigResource.Type.TOPIC, name, settings)

    def _set(self, kind: Any, name: str, settings: Mapping[str, str | None]) -> None:
        operations = [
            ConfigEntry(
                key.replace("_", "."),
                value,
                incremental_operation=AlterConfigOpType.DELETE if value is None else AlterConfigOpType.SET,
            )
            for key, value in settings.items()
        ]
        resource = ConfigResource(kind, name, incremental_configs=operations)
        for future in self._admin.incremental_alter_configs([resource]).values():
            future.result()

    def grow(self, name: str, partitions: int) -> None:
        for future in self._admin.create_partitions([NewPartitions(name, partitions)]).values():
            future.result()
        until(lambda: self.live()[name].partitions == partitions)

    def delete(self, *names: str) -> None:
        for future in self._admin.delete_topics(list(names)).values():
            future.result()
        until(lambda: not set(names) & self.names())

    def acls(self, principal: str | None = None) -> set[Acl]:
        """All ACLs, or those of one principal, but for those of types that librdkafka has no words for."""
        whose: Any = principal
        anything: Any = None
        filter_ = AclBindingFilter(
            ResourceType.ANY,
            anything,
            ResourcePatternType.ANY,
            whose,
            anything,
            AclOperation.ANY,
            AclPermissionType.ANY,
        )
        found = self._admin.describe_acls(filter_, request_timeout=_WITHIN).result()
        return {
            Acl(
                RESOURCES[one.restype_int],
                one.name,
                PATTERNS[one.resource_pattern_type_int],
                one.principal,
                one.host,
                OPERATIONS[one.operation_int],
                PERMISSIONS[one.permission_type_int],
            )
            for one in found
            if one.restype_int in RESOURCES
        }

    def create_acls(self, *acls: Acl) -> None:
        for future in self._admin.create_acls([AclBinding(*_parts(acl)) for acl in acls]).values():
            future.result()
        until(lambda: set(acls) <= self.acls())

    def delete_acls(self, *acls: Acl) -> None:
        for future in self._admin.delete_acls([AclBindingFilter(*_parts(acl)) for acl in acls]).values():
            future.result()
        until(lambda: not set(acls) & self.acls())

    def produce(self, name: str, messages: int) -> None:
        producer = Producer({"bootstrap.servers": self.bootstrap, **QUIET})
        for number in range(messages):
            producer.produce(name, value=str(number))
        assert producer.flush(_WITHIN) == 0

    def fill(self, name: str, messages: int, size: int) -> None:
        """Produce messages that nothing can compress, spread over the partitions; each must reach all in sync."""
        producer = Producer({"bootstrap.servers": self.bootstrap, "acks": "all", **QUIET})
        for number in range(messages):
            producer.produce(name, value=os.urandom(size), key=str(number))
            producer.poll(0)
        assert producer.flush(_WITHIN) == 0

    def read(self, name: str) -> int:
        """Messages of a topic, counted by reading every partition to its end."""
        reader = consumer(self.bootstrap, "reading", enable_auto_commit=False, enable_partition_eof=True)
        number, open_, deadline = 0, set(range(self.live()[name].partitions)), time.monotonic() + _WITHIN
        reader.assign([TopicPartition(name, partition, OFFSET_BEGINNING) for partition in open_])
        try:
            while open_:
                assert time.monotonic() < deadline, f"{name} could not be read to its end"
                message = reader.poll(0.5)
                if message is None:
                    continue
                error = message.error()
                if error is None:
                    number += 1
                elif error.code() == KafkaError._PARTITION_EOF:
                    open_.discard(message.partition() or 0)
        finally:
            reader.close()
        return number

    def consuming(self, name: str, group: str) -> AbstractContextManager[None]:
        """Keep a consumer of a group polling; begins when it has its partitions."""
        return reading(consumer(self.bootstrap, group), name)


def _parts(acl: Acl) -> tuple[Any, ...]:
    resource, pattern, operation, permission = acl.codes
    return (
        ResourceType(resource),
        acl.name,
        ResourcePatternType(pattern),
        acl.principal,
        acl.host,
        AclOperation(operation),
        AclPermissionType(permission),
    )


def consumer(bootstrap: str, group: str, **more: object) -> Consumer:
    """A member of a group that begins at the earliest record, with more settings, underscores for dots."""
    settings = {name.replace("_", "."): value for name, value in more.items()}
    begins = {"auto.offset.reset": "earliest"}
    return Consumer({"bootstrap.servers": bootstrap, "group.id": group, **begins, **QUIET, **settings})


@contextmanager
def reading(one: Consumer, topic: str) -> Iterator[None]:
    """Keep a consumer polling; begins when it has its partitions."""
    ready = threading.Event()
    one.subscribe([topic], on_assign=lambda *_: ready.set())
    with polling(one):
        assert ready.wait(_WITHIN), "the consumer got no partitions"
        yield


def polling(one: Consumer | ShareConsumer) -> AbstractContextManager[None]:
    """Poll in a thread, and leave the group at the end."""

    def poll(over: threading.Event) -> None:
        while not over.is_set():
            one.poll(0.1)
        one.close()

    return beside(poll, "polling")
