"""Compression and batches, by what records take on disk."""

from collections.abc import Iterator

from mqinfra.providers.base.verification.adviser import Advised, Adviser
from mqinfra.providers.kafka.verification.advice.usage import TopicUsage

_LARGE = 1_024
"""Bytes on disk from which a record is worth to be compressed."""
_HUGE = 1_048_576
"""Bytes from which a record is a file rather than a message."""
_HEAD = 61
"""Bytes of the head of a batch (message format v2)."""
_NAME = "compression.type"


class Compression(Adviser[TopicUsage]):
    """What the brokers do about compression, held against the size of records."""

    name = "compression"
    reason = (
        "A batch is compressed as a whole, by the producer: disk, network and page cache hold less. With a type of its "
        "own on the topic the broker compresses again what arrives in another"
    )
    source = "kafka.apache.org/documentation: topic configs, `compression.type`; protocol, record batch"
    usage = TopicUsage

    def advise(self, usage: TopicUsage) -> Iterator[Advised]:
        """By setting and size."""
        size = usage.record_size
        if size is None:
            return
        told = f"a record takes {size:,} B on disk on average of {usage.records:,}; `{_NAME}` is `{usage.compression}`"
        if size >= _HUGE:
            yield Advised("store the payload elsewhere and send where it lies", told)
        elif usage.compression == "uncompressed" and size >= _HEAD * 2:
            line = f"config: {{{_NAME}: producer}}"
            yield Advised(
                "let producers compress: the broker unpacks now what they packed", told, ("config", _NAME), line
            )
        elif usage.compression in {"", "producer"} and size >= _LARGE:
            yield Advised(
                "compress: `compression.type=zstd` and `linger.ms=20` in producers, or `zstd` on the topic where they "
                "can't be changed (at the cost of the brokers' processors)",
                told,
                ("config", _NAME),
                f"config: {{{_NAME}: zstd}}",
            )
