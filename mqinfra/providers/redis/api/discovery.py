"""Which servers make up a deployment: a master with its replicas, or a Cluster's nodes."""

from collections.abc import Mapping

from mqinfra.model.errors import UserError
from mqinfra.model.frozen import dataclass
from mqinfra.providers.base.connecting.addresses import joined
from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.redis.api.codes import NOT_READY
from mqinfra.providers.redis.api.faults import not_allowed
from mqinfra.providers.redis.api.node import Node
from mqinfra.providers.redis.api.replies import pairs, sections
from mqinfra.providers.redis.api.resp import Reply
from mqinfra.providers.redis.api.slots import SLOTS

_REPLICAS = 1_000
"""More than a master can feed."""


@dataclass(frozen=True, slots=True)
class Member:
    """One server.

    Attributes:
        name: `host:port` as the deployment announces it.
        master: it takes writes.
        here: it is the one that was asked.
        id: its id in a Cluster; empty without.
        down: the others hold it for dead.
        down_for: milliseconds for which a Sentinel has held it for dead.
        named: the cluster's block names it, and nobody else has done so yet.
        slots: the slots it serves.
    """

    name: str
    master: bool
    here: bool = False
    id: str = ""
    down: bool = False
    down_for: int = 0
    named: bool = False
    slots: tuple[int, ...] = ()


def replicated(name: str, info: Mapping[str, str]) -> list[Member]:
    """A master with the replicas that follow it now (`INFO replication`)."""
    members = [Member(name, master=True, here=True)]
    for number in range(_REPLICAS):
        line = info.get(f"slave{number}")
        if line is None:
            break
        fields = dict(part.partition("=")[::2] for part in line.split(","))
        if "ip" in fields and "port" in fields:
            members.append(Member(joined(fields["ip"], fields["port"]), master=False))
    return members


def replicas(rows: Reply) -> list[Member]:
    """The replicas that a Sentinel knows (`SENTINEL REPLICAS`), those that it has lost included; it never forgets."""
    found = []
    for fields in map(pairs, rows if isinstance(rows, list) else ()):
        flags = str(fields.get("flags", "")).split(",")
        since = str(fields.get("s-down-time", ""))
        if "ip" in fields and "port" in fields:
            name = joined(str(fields["ip"]), str(fields["port"]))
            down_for = int(since) if since.isdecimal() else 0
            found.append(Member(name, master=False, down="s_down" in flags or "o_down" in flags, down_for=down_for))
    return found


def announced(info: str) -> set[str]:
    """Names of the replicas in an `INFO replication`."""
    return {member.name for member in replicated("", sections(info)) if not member.here}


def members(node: Node, where: str) -> list[Member]:
    """The nodes of a Cluster by CLUSTER NODES; CLUSTER SLOTS leaves out replicas that have nothing to copy yet.

    Raises:
        UserError: it can't be asked, or some slots have no server.
    """
    state, table = node.read([("CLUSTER", "INFO"), ("CLUSTER", "NODES")])
    for reply, right in ((state, "cluster|info"), (table, "cluster|nodes")):
        if isinstance(reply, Fault):
            raise UserError([not_allowed(right, reply, where)])
    if sections(str(state)).get("cluster_state") != "ok":
        message = f"the Cluster behind `{node.name}` is down: some slots have no reachable server"
        raise UserError(
            [NOT_READY.at(message, address=where, help="see `CLUSTER NODES`; start the missing nodes, or fail over")]
        )
    return [member for line in str(table).splitlines() if (member := _member(line, node.name)) is not None]


def _member(line: str, asked: str) -> Member | None:
    parts = line.split()
    if len(parts) < 8:
        return None
    flags = parts[2].split(",")
    if "noaddr" in flags or "handshake" in flags:
        return None
    here = "myself" in flags
    host, _, port = parts[1].partition(",")[0].partition("@")[0].rpartition(":")
    name = joined(host, port) if host else asked
    slots = tuple(slot for part in parts[8:] if not part.startswith("[") for slot in _range(part))
    return Member(name, "master" in flags, here, parts[0], "fail" in flags, slots=slots)


def _range(text: str) -> range:
    first, _, last = text.partition("-")
    if not (first.isdecimal() and (last or first).isdecimal()) or len(first) > 5 or len(last) > 5:
        return range(0)
    return range(int(first), min(int(last or first), SLOTS - 1) + 1)
