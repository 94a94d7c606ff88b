"""What is watched of a topology: everything declared in which messages wait, with who reads it.

It follows from the manifests alone, so that alert rules and dashboards are made of it without a cluster.
"""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from types import MappingProxyType

from mqinfra.model.address import Address
from mqinfra.model.frozen import dataclass
from mqinfra.model.promises import NO_PROMISES, Promises, PromisesOfConsumers
from mqinfra.model.span import Span

OWNER_LABELS = ("owner", "team")
"""The labels that say whose something is; the first that is there counts."""


class What(StrEnum):
    """What is watched, in the words that tables and alerts use."""

    TOPIC = "topic"
    GROUP = "group"
    """A consumer group on one topic."""
    SHARE_GROUP = "share group"
    """A group whose members share partitions, on one topic: it has no offset to be behind by."""
    QUEUE = "queue"
    STREAM = "stream"
    STREAM_GROUP = "stream group"

    @property
    def reads(self) -> bool:
        """Whether it is somebody who reads, and not what is read."""
        return self in (What.GROUP, What.SHARE_GROUP, What.STREAM_GROUP)


class Role(StrEnum):
    """What messages wait for."""

    WORK = "work"
    """Consumers, who should come."""
    DEAD_LETTERS = "dead letters"
    """A person who looks what went wrong: any message is news, and nobody has to consume."""
    DELAY = "delay"
    """Time to pass, after which the broker moves them on: nobody ever consumes."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What is declared that bounds what waits. None where nothing says, or where there is no bound.

    Attributes:
        retention_ms: after how many milliseconds messages expire, read or not.
        retention_bytes: beyond how many bytes per partition, queue or stream the oldest go.
        compacted: older messages of a key go when newer ones come, so that offsets count more than there are.
        max_length: how many messages it may hold, or should.
        max_length_bytes: how many bytes of messages a queue may hold.
        delivery_limit: how often a message may fail.
        partitions: how many a topic has.
        replicas: how many copies of each partition there are.
        min_insync: how many of them must have a message before it counts as written.
    """

    retention_ms: int | None = None
    retention_bytes: int | None = None
    compacted: bool = False
    max_length: int | None = None
    max_length_bytes: int | None = None
    delivery_limit: int | None = None
    partitions: int | None = None
    replicas: int | None = None
    min_insync: int | None = None


UNLIMITED = Limits()


@dataclass(frozen=True, slots=True)
class Watched:
    """One thing to watch: a topic, queue or stream, or a group on one of these.

    Attributes:
        address: the topic, queue or stream; of a group of which nobody says what it reads, the group.
        name: its name on the broker; empty for a group of which nobody says what it reads.
        what: what it is.
        span: the entry that declares it; of a group, the one that says that it reads there.
        place: what it lies in, such as a vhost; empty where there is no such thing.
        consumer: the group's name; empty for what is read.
        prefixed: `consumer` is only what names of groups begin with.
        role: what messages wait there for.
        dead_letters: where they go that consumers give up on; None where nobody says.
        letters_of: whose dead letters, or delayed messages, it holds.
        replays: messages stay when they are read, so that its length is no backlog.
        labels: as declared: a group's own, else those of who may read as it.
        limits: what bounds what waits there; of a group, those of what it reads.
        promises: what it promises; of a group that says nothing of itself, what that promises which it reads.
    """

    address: Address
    name: str
    what: What
    span: Span
    place: str = ""
    consumer: str = ""
    prefixed: bool = False
    role: Role = Role.WORK
    dead_letters: Address | None = None
    letters_of: tuple[Address, ...] = ()
    replays: bool = False
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    limits: Limits = UNLIMITED
    promises: Promises = NO_PROMISES

    @property
    def key(self) -> tuple[Address, str]:
        """What tells it from all others."""
        return self.address, self.consumer

    @property
    def consumed(self) -> bool:
        """Whether messages wait in it for somebody to take them: a group, or a queue that they leave when taken."""
        return self.what.reads or (self.what is What.QUEUE and not self.replays)

    @property
    def owner(self) -> str:
        """Who answers for it; empty where no label says."""
        return next((self.labels[name] for name in OWNER_LABELS if self.labels.get(name)), "")


def promises_of_reader(own: Promises, source: Promises) -> Promises:
    """What a group promises: what it says of itself, and else what is promised of whoever reads its source."""
    some = PromisesOfConsumers.model_fields
    return own.model_copy(
        update={name: getattr(own if name in own.model_fields_set else source, name) for name in some}
    )
