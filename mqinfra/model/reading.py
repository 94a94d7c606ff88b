"""What was read of a cluster. Separate from State because it also says how much of it could be seen."""

from abc import abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.frozen import dataclass, nothing
from mqinfra.model.span import Path
from mqinfra.model.spec import Spec
from mqinfra.model.state import State
from mqinfra.model.written import Written


class Source(StrEnum):
    """Where a reading comes from. Only a live one can be applied to a real broker."""

    LIVE = "live"
    SANDBOX = "sandbox"
    SNAPSHOT = "snapshot"


class Coverage(StrEnum):
    """How much of a kind was seen: everything, only what was asked for by name, or nothing for lack of rights."""

    COMPLETE = "complete"
    NAMED = "named"
    DENIED = "denied"


class Facts(Written):
    """What a cluster says of itself.

    Attributes:
        cluster_id: the broker's own id; apply compares it before any write.
        product: what the broker calls itself where several are of one type, `valkey`; empty for the type's own name.
        version: broker version as text, `4.1`; empty when the broker does not tell.
        version_is_exact: False when the version was derived from what the broker supports.
        brokers: number of brokers that are alive.
        racks: distinct racks; empty when none are configured.
        endpoint: `host:port` for messages, never with credentials.
        known_as: further ids by which it may be known, where it has none that outlives its members' addresses.
        traits: what else of the cluster rules look at, by the broker's own words: `{"maxmemory-policy": "noeviction"}`.
    """

    cluster_id: str
    product: str = ""
    version: str = ""
    version_is_exact: bool = True
    brokers: int = 1
    racks: tuple[str, ...] = ()
    endpoint: str = ""
    known_as: tuple[str, ...] = ()
    traits: Mapping[str, str] = {}

    @property
    def ids(self) -> tuple[str, ...]:
        """All ids by which the cluster may be known, sorted; none where it does not tell any."""
        return tuple(sorted({self.cluster_id, *self.known_as} - {""}))

    @property
    def version_tuple(self) -> tuple[int, ...]:
        """The version as numbers, `(4, 1)`; empty when unknown."""
        parts = self.version.split(".")
        return tuple(int(part) for part in parts if part.isdigit())


@dataclass(frozen=True, slots=True)
class Live:
    """One resource as the broker has it.

    Attributes:
        spec: its own settings; what it inherits is unset here.
        identity: the broker's own id of it, which changes when it is deleted and made again; empty if it has none.
        inherited: values that apply because nobody set them on the resource, by path.
        per_node: the nodes on which it looks otherwise, where each node keeps its own; None where it is missing.
        unknown: fields of which the reading can't tell, such as passwords in a file; they count as they are wanted.
        mixed: fields that say less than there is, such as a number that not all parts of the resource have; whether one
            is as wanted, the kind is asked also where the values are equal.
        private: what the provider needs to compare secrets; never shown, saved or digested.
    """

    spec: Spec
    identity: str = ""
    inherited: Mapping[Path, JsonValue] = field(default_factory=nothing)
    per_node: Mapping[str, Spec | None] = field(default_factory=nothing)
    unknown: frozenset[Path] = frozenset()
    mixed: frozenset[Path] = frozenset()
    private: object = field(default=None, repr=False, compare=False)

    def value(self, path: Path) -> JsonValue:
        """The value in force: the resource's own, else the inherited one, else None."""
        own = self.spec.field(path)
        return own if own is not None else self.inherited.get(path)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a destructive change would cost, read only for such changes. None means it could not be read.

    Attributes:
        messages: messages the resource holds.
        consumers: names of the groups or clients that use it now.
        details: further phrases for people about what goes with it; never compared, and never asked consent for.
        attached: resources that go with it, such as the bindings of a queue.
        positions: partitions in which a group has read something.
    """

    messages: int | None = None
    consumers: tuple[str, ...] | None = None
    details: tuple[str, ...] = ()
    attached: tuple[Address, ...] = ()
    positions: int | None = None


class Listing(Collection[Address]):
    """Addresses of which there may be a hundred thousand, nearly all of them others': each is made when asked for."""

    @abstractmethod
    def owned(self, owns: Callable[[Address], bool]) -> Iterable[Address]:
        """Those that somebody owns, told by as few of them as will do."""


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read of one cluster in one go.

    Attributes:
        alias: the cluster's alias.
        type: `kafka`, `rabbitmq`, `redis`, `registry`.
        facts: what the cluster says of itself.
        source: where the reading comes from.
        coverage: per kind, how much was seen; a kind that was not asked for is missing.
        resources: what is there.
        denied: addresses that may exist but can't be seen, with the broker's reason. Never treated as absent.
        neighbours: what was seen in passing and nobody asked for, where rules need it; never planned for.
        unseen: of a reading of everything, why a part of it is missing: by kind, and the names that it lies in.
        listed: per kind, all there are, also those that nobody asked for; a kind that was not seen whole is missing.
        taken: when it was saved, in UTC; None for what was read now, and where the file does not say.
    """

    alias: str
    type: str
    facts: Facts
    source: Source = Source.LIVE
    coverage: Mapping[str, Coverage] = field(default_factory=lambda: MappingProxyType({}))
    resources: Mapping[Address, Live] = field(default_factory=lambda: MappingProxyType({}))
    denied: Mapping[Address, str] = field(default_factory=lambda: MappingProxyType({}))
    neighbours: Mapping[Address, Live] = field(default_factory=lambda: MappingProxyType({}))
    unseen: Mapping[tuple[str, ...], str] = field(default_factory=lambda: MappingProxyType({}))
    listed: Mapping[str, Collection[Address]] = field(default_factory=lambda: MappingProxyType({}))
    taken: datetime | None = None

    @property
    def state(self) -> State:
        """The live State."""
        return State({address: live.spec for address, live in self.resources.items()})
