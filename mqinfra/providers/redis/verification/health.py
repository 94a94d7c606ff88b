"""Why a deployment should not be sent canaries now: it is not whole, or about to refuse or evict what people store."""

from collections.abc import Iterator, Mapping

from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.redis.api.client import RedisClient
from mqinfra.providers.redis.api.node import Node
from mqinfra.providers.redis.api.replies import sections
from mqinfra.providers.redis.api.resp import Call, Reply
from mqinfra.providers.redis.verification.connection import own

_FULL = 0.8
"""Share of `maxmemory` from which a server counts as nearly full: canaries may push out what is not theirs."""


def trouble(client: RedisClient) -> tuple[str, ...]:
    """A clause per cause."""
    return (
        *(f"`{name}` is down" for name in client.down),
        *(f"`{name}` can't be reached" for name in client.unreached),
        *(
            f"{clause} on `{node.name}`"
            for node in client.nodes
            for clause in _of_server(_asked(node, ("INFO",)), master=node.master)
        ),
        *_of_cluster(client),
    )


def _asked(node: Node, call: Call) -> Reply:
    with own(node) as asked:
        return asked.send([call])[0]


def _of_server(reply: object, *, master: bool) -> Iterator[str]:
    if isinstance(reply, Fault):
        if not reply.denied:
            yield f"INFO failed ({reply.message})"
        return
    info = sections(str(reply))
    if info.get("loading") == "1":
        yield "data is being loaded"
    if info.get("role") == "slave" and info.get("master_link_status") != "up":
        yield "the link to the master is down"
    if master:
        yield from _full(info)
        if info.get("aof_last_write_status", "ok") != "ok":
            yield "the last write to the append-only file failed"
        if info.get("rdb_last_bgsave_status", "ok") != "ok":
            yield "the last snapshot failed"


def _full(info: Mapping[str, str]) -> Iterator[str]:
    most, used = int(info.get("maxmemory", 0)), int(info.get("used_memory", 0))
    if most and used >= _FULL * most:
        yield f"{used / most:.0%} of `maxmemory` is used"


def _of_cluster(client: RedisClient) -> Iterator[str]:
    if not client.slots:
        return
    reply = _asked(client.masters[0], ("CLUSTER", "INFO"))
    if not isinstance(reply, Fault) and sections(str(reply)).get("cluster_state", "ok").strip() != "ok":
        yield "the Cluster does not serve all slots"
