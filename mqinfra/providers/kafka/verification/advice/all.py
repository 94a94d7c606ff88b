"""The advisers of Kafka, in the order in which they are asked."""

from typing import Any

from mqinfra.providers.base.verification.adviser import Adviser
from mqinfra.providers.kafka.verification.advice.compression import Compression
from mqinfra.providers.kafka.verification.advice.partitions import PartitionsAndMembers
from mqinfra.providers.kafka.verification.advice.promised import Promised
from mqinfra.providers.kafka.verification.advice.replication import Replication
from mqinfra.providers.kafka.verification.advice.retention import RetentionAndLag
from mqinfra.providers.kafka.verification.advice.work_queue import WorkQueue

ADVISERS: tuple[Adviser[Any], ...] = (
    Replication(),
    RetentionAndLag(),
    PartitionsAndMembers(),
    Compression(),
    WorkQueue(),
    Promised(),
)
