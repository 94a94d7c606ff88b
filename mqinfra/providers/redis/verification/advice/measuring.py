"""How streams are used now, by what the servers count. No entry is read."""

from collections.abc import Mapping, Sequence
from typing import Any

from mqinfra.model.address import Address
from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.redis.api.client import RedisClient
from mqinfra.providers.redis.api.replies import number, pairs, sections
from mqinfra.providers.redis.api.resp import Reply
from mqinfra.providers.redis.api.stream_calls import Consumer, consumers_of
from mqinfra.providers.redis.verification.advice.usage import GroupUsage, StreamUsage

_MOST = 500
"""Streams that are measured; of more, settings have to do."""
_DAY_MS = 86_400_000
_SETTING = "min-replicas-to-write"


def measured(client: RedisClient, streams: Mapping[Address, StreamUsage]) -> dict[Address, StreamUsage]:
    """Measure.

    Raises:
        UserError: a server did not answer.
    """
    if len(streams) > _MOST:
        return dict(streams)
    names = [address.name for address in streams]
    lengths = client.read_keyed([(name, ("XLEN", name)) for name in names])
    sizes = client.read_keyed([(name, ("MEMORY", "USAGE", name)) for name in names])
    groups = client.read_keyed([(name, ("XINFO", "GROUPS", name)) for name in names])
    rows = {name: _rows(reply) for name, reply in zip(names, groups, strict=True)}
    consumers = consumers_of(client, [(name, str(row.get("name"))) for name, some in rows.items() for row in some])
    least = client.settings(_SETTING).get(_SETTING, "")
    replicas = _replicas(client)
    return {
        address: usage.model_copy(
            update={
                "length": _number(length),
                "size": _number(size),
                "groups": tuple(
                    _group(row, consumers[address.name, str(row.get("name"))]) for row in rows[address.name]
                ),
                "replicas": replicas.get(client.home(address.name).name),
                "min_replicas": int(least) if least.isdigit() else None,
            }
        )
        for (address, usage), length, size in zip(streams.items(), lengths, sizes, strict=True)
    }


def _rows(reply: Reply) -> list[dict[str, Any]]:
    return [] if isinstance(reply, Fault) else [pairs(one) for one in reply]


def _number(reply: Reply) -> int | None:
    return None if isinstance(reply, Fault) else number(reply)


def _replicas(client: RedisClient) -> dict[str, int]:
    found: dict[str, int] = {}
    for node in client.masters:
        reply = node.read([("INFO", "replication")])[0]
        told = "" if isinstance(reply, Fault) else sections(str(reply)).get("connected_slaves", "")
        if told.strip().isdigit():
            found[node.name] = int(told)
    return found


def _group(row: Mapping[str, Any], consumers: Sequence[Consumer] | None) -> GroupUsage:
    return GroupUsage(
        name=str(row.get("name")),
        pending=number(row.get("pending")) or 0,
        lag=number(row.get("lag")),
        consumers=number(row.get("consumers")) or 0,
        idle=sum(not one.pending and one.idle > _DAY_MS for one in consumers or ()),
    )
