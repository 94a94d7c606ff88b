"""The floor of users, quotas and groups: the clients by themselves, as a program. `WORK JSON`; no mqinfra in it.

Quotas go through kafka-python, as the other one has no call for them, all else through confluent-kafka.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import wait
from typing import Any

_ANSWER = 60.0
_CHUNK = 500
_SEEN_WITHIN = 60.0
TOPIC = "bench.read"


class Users:
    """SCRAM credentials."""

    def __init__(self, bootstrap: str) -> None:
        self.admin = _admin(bootstrap)

    def read(self, names: list[str]) -> int:
        asked = self.admin.describe_user_scram_credentials(names, request_timeout=_ANSWER)
        wait(asked.values())
        return sum(future.exception() is None for future in asked.values())

    def write(self, names: list[str]) -> None:
        from confluent_kafka.admin._scram import (  # noqa: PLC0415 - quotas go without
            ScramCredentialInfo,
            ScramMechanism,
            UserScramCredentialUpsertion,
        )

        info = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096)
        for start in range(0, len(names), _CHUNK):
            some = [UserScramCredentialUpsertion(name, info, b"bench-secret") for name in names[start : start + _CHUNK]]
            wait(self.admin.alter_user_scram_credentials(some, request_timeout=_ANSWER).values())


class Quotas:
    """What users may do at most."""

    def __init__(self, bootstrap: str) -> None:
        from kafka.admin import KafkaAdminClient  # noqa: PLC0415 - the others go without

        self.admin = KafkaAdminClient(bootstrap_servers=[bootstrap], request_timeout_ms=int(_ANSWER * 1_000))

    def read(self, names: list[str]) -> int:
        from kafka.protocol.admin import DescribeClientQuotasRequest  # noqa: PLC0415

        answer = self._sent(DescribeClientQuotasRequest(components=[], strict=False))
        there = {part.entity_name for entry in answer.entries or () for part in entry.entity if entry.values}
        return len(there.intersection(names))

    def write(self, names: list[str]) -> None:
        from kafka.protocol.admin import AlterClientQuotasRequest  # noqa: PLC0415

        entry = AlterClientQuotasRequest.EntryData
        for start in range(0, len(names), _CHUNK):
            entries = [
                entry(
                    entity=[entry.EntityData(entity_type="user", entity_name=name)],
                    ops=[entry.OpData(key="producer_byte_rate", value=1e6, remove=False)],
                )
                for name in names[start : start + _CHUNK]
            ]
            self._sent(AlterClientQuotasRequest(entries=entries, validate_only=False))

    def _sent(self, request: Any) -> Any:
        return self.admin._manager.run(self.admin._manager.send, request)


class Groups:
    """Groups without members: where they go on."""

    def __init__(self, bootstrap: str) -> None:
        self.admin = _admin(bootstrap)

    def read(self, names: list[str]) -> int:
        from confluent_kafka._model import ConsumerGroupTopicPartitions  # noqa: PLC0415

        self.admin.list_consumer_groups(request_timeout=_ANSWER).result()
        described = self.admin.describe_consumer_groups(names, request_timeout=_ANSWER)
        # librdkafka takes one group per call here.
        asked = [
            self.admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(name)], request_timeout=_ANSWER)[name]
            for name in names
        ]
        wait([*described.values(), *asked])
        return sum(bool(future.result().topic_partitions) for future in asked)

    def write(self, names: list[str]) -> None:
        from confluent_kafka import TopicPartition  # noqa: PLC0415
        from confluent_kafka._model import ConsumerGroupTopicPartitions  # noqa: PLC0415

        wait(
            [
                self.admin.alter_consumer_group_offsets(
                    [ConsumerGroupTopicPartitions(name, [TopicPartition(TOPIC, 0, 0)])], request_timeout=_ANSWER
                )[name]
                for name in names
            ]
        )


def topic(bootstrap: str) -> None:
    """The topic that the groups read, which a project with them declares."""
    from confluent_kafka.cimpl import NewTopic  # noqa: PLC0415

    admin = _admin(bootstrap)
    wait(admin.create_topics([NewTopic(TOPIC, 1, 1)]).values())
    deadline = time.monotonic() + _SEEN_WITHIN
    while TOPIC not in admin.list_topics(timeout=_ANSWER).topics and time.monotonic() < deadline:
        time.sleep(0.05)


def _admin(bootstrap: str) -> Any:
    from confluent_kafka.admin import AdminClient  # noqa: PLC0415

    return AdminClient({"bootstrap.servers": bootstrap, "log_level": 0, "enable.metrics.push": False})


def main(work: str, job: dict[str, Any]) -> None:
    bootstrap, count, prefix = job["bootstrap"], job["count"], job["prefix"]
    topic(bootstrap)
    names = [f"{prefix}-{number:05d}" for number in range(count)]
    kinds: dict[str, type[Any]] = {"users": Users, "quotas": Quotas, "groups": Groups}
    calls = kinds[job["kind"]](bootstrap)
    there = calls.read(names)
    begun, busy = time.perf_counter(), time.process_time()
    if work == "create":
        calls.write(names)
        deadline = time.monotonic() + _SEEN_WITHIN
        while (there := calls.read(names)) < count and time.monotonic() < deadline:
            time.sleep(0.05)
    answer = {"done": there, "wall": time.perf_counter() - begun, "cpu": time.process_time() - busy}
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
