"""How the nodes of each topology are configured, and when they have found one another."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Literal, get_args

from tests.brokers.ports import HOST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.brokers.redis.node import RedisNode

Topology = Literal["single", "pair", "sentinel", "cluster"]
TOPOLOGIES: tuple[Topology, ...] = get_args(Topology)
MASTER_NAME = "mqinfra"
SENTINELS = 3
_MASTERS = 3
_SLOTS = 16_384
_QUORUM = 2


def topology_of(name: str) -> Topology:
    """The topology of this name; the first when there is none."""
    return next((topology for topology in TOPOLOGIES if topology == name), TOPOLOGIES[0])


def names(topology: Topology) -> list[str]:
    """The data nodes' names, those that start as primaries first."""
    match topology:
        case "single":
            return ["single"]
        case "pair" | "sentinel":
            return ["primary", "replica"]
        case "cluster":
            numbers = range(1, _MASTERS + 1)
            return [*(f"master-{number}" for number in numbers), *(f"replica-{number}" for number in numbers)]


def primary_count(topology: Topology) -> int:
    return _MASTERS if topology == "cluster" else 1


def base_configuration(port: int, data: str) -> dict[str, str]:
    """What every process gets: loopback, nothing on disk, and quick to replicate."""
    return {
        "port": str(port),
        "bind": HOST,
        "dir": data,
        "save": '""',
        "appendonly": "no",
        # Otherwise the command line, by which a process is known as ours, is overwritten.
        "set-proc-title": "no",
        # `stop` keeps the data although there is no save point.
        "shutdown-on-sigterm": "save force",
        "shutdown-timeout": "1",
        # Without the disk's detour a replica counts as online only at its next acknowledgement, a second later.
        "repl-diskless-sync": "no",
        # DEBUG SLEEP and its like, for tests of slow and blocked servers.
        "enable-debug-command": "local",
    }


def node_configuration(
    topology: Topology, index: int, ports: Sequence[int], bus_ports: Sequence[int]
) -> dict[str, str]:
    """What a data node gets on top of that."""
    if topology == "cluster":
        return {
            "cluster-enabled": "yes",
            "cluster-config-file": "nodes.conf",
            "cluster-port": str(bus_ports[index]),
            "cluster-node-timeout": "5000",
            # CLUSTER SLOTS leaves out replicas at replication offset 0; pings move it on.
            "repl-ping-replica-period": "1",
        }
    return {"replicaof": f"{HOST} {ports[0]}"} if index else {}


def cluster_map(line: str, ports: Sequence[int], bus_ports: Sequence[int]) -> list[str]:
    """Each node's nodes.conf: the cluster as it is to be, so that nothing needs to be created at run time."""
    ids = [secrets.token_hex(20) for _ in ports]
    # From 7.2 on a node says which shard it is of; 7.0 would take the field for a host name.
    shards = [f",,shard-id={secrets.token_hex(20)}" if line != "7.0" else "" for _ in range(_MASTERS)]
    edges = [_SLOTS * number // _MASTERS for number in range(_MASTERS + 1)]

    def row(index: int, myself: int) -> str:
        flags = "master" if index < _MASTERS else "slave"
        marked = f"myself,{flags}" if index == myself else flags
        master = "-" if index < _MASTERS else ids[index - _MASTERS]
        slots = f" {edges[index]}-{edges[index + 1] - 1}" if index < _MASTERS else ""
        epoch = index % _MASTERS + 1
        address = f"{HOST}:{ports[index]}@{bus_ports[index]}{shards[index % _MASTERS]}"
        return f"{ids[index]} {address} {marked} {master} 0 0 {epoch} connected{slots}\n"

    everyone = range(len(ports))
    epochs = f"vars currentEpoch {_MASTERS} lastVoteEpoch 0\n"
    return ["".join(row(index, myself) for index in everyone) + epochs for myself in everyone]


def sentinel_lines(
    data_ports: Sequence[int], sentinel_ports: Sequence[int], password: str | None, down_after: float
) -> list[list[str]]:
    """Each sentinel's own lines, which name the others, so that it need not wait to discover them."""
    ids = [secrets.token_hex(20) for _ in sentinel_ports]
    primary, *replicas = data_ports
    login = [f"sentinel auth-pass {MASTER_NAME} {password}"] if password is not None else []
    watch = [
        f"sentinel monitor {MASTER_NAME} {HOST} {primary} {_QUORUM}",
        f"sentinel down-after-milliseconds {MASTER_NAME} {down_after * 1000:.0f}",
        f"sentinel failover-timeout {MASTER_NAME} 10000",
        *login,
        *(f"sentinel known-replica {MASTER_NAME} {HOST} {port}" for port in replicas),
    ]
    peers = [
        f"sentinel known-sentinel {MASTER_NAME} {HOST} {port} {identity}"
        for port, identity in zip(sentinel_ports, ids, strict=True)
    ]
    return [
        [f"sentinel myid {identity}", *watch, *(peer for other, peer in enumerate(peers) if other != index)]
        for index, identity in enumerate(ids)
    ]


def missing_link(topology: Topology, nodes: Sequence[RedisNode], sentinels: Sequence[RedisNode]) -> str | None:
    """What the nodes still wait for before the topology is whole, or None."""
    for node in nodes:
        replication = node.admin.info("replication")
        if replication["role"] == "slave" and replication["master_link_status"] != "up":
            return f"{node.name} has no link to its primary"
        if replication["role"] == "master" and topology != "single":
            online = [key for key, value in replication.items() if key.startswith("slave") and "state=online" in value]
            if not online:
                return f"{node.name} has no replica online"
        if topology == "cluster":
            state = {line.split(":")[0]: line.split(":")[1] for line in str(node.admin.call("CLUSTER", "INFO")).split()}
            if state["cluster_state"] != "ok" or state["cluster_known_nodes"] != str(len(nodes)):
                return f"{node.name} sees the cluster as {state['cluster_state']}"
            # A range's row: first slot, last slot, its master, its replicas.
            if any(len(row) < 4 for row in node.admin.call("CLUSTER", "SLOTS")):
                return f"{node.name} does not know every replica to be in use"
    return next(filter(None, (_unseen(sentinel, len(nodes), len(sentinels)) for sentinel in sentinels)), None)


def _unseen(sentinel: RedisNode, nodes: int, sentinels: int) -> str | None:
    """What a sentinel does not see yet of its primary, the replicas and the other sentinels."""
    flat = sentinel.admin.call("SENTINEL", "MASTER", MASTER_NAME)
    seen = dict(zip(flat[::2], flat[1::2], strict=True))
    expected = ("master", str(nodes - 1), str(sentinels - 1))
    if (seen["flags"], seen["num-slaves"], seen["num-other-sentinels"]) != expected:
        return f"{sentinel.name} sees {seen['flags']}, {seen['num-slaves']} replicas"
    for rows in ("REPLICAS", "SENTINELS"):
        for row in sentinel.admin.call("SENTINEL", rows, MASTER_NAME):
            peer = dict(zip(row[::2], row[1::2], strict=True))
            if peer["flags"] not in {"slave", "sentinel"} or peer.get("master-link-status", "ok") != "ok":
                return f"{sentinel.name} sees {peer['name']} as {peer['flags']}"
    return None
