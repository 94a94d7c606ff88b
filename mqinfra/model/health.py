"""How what is declared is doing: what `mqinfra monitor status` shows, in every format."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from mqinfra.model.address import Address
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.reading import Source
from mqinfra.model.span import Span
from mqinfra.model.written import Written


class State(StrEnum):
    """How something is doing."""

    OK = "OK"
    EMPTY_OK = "EMPTY_OK"
    """Nobody is there to consume, and nobody has to be: `promises: {batch: true}`."""
    CATCHING_UP = "CATCHING_UP"
    REBALANCING = "REBALANCING"
    LAGGING = "LAGGING"
    DLQ_GROWING = "DLQ_GROWING"
    PEL_STUCK = "PEL_STUCK"
    NO_MEMBERS = "NO_MEMBERS"
    STALLED = "STALLED"
    """It has not moved since it is watched."""
    STOPPED = "STOPPED"
    """It moved, and does not any more."""
    REWOUND = "REWOUND"
    AT_RISK_OF_LOSS = "AT_RISK_OF_LOSS"
    UNKNOWN = "UNKNOWN"

    @property
    def bad(self) -> bool:
        """Whether somebody has to do something."""
        return self in _BAD

    @property
    def rank(self) -> int:
        """The worse, the lower; what is not known stands behind what is bad."""
        return _ORDER.index(self)


_ORDER = (
    State.AT_RISK_OF_LOSS,
    State.REWOUND,
    State.STOPPED,
    State.STALLED,
    State.NO_MEMBERS,
    State.PEL_STUCK,
    State.DLQ_GROWING,
    State.LAGGING,
    State.REBALANCING,
    State.UNKNOWN,
    State.CATCHING_UP,
    State.EMPTY_OK,
    State.OK,
)
_BAD = frozenset(_ORDER[: _ORDER.index(State.UNKNOWN)])


class Health(Written):
    """How one thing is doing.

    Attributes:
        address: the topic, queue or stream.
        name: its name on the broker.
        what: what it is: `topic`, `group`, `queue`, `stream`, `stream group`.
        place: what it lies in, such as a vhost.
        consumer: the group that reads it.
        role: what messages wait there for: `work`, `dead letters`, `delay`.
        owner: who answers for it.
        labels: as declared.
        span: the entry.
        state: how it is doing.
        rule: the rule that says so.
        reason: why, with numbers.
        since: since when it is so, in UTC; None of a good state.
        since_before: it was so already when it was first looked at.
        waiting: messages that nobody has taken yet; None where nobody knows.
        held: messages that were taken and not acknowledged.
        consumers: who reads it.
        length: messages that it holds.
        arriving: messages per second that came while it was watched.
        growing: messages per second by which the backlog grows; negative where it shrinks.
        eta: seconds until it has caught up.
        delay: seconds by which readers are behind.
        delay_beyond: they are behind by more than that.
        backlog: what waited, or what it holds, sample by sample.
        diagnose: the command that looks further.
    """

    address: Address
    name: str
    what: str
    place: str = ""
    consumer: str = ""
    role: str = ""
    owner: str = ""
    labels: Mapping[str, str] = {}
    span: Span | None = None
    state: State
    rule: str
    reason: str
    since: datetime | None = None
    since_before: bool = False
    waiting: int | None = None
    held: int | None = None
    consumers: int | None = None
    length: int | None = None
    arriving: float | None = None
    growing: float | None = None
    eta: float | None = None
    delay: float | None = None
    delay_beyond: bool = False
    backlog: tuple[int | None, ...] = ()
    diagnose: str = ""


class WatchedCluster(Written):
    """A cluster as it was met.

    Attributes:
        alias: its alias.
        type: the broker's type.
        version: its version; empty where it was not reached.
        endpoint: `host:port`.
        source: a real broker, a sandbox or a snapshot.
        down: why it could not be looked at; empty where it could.
    """

    alias: str
    type: str
    version: str = ""
    endpoint: str = ""
    source: Source = Source.LIVE
    down: str = ""


class HealthReport(Written):
    """How everything that is declared is doing.

    Attributes:
        project: the project.
        environment: the environment.
        taken: when it was last looked at, in UTC.
        seconds: how long it was watched.
        samples: how often it was looked at.
        clusters: the clusters.
        rows: the worst first, then as declared.
        interrupted: somebody stopped it.
    """

    project: str
    environment: str
    taken: datetime
    seconds: float
    samples: int
    clusters: tuple[WatchedCluster, ...]
    rows: tuple[Health, ...]
    interrupted: bool = False

    @property
    def counts(self) -> Mapping[State, int]:
        """How many are in each state."""
        return Counter(row.state for row in self.rows)

    def exit_code(self, *, check: bool) -> ExitCode:
        """What the process ends with.

        Args:
            check: whether what is bad, or not known, is told by it.
        """
        if self.interrupted:
            return ExitCode.INTERRUPTED
        if any(cluster.down for cluster in self.clusters):
            return ExitCode.ERROR
        if check and any(row.state.bad for row in self.rows):
            return ExitCode.PROMISE
        unknown = check and any(row.state is State.UNKNOWN for row in self.rows)
        return ExitCode.INCONCLUSIVE if unknown else ExitCode.OK
