"""What a deployment is known by: its name, or of a cluster that nobody named, one that all its nodes agree on.

Until somebody sets a cluster's name, each node gives another one: its own, with the full name of its host
(rabbit_nodes.erl `cluster_name_default/0`; measured on 3.10 and 4.3). What was planned through one node would be of
another cluster when the next is asked.
"""

from collections.abc import Sequence

from mqinfra.model.frozen import dataclass

_HERE = "localhost"


@dataclass(frozen=True, slots=True)
class Identity:
    """How to tell a deployment from others.

    Attributes:
        name: the same whichever node is asked.
        known_as: further names, by which it is known once that node was taken out of it.
    """

    name: str
    known_as: tuple[str, ...] = ()


def identity(told: str, node: str, nodes: Sequence[str]) -> Identity:
    """Choose a name.

    Args:
        told: what the node that is asked calls the cluster.
        node: what that node is called; empty for a caller who may not know.
        nodes: all nodes of the cluster, likewise.
    """
    if len(nodes) < 2 or not _is_default(told, node):
        return Identity(told)
    first, *rest = sorted(nodes)
    return Identity(first, tuple(rest))


def _is_default(told: str, node: str) -> bool:
    """Whether a cluster's name is the one of a node: what is before `@`, and the full name of what is behind it."""
    (own, _, host), (name, _, full) = node.partition("@"), told.partition("@")
    return bool(host) and own == name and (host in (_HERE, full) or full.startswith(f"{host}."))
