"""How queues are used now, by the statistics of the management API. No message is read."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from mqinfra.model.address import Address
from mqinfra.providers.rabbitmq.api.call import Answer, Call
from mqinfra.providers.rabbitmq.io.client import RabbitClient
from mqinfra.providers.rabbitmq.io.listing import Row
from mqinfra.providers.rabbitmq.verification.advice.usage import ConsumerUsage, QueueUsage

_MOST = 500
"""Queues that are measured; of more, settings have to do."""


def measured(client: RabbitClient, queues: Mapping[Address, QueueUsage]) -> dict[Address, QueueUsage]:
    """Measure.

    Raises:
        UserError: the server did not answer.
    """
    if len(queues) > _MOST:
        return dict(queues)
    answers = client.lists([Call("GET", ("queues", *address.path)) for address in queues])
    vhosts = list(dict.fromkeys(address.path[0] for address in queues))
    consumers = {vhost: consumers_by_queue(client, vhost) for vhost in vhosts}
    return {
        address: usage.model_copy(update={**_figures(answer), "consumers": _of(consumers[address.path[0]], address)})
        for (address, usage), answer in zip(queues.items(), answers, strict=True)
    }


def consumers_by_queue(client: RabbitClient, vhost: str) -> Mapping[str, tuple[ConsumerUsage, ...]] | None:
    """The consumers of a vhost by their queue; None where the caller may not see them.

    Raises:
        UserError: the server did not answer.
    """
    (answer,) = client.lists([Call("GET", ("consumers", vhost))])
    if not isinstance(answer, Answer) or not isinstance(answer.body, list):
        return None
    found: dict[str, list[ConsumerUsage]] = defaultdict(list)
    for row in answer.body:
        queue = row.get("queue") if isinstance(row, dict) else None
        if isinstance(row, dict) and isinstance(queue, dict):
            found[str(queue.get("name"))].append(_consumer(row))
    return {queue: tuple(some) for queue, some in found.items()}


def _of(
    consumers: Mapping[str, tuple[ConsumerUsage, ...]] | None, address: Address
) -> tuple[ConsumerUsage, ...] | None:
    return None if consumers is None else consumers.get(address.path[1], ())


def _consumer(row: Row) -> ConsumerUsage:
    channel = row.get("channel_details")
    connection = channel.get("connection_name") if isinstance(channel, dict) else None
    return ConsumerUsage(
        name=str(connection or row.get("consumer_tag") or "consumer"),
        prefetch=int(row.get("prefetch_count") or 0),
        accepts_itself=row.get("ack_required") is False,
    )


def _figures(answer: object) -> dict[str, Any]:
    if not isinstance(answer, Answer) or not isinstance(answer.body, dict):
        return {}
    row: Row = answer.body
    statistics = row.get("message_stats")
    rate = statistics.get("publish_details", {}).get("rate") if isinstance(statistics, dict) else None
    names = {"messages": "messages", "ready": "messages_ready", "size": "message_bytes"}
    told = {field: row.get(key) for field, key in names.items()}
    return {
        **{field: value for field, value in told.items() if isinstance(value, int)},
        "published": float(rate) if isinstance(rate, int | float) else None,
    }
