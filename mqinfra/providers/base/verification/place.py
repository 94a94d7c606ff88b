"""Places: what is verified. Most are where messages go in and come out."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
from mqinfra.model.frozen import dataclass
from mqinfra.model.promises import NO_PROMISES, Promises
from mqinfra.model.span import Path, Span


class About(StrEnum):
    """What a place is."""

    MESSAGES = "messages"
    """A declared resource that messages go through."""
    RESOURCE = "resource"
    """Another declared resource: a user, a policy."""
    CLUSTER = "cluster"
    """A cluster as a whole."""


@dataclass(frozen=True, slots=True)
class Promised:
    """What a resource promises, by its manifest or because who calls asks for it.

    Attributes:
        promises: the promises.
        spans: the lines of a manifest that make them, by name as manifests write it; none of what the caller asks for.
        restart: the command that restarts the broker, for what is to be there afterwards; empty where none may be run.
    """

    promises: Promises = NO_PROMISES
    spans: Mapping[str, Span] = field(default_factory=lambda: MappingProxyType({}))
    restart: str = ""

    @classmethod
    def asked(cls, throughput: int | None, latency: Mapping[str, float], restart: str) -> "Promised":
        """What a caller asks of everything that messages go through.

        Args:
            throughput: messages per second; 0 for none whatever manifests say, None for what they say.
            latency: milliseconds by quantile; nothing for what manifests say.
            restart: the command that restarts the broker.
        """
        said: dict[str, Any] = {"latency": latency} if latency else {}
        if throughput is not None:
            said["throughput"] = throughput
        return cls(Promises.model_construct(**said), restart=restart)

    @property
    def throughput(self) -> int:
        """Messages per second that go through it; 0 for no promise."""
        return self.promises.throughput or 0

    @property
    def latency(self) -> Mapping[str, float]:
        """Milliseconds within which messages come, by quantile: `{"p99": 50.0}`."""
        return self.promises.latency


NOTHING_PROMISED = Promised()


@dataclass(frozen=True, slots=True)
class Lab:
    """What may be done to brokers that nobody depends on, as the caller says; by default nothing.

    Attributes:
        stop: the command that stops a node, in which `{node}` stands for its name; empty where none may be.
        start: the command that starts it again.
        connections: how many connections may be opened at once; 0 for no storm.
        poison: a message that the team's own consumer can't handle; None where none may be sent.
        alarm: the command that has the broker take no messages; empty where none may be run.
        calm: the command that ends that.
    """

    stop: str = ""
    start: str = ""
    connections: int = 0
    poison: bytes | None = field(default=None, repr=False)
    alarm: str = ""
    calm: str = ""


NO_LAB = Lab()


@dataclass(frozen=True, slots=True)
class SchemaOf:
    """A declared schema of a place's messages.

    Attributes:
        subject: what holds the schema, on the cluster of a registry.
        path: the field of the place's entry that names it.
        key: it is one of the messages' keys, and not of their bodies.
    """

    subject: Address
    path: Path = ()
    key: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Something that is verified. Providers derive their own, with what only their checks look at.

    Attributes:
        address: the resource; `ALIAS/cluster/ALIAS` for a cluster.
        name: the broker's own name for it.
        declaration: what is declared of it; None for a cluster.
        about: what it is.
        severs: whether the broker can be asked to end a client's connection.
        lanes: how many partitions it has; 1 where it has none.
        ordered: whether messages of one key come out in the order in which they went in.
        unfit: why no copy of it can stand for it, as a clause; empty where one can.
        promised: what it promises.
        replays: whether messages stay when they are accepted, so that another group can read them from the beginning.
        guest: whether procedures work with a copy of another resource of its cluster, as those on a whole cluster do.
        encrypted: whether it is reached by TLS.
        takes: why canaries can't be read from it in place, as a clause; empty where reading takes them from nobody.
        unbindable: why no queue of a run's own can be bound on its way, as a clause; empty where one can.
        reaches: canaries may get to what is in use, where that can't be helped.
        buries: whether it has dead letters.
        connects: whether connections can be opened to it by themselves.
        nodes: how many nodes the cluster has that it lies on.
        lab: what may be done to the brokers.
        schemas: the declared schemas of its messages; several where messages of several kinds go through it.
    """

    address: Address
    name: str
    declaration: Declaration | None = None
    about: About = About.MESSAGES
    severs: bool = False
    lanes: int = 1
    ordered: bool = True
    unfit: str = ""
    promised: Promised = NOTHING_PROMISED
    replays: bool = False
    guest: bool = False
    encrypted: bool = False
    takes: str = ""
    unbindable: str = ""
    reaches: bool = False
    buries: bool = False
    connects: bool = False
    nodes: int = 1
    lab: Lab = NO_LAB
    schemas: tuple[SchemaOf, ...] = ()


def cluster_place(alias: str, endpoint: str) -> Place:
    """A cluster as a whole."""
    return Place(
        Address(alias, "cluster", (alias,)),
        endpoint,
        about=About.CLUSTER,
        unfit="it has no resource that could be copied",
    )
