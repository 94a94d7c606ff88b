"""Places: what is verified. Most are where messages go in and come out."""

from dataclasses import dataclass
from enum import StrEnum

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration


class About(StrEnum):
    """What a place is."""

    MESSAGES = "messages"
    """A declared resource that messages go through."""
    RESOURCE = "resource"
    """Another declared resource: a user, a policy."""
    CLUSTER = "cluster"
    """A cluster as a whole."""


@dataclass(frozen=True, slots=True)
class Place:
    """Something that is verified. Providers derive their own, with what only their checks look at.

    Attributes:
        address: the resource; `ALIAS/cluster/ALIAS` for a cluster.
        name: the broker's own name for it.
        declaration: what is declared of it; None for a cluster.
        about: what it is.
        lanes: how many partitions it has; 1 where it has none.
        ordered: whether messages of one key come out in the order in which they went in.
        unfit: why no copy of it can stand for it, as a clause; empty where one can.
    """

    address: Address
    name: str
    declaration: Declaration | None = None
    about: About = About.MESSAGES
    lanes: int = 1
    ordered: bool = True
    unfit: str = ""


def cluster_place(alias: str, endpoint: str) -> Place:
    """A cluster as a whole."""
    return Place(Address(alias, "cluster", (alias,)), endpoint, about=About.CLUSTER, unfit="it is a whole cluster")
