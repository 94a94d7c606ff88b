"""Who consumes from a queue, in words that lead to the program: the name that it gave its connection, user and host."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mqinfra.providers.rabbitmq.api.call import Answer, Call, RabbitFault

if TYPE_CHECKING:
    from mqinfra.providers.rabbitmq.io.client import RabbitClient

_LOOKED_UP = 20
"""Connections whose names are looked up, one call each; a message shows five."""

Consumer = Mapping[str, Any]


def consumers_of(row: Answer | RabbitFault) -> list[Consumer]:
    """The consumers in what the management API said of a queue."""
    if isinstance(row, RabbitFault) or not isinstance(row.body, dict):
        return []
    found = row.body.get("consumer_details")
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def names_of(client: "RabbitClient", queues: Sequence[Sequence[Consumer]]) -> list[tuple[str, ...]]:
    """Names of the consumers of each queue.

    A caller who may not look at connections (of others, without the tag `monitoring`) gets tags instead of the names.
    """
    connections = list(dict.fromkeys(_connection(consumer) for some in queues for consumer in some))
    asked = [name for name in connections if name][:_LOOKED_UP]
    calls = [Call("GET", ("connections", name), {"columns": "user_provided_name,client_properties"}) for name in asked]
    given = {name: _given(answer) for name, answer in zip(asked, client.send(calls), strict=True)}
    return [tuple(_called(consumer, given.get(_connection(consumer), "")) for consumer in some) for some in queues]


def _called(consumer: Consumer, given: str) -> str:
    channel = _channel(consumer)
    name = given or str(consumer.get("consumer_tag") or "consumer")
    host, port = channel.get("peer_host"), channel.get("peer_port")
    place = f"{host}:{port}" if host and port else _connection(consumer)
    user = str(channel.get("user") or "")
    where = "@".join(part for part in (user, place) if part)
    return f"{name} ({where})" if where else name


def _given(answer: Answer | RabbitFault) -> str:
    """The name that a client gave its connection; empty without one."""
    if isinstance(answer, RabbitFault) or not isinstance(answer.body, dict):
        return ""
    properties = answer.body.get("client_properties")
    in_properties = properties.get("connection_name") if isinstance(properties, dict) else None
    return str(answer.body.get("user_provided_name") or in_properties or "")


def _connection(consumer: Consumer) -> str:
    return str(_channel(consumer).get("connection_name") or "")


def _channel(consumer: Consumer) -> Mapping[str, Any]:
    channel = consumer.get("channel_details")
    return channel if isinstance(channel, dict) else {}
