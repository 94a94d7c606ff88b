"""Reassignments of partitions and log directories through kafka-python, which alone knows the calls."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from mqinfra.providers.kafka.api.replicas import Disk, Move, Moves, Place
from mqinfra.providers.kafka.api.second_acls import CodedError

if TYPE_CHECKING:
    from kafka.admin import KafkaAdminClient

_NO_FREE = -1


def under_way(admin: "KafkaAdminClient", timeout_ms: int) -> Moves:
    """All reassignments under way (KIP-455)."""
    _forget_controller(admin)
    moves: dict[str, dict[int, Move]] = {}
    for place, said in admin.list_partition_reassignments(timeout_ms=timeout_ms).items():
        move = Move(frozenset(said["adding_replicas"]), frozenset(said["removing_replicas"]))
        moves.setdefault(place.topic, {})[place.partition] = move
    return moves


def reassigned(
    admin: "KafkaAdminClient", wanted: Mapping[Place, Sequence[int]], timeout_ms: int
) -> dict[Place, CodedError | None]:
    """Begin to move partitions to these brokers; what the cluster says to each.

    Raises:
        CodedError: it refused all of them.
    """
    from kafka.protocol.admin import AlterPartitionReassignmentsRequest as Reassign  # noqa: PLC0415 - see SecondClient

    topic_of = Reassign.ReassignableTopic
    by_topic: dict[str, list[object]] = {}
    for (topic, number), brokers in wanted.items():
        moved = topic_of.ReassignablePartition(partition_index=number, replicas=list(brokers))
        by_topic.setdefault(topic, []).append(moved)
    topics = [topic_of(name=topic, partitions=some) for topic, some in by_topic.items()]
    _forget_controller(admin)
    manager = admin._manager  # noqa: SLF001 - its own call drops the broker's words
    answer = manager.run(admin._send_request_to_controller, Reassign(timeout_ms=timeout_ms, topics=topics))  # noqa: SLF001
    if answer.error_code:
        raise CodedError(answer.error_code, answer.error_message)
    return {
        (topic.name, part.partition_index): CodedError(part.error_code, part.error_message) if part.error_code else None
        for topic in answer.responses
        for part in topic.partitions
    }


def disk(admin: "KafkaAdminClient", broker: int, of: Mapping[str, Sequence[int]] | None) -> Disk:
    """What a broker holds, and how much is free (KIP-827).

    Raises:
        CodedError: it refused.
    """
    (said,) = admin.describe_log_dirs(
        {name: list(some) for name, some in of.items()} if of is not None else None, [broker]
    )
    free: list[int] = []
    shares: list[float] = []
    sizes: dict[Place, int] = {}
    for directory in said["log_dirs"]:
        if directory["error_code"]:
            raise CodedError(directory["error_code"], None)
        free.append(directory.get("usable_bytes", _NO_FREE))
        if free[-1] > _NO_FREE and directory.get("total_bytes", 0) > 0:
            shares.append(free[-1] / directory["total_bytes"])
        for topic in directory["topics"]:
            for part in topic["partitions"]:
                if not part["is_future_key"]:
                    sizes[topic["name"], part["partition_index"]] = part["partition_size"]
    return Disk(sum(free) if free and min(free) > _NO_FREE else None, sizes, min(shares, default=None))


def _forget_controller(admin: "KafkaAdminClient") -> None:
    """Let it look for the controller anew: what it found when it connected may be down by now."""
    admin._controller_id = None  # noqa: SLF001
