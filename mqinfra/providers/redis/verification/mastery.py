"""Who takes writes now. A failover changes that while a run goes on, and a session remembers who did when it began."""

from collections.abc import Iterator, Mapping

from mqinfra.model.errors import UserError
from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.redis.api import discovery
from mqinfra.providers.redis.api.client import RedisClient
from mqinfra.providers.redis.api.node import Node
from mqinfra.providers.redis.api.replies import sections
from mqinfra.providers.redis.api.slots import slot_of
from mqinfra.providers.redis.verification.connection import own

_MASTER = "master"


def master_of(client: RedisClient, key: str) -> Node | None:
    """The server that takes writes of a key now; None where nobody tells, or it was not known when the session began.

    A Cluster's servers tell, or Sentinels. Without either nobody takes over, so it is the master of the beginning.
    """
    if client.slots:
        slot = slot_of(key)
        return next(
            (node for members in _maps(client) for node in client.nodes if members.get(slot) == node.name), None
        )
    if client.elected is None:
        return client.masters[0]
    try:
        name = client.elected()
    except UserError:
        return None
    return next((node for node in client.nodes if node.name == name), None)


def up(client: RedisClient) -> list[str]:
    """Names of the servers that answer."""
    return [name for name, info in _replication(client).items() if info is not None]


def whole(client: RedisClient) -> bool:
    """Whether as many servers as at the beginning are masters, all others follow one, and all see a Cluster whole."""
    told = _replication(client).values()
    roles = [info.get("role") for info in told if info is not None]
    linked = all(info is not None and info.get("master_link_status", "up") == "up" for info in told)
    agreed = not client.slots or len(list(_maps(client))) == len(client.nodes)
    return linked and roles.count(_MASTER) == len(client.masters) and agreed


def masters(client: RedisClient) -> list[Node]:
    """The servers that say that they are masters; those of the beginning where the caller may not ask."""
    told = _replication(client)
    found = [node for node in client.nodes if (told[node.name] or {}).get("role") == _MASTER]
    return found if found and all(told.values()) else list(client.masters)


def _maps(client: RedisClient) -> Iterator[Mapping[int, str]]:
    """The name of the master of each slot, as a server that sees the Cluster whole tells it."""
    for node in client.nodes:
        with own(node) as asked:
            try:
                members = discovery.members(asked, client.where)
            except UserError:  # it is down, or sees no majority
                continue
        yield {slot: one.name for one in members if not one.down for slot in one.slots}


def _replication(client: RedisClient) -> Mapping[str, Mapping[str, str] | None]:
    """What each server says of replication; nothing where it may not be asked, None where it does not answer."""
    found: dict[str, Mapping[str, str] | None] = {}
    for node in client.nodes:
        with own(node) as asked:
            reply = asked.send([("INFO", "replication")])[0]
        if isinstance(reply, Fault):
            found[node.name] = {} if reply.denied else None
        else:
            found[node.name] = sections(str(reply))
    return found
