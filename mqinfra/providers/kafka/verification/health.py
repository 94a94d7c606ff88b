"""Why nothing should be sent to a cluster now."""

from collections.abc import Iterator

from mqinfra.providers.kafka.api.client import KafkaClient
from mqinfra.providers.kafka.api.replicas import Disk
from mqinfra.providers.kafka.topics.health import too_few_in_sync

_LEAST = 0.2
"""Share of a disk that has to be free."""


def trouble(client: KafkaClient) -> tuple[str, ...]:
    """Partitions that take no durable writes, and disks that are nearly full.

    A broker tells of its disks since 3.3 (KIP-827), to whoever may describe the cluster; where it does not, nothing is
    said of them.

    Raises:
        UserError: the cluster did not answer.
    """
    return (*_short(client), *_nearly_full(client))


def _short(client: KafkaClient) -> Iterator[str]:
    short = client.topics.not_in_sync()
    if short:
        yield from too_few_in_sync(client, short)


def _nearly_full(client: KafkaClient) -> Iterator[str]:
    no_sizes: dict[str, list[int]] = {}
    for broker, disk in client.replicas.disks(client.replicas.brokers(), no_sizes).items():
        if isinstance(disk, Disk) and disk.share is not None and disk.share < _LEAST:
            yield f"a disk of broker {broker} has {disk.share:.0%} free, which is less than {_LEAST:.0%}"
