"""Records: what a project says of a resource on the broker itself, so that the manifest means what it no longer says.

A record is a claim and no truth (design §6): losing one, or being unable to read it, can only mean fewer deletes.
"""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from types import MappingProxyType

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.frozen import dataclass, nothing
from mqinfra.model.scope import Owned


@dataclass(frozen=True, slots=True, order=True)
class Owner:
    """Whose records they are: a project in one of its environments.

    Attributes:
        project: the project's name.
        environment: the environment's name; behind an `@`, which no environment has in its name, the cluster that the
            records are of where they stand on another one.
    """

    project: str
    environment: str

    def __str__(self) -> str:
        return f"{self.project}/{self.environment}"

    @property
    def kept(self) -> str:
        """The cluster that the records are of where they stand on another one; empty where they don't."""
        return self.environment.partition("@")[2]

    def keeping(self, cluster: str) -> "Owner":
        """The same owner, of the records of one cluster that stand on another."""
        return Owner(self.project, f"{self.environment}@{cluster}")

    def within(self) -> "Owner":
        """The same owner, whatever cluster the records are of."""
        return Owner(self.project, self.environment.partition("@")[0])


class Origin(StrEnum):
    """How a resource came into a project: only what it created or adopted may go because nobody declares it."""

    CREATED = "created"
    ADOPTED = "adopted"
    FOUND = "found"


class Standing(StrEnum):
    """Whether what a record says was seen: `pending` is written before the broker is told, `applied` after the look."""

    PENDING = "pending"
    APPLIED = "applied"


@dataclass(frozen=True, slots=True)
class Record:
    """What a project's environment says of one resource. It stands under the resource's key, `Address.key`.

    Attributes:
        origin: how the resource came into the project.
        standing: whether it was seen as the record says.
        identity: the broker's own id of it when it was last seen; empty where the broker has none.
        cluster: ids by which the cluster may be known; another cluster with these records is a copy, and not ours.
        makers: keys of the entries whose sugar made it, sorted; empty for a plain entry.
        sugar: the sugar that made it, as people read it: `deadLetter of rabbitmq/queues/...`; empty for a plain entry.
        topology: name of the topology document that declared it.
        file: the manifest that declared it, relative to the project.
        labels: its labels, for selection.
        spec: what was last applied, without secrets.
        revisions: of the secrets that were last applied, by field: the number that their references had.
        protect: `lifecycle.protect`, which outlives the entry.
        started: observed fields that applies set where nothing was, as dotted paths, sorted: a value that goes away by
            itself, as offsets of an idle group do, is not set a second time.
    """

    origin: Origin
    standing: Standing
    identity: str = ""
    cluster: tuple[str, ...] = ()
    makers: tuple[str, ...] = ()
    sugar: str = ""
    topology: str = ""
    file: str = ""
    labels: Mapping[str, str] = field(default_factory=nothing)
    spec: Mapping[str, JsonValue] = field(default_factory=nothing)
    revisions: Mapping[str, int] = field(default_factory=nothing)
    protect: bool = False
    started: tuple[str, ...] = ()

    @property
    def ours(self) -> bool:
        """Whether the project made or took the resource, so that its routes and rights go with its entry."""
        return self.origin is not Origin.FOUND


@dataclass(frozen=True, slots=True)
class Claimant:
    """Somebody else whose record claims a resource.

    Attributes:
        owner: whose record it is.
        made: whether that project made or took the resource, and did not merely find it.
    """

    owner: Owner
    made: bool = True

    def __str__(self) -> str:
        return str(self.owner)


@dataclass(frozen=True, slots=True)
class Header:
    """What stands once per project and environment.

    Attributes:
        version: version of the records' format, `1.0`.
        tool: mqinfra that wrote it last.
        scope: what the project may own on this cluster.
    """

    version: str
    tool: str = ""
    scope: Owned = field(default_factory=Owned)


@dataclass(frozen=True, slots=True)
class Run:
    """One apply. A run without an end was killed, or goes on.

    Attributes:
        number: counts the runs of the project in its environment on this cluster, from 1.
        who: `user@host`.
        digest: digest of the plan that was applied.
        changes: changes of the plan on this cluster.
        started: the runner's time, ISO 8601 in UTC; for people only, nothing is decided by it.
        finished: the same for its end; empty while there is none.
        outcome: how it ended, by outcome and number: `{"applied": 3}`.
    """

    number: int
    who: str
    digest: str
    changes: int
    started: str
    finished: str = ""
    outcome: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class _ByRun:
    """Which run did something.

    Attributes:
        run: the run's number; 0 where it is not known.
        day: the runner's UTC date, ISO 8601; empty where it is not known.
    """

    run: int
    day: str

    def __str__(self) -> str:
        return f"apply {self.run} on {self.day}" if self.run else "an earlier apply"


@dataclass(frozen=True, slots=True)
class Use(_ByRun):
    """That a run used a line which consents to a loss. It stands under the line's digest.

    Attributes:
        begun: the run was about to send what rests on the line, and did not say how that ended. The line still counts
            for the rest of it, and no more once nothing is left.
    """

    begun: bool = False


@dataclass(frozen=True, slots=True)
class Begun(_ByRun):
    """That a run began what is done once. It stands under the digest of what that is, and is written before it is sent.

    Attributes:
        done: it was seen to be done; else nobody knows, and it is not done a second time.
    """

    done: bool = False


@dataclass(frozen=True, slots=True)
class Inventory:
    """What the records on one cluster say.

    Attributes:
        place: where they are, for people: "topic `_mqinfra.shop.prod`"; empty where the cluster keeps none.
        exists: whether there are any; the first apply makes them.
        records: the project's own, by address.
        foreign: of declared resources, and of those that might go, the others whose records claim them, sorted.
        header: the project's header; None while there is none.
        runs: the last runs, the newest first.
        uses: lines that runs have used, by digest.
        unavailable: why they could not be read, for people; empty when they were. Then nothing is claimed.
        begun: what is done once and was begun, by digest.
        neighbours: others who have records here, and what they may own; looked up only where this project may own
            something that its header does not say yet, or has applied but once.
        unread: why that can't be told of some or all of them, for people.
    """

    place: str = ""
    exists: bool = False
    records: Mapping[Address, Record] = field(default_factory=lambda: MappingProxyType({}))
    foreign: Mapping[Address, tuple[Claimant, ...]] = field(default_factory=lambda: MappingProxyType({}))
    header: Header | None = None
    runs: tuple[Run, ...] = ()
    uses: Mapping[str, Use] = field(default_factory=lambda: MappingProxyType({}))
    unavailable: str = ""
    begun: Mapping[str, Begun] = field(default_factory=lambda: MappingProxyType({}))
    neighbours: Mapping[Owner, Owned] = field(default_factory=lambda: MappingProxyType({}))
    unread: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        """Whether it can be told what the project claims; a place with nothing in it claims nothing, and is known."""
        return bool(self.place) and not self.unavailable
