"""Users that the deployment itself logs in as: replicas at their master, and Sentinels at both.

Redis tells nobody whom a Sentinel logs in as; its connections do, which have a name of their own
(src/sentinel.c: sentinelSetClientName).
"""

from collections.abc import Iterable

from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.redis.api.node import Node
from mqinfra.providers.redis.api.replies import pairs

REPLICATION, SENTINEL = "replication", "Sentinel"
_ASK = (
    ("CONFIG", "GET", "masteruser"),
    ("CLIENT", "LIST", "TYPE", "replica"),
    ("CLIENT", "LIST", "TYPE", "pubsub"),
)


def find(nodes: Iterable[Node]) -> dict[str, str] | None:
    """Name the users by what they are for; None where no server tells."""
    found: dict[str, str] = {}
    told = False
    for node in nodes:
        config, replicas, subscribers = node.send(_ASK)
        told |= not (isinstance(config, Fault) and isinstance(replicas, Fault))
        if not isinstance(config, Fault) and (name := str(pairs(config).get("masteruser") or "")):
            found.setdefault(name, REPLICATION)
        for client in _clients(replicas):
            found.setdefault(client.get("user", ""), REPLICATION)
        for client in _clients(subscribers):
            if client.get("name", "").startswith("sentinel-"):
                found[client.get("user", "")] = SENTINEL
    found.pop("", None)
    return found if told else None


def _clients(reply: object) -> list[dict[str, str]]:
    lines = [] if isinstance(reply, Fault) else str(reply).splitlines()
    return [dict(part.partition("=")[::2] for part in line.split(" ")) for line in lines]
