"""Why nothing should be sent to a cluster now."""

from collections.abc import Iterator

from mqinfra.providers.kafka.api.client import KafkaClient
from mqinfra.providers.kafka.topics.health import too_few_in_sync


def trouble(client: KafkaClient) -> tuple[str, ...]:
    """Partitions that take no durable writes.

    Kafka says how much of a disk is free, and not how much there is of it, so a full one is not known before it is.

    Raises:
        UserError: the cluster did not answer.
    """
    return tuple(_causes(client))


def _causes(client: KafkaClient) -> Iterator[str]:
    short = client.topics.not_in_sync()
    if short:
        yield from too_few_in_sync(client, short)
