"""The topology of a plan: what its resources are to each other, for pictures. Made only where one is asked for.

It is no part of the digest: what a picture shows decides nothing.
"""

from collections.abc import Mapping
from enum import StrEnum

from mqinfra.model.address import Address
from mqinfra.model.document import Document
from mqinfra.model.span import Span


class Flow(StrEnum):
    """What an edge stands for."""

    MESSAGES = "messages"
    """Messages go that way."""
    ACCESS = "access"
    """Somebody may send or read them."""
    MEMBERSHIP = "membership"
    """One belongs to the other, as a group does to what it reads."""
    SETTINGS = "settings"
    """One says what holds for the other, as a policy does."""


class Status(StrEnum):
    """What a plan does to a part of the topology; the words of `Action`, and those for what no change speaks of."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    ADOPT = "adopt"
    FORGET = "forget"
    UNCHANGED = "unchanged"
    DECLARED = "declared"
    """A manifest says so; nobody looked at the cluster, or it is not selected."""
    UNDECLARED = "undeclared"
    """No manifest of the project says so: something of others, or what is left over."""

    @property
    def changes(self) -> bool:
        """Whether a plan does anything to it."""
        return self in _CHANGES


_CHANGES = frozenset((Status.CREATE, Status.UPDATE, Status.REPLACE, Status.DELETE, Status.ADOPT, Status.FORGET))


class Node(Document):
    """One resource in a picture.

    Attributes:
        address: the resource.
        title: what people call one of its kind: `queue`.
        label: its name.
        place: what it lies in on its cluster; empty where there is no such thing.
        caption: what matters most of it in two or three words: `quorum`, `12 partitions`.
        labels: as declared.
        status: what happens to it.
        made_by: the entries whose sugar makes it.
        span: where it is declared, or what makes it.
    """

    address: Address
    title: str
    label: str
    place: str = ""
    caption: str = ""
    labels: Mapping[str, str] = {}
    status: Status = Status.DECLARED
    made_by: tuple[Address, ...] = ()
    span: Span | None = None


class Edge(Document):
    """One line in a picture.

    Attributes:
        source: where it begins.
        target: where it ends.
        word: what is written on it: a routing key, `dead letters`, `after 10s`, `consumes`.
        flow: what it stands for.
        by: the resource that it comes from; a binding is nothing but its line.
        status: whether it comes, goes or stays.
        labels: of the resource that it comes from, as declared.
    """

    source: Address
    target: Address
    word: str
    flow: Flow
    by: Address
    status: Status = Status.DECLARED
    labels: Mapping[str, str] = {}


class Topology(Document):
    """Resources and what they are to each other.

    Attributes:
        nodes: sorted by address.
        edges: sorted by where they begin, where they end, and what is written on them.
    """

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
