"""What was seen of something that is watched at one moment. What is not known is None, and never 0."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from mqinfra.model.frozen import dataclass
from mqinfra.providers.base.monitoring.watched import Watched

RETENTION_USED = 0.9
"""Share of a retention after which what is unread counts as about to be lost."""


@dataclass(frozen=True, slots=True)
class Lane:
    """Where one reader stands in what keeps its order: a partition, or a stream.

    Attributes:
        name: the partition; empty where there is only one.
        committed: where reading goes on; None where nothing was ever committed, or nobody reads.
        earliest: the first that is still there; None where that says nothing.
        end: where the next message will be.
        readable: up to where a reader can get now: what lies in open transactions comes after it.
        in_sync: how many replicas have everything.
    """

    name: str = ""
    committed: int | None = None
    earliest: int | None = None
    end: int | None = None
    readable: int | None = None
    in_sync: int | None = None

    @property
    def lag(self) -> int | None:
        """How far the reader is behind; ends are read after positions, but not at once, so it is never below 0."""
        goal = self.readable if self.readable is not None else self.end
        if self.committed is None or goal is None:
            return None
        return max(0, goal - self.committed)


@dataclass(frozen=True, slots=True)
class Sample:
    """What was seen of one thing.

    Attributes:
        at: when, in seconds since 1970 by our clock.
        unknown: why nothing is known, as a clause; then everything else says nothing.
        lanes: where its readers stand, or of what is read, its ends.
        waiting: messages that nobody has taken yet.
        held: messages that were taken and not acknowledged.
        consumers: members of a group, or who consumes a queue.
        state: the broker's own word for the state of a group.
        settled: whether the group has shared its partitions out; None where the word does not tell.
        length: messages that it holds.
        put: messages that ever came, as a counter.
        taken: messages that were ever consumed, as a counter.
        idle: seconds since the longest held message was delivered.
        age: seconds since the oldest waiting message was sent.
        lost: messages that went away unread.
        endangered: unread messages that their retention drops soon.
        overdue: unread messages that wait longer than what reads them promises.
        marked: ends may be those of markers of transactions, which nobody reads.
        counted: differences of positions are numbers of messages; false of compacted topics, and of ids.
    """

    at: float
    unknown: str = ""
    lanes: tuple[Lane, ...] = ()
    waiting: int | None = None
    held: int | None = None
    consumers: int | None = None
    state: str = ""
    settled: bool | None = None
    length: int | None = None
    put: int | None = None
    taken: int | None = None
    idle: float | None = None
    age: float | None = None
    lost: int | None = None
    endangered: int | None = None
    overdue: int | None = None
    marked: bool = False
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Observed:
    """A sample with what it is of: of a group that is known by the beginning of its name only, one that is there."""

    watched: Watched
    sample: Sample


class Sampler(ABC):
    """Looks at what is watched on one cluster, and changes nothing there."""

    @abstractmethod
    def sample(self, watched: Sequence[Watched]) -> list[Observed]:
        """Look at all of it once, by as few calls as the broker has for it.

        Raises:
            UserError: the cluster did not answer.
        """

    def unroutable(self) -> int | None:
        """Messages that no route took, as a counter of the whole cluster; None where nobody counts them.

        Raises:
            UserError: the cluster did not answer.
        """
        return None
