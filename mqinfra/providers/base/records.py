"""Where a cluster keeps records, and its lock: what sessions offer. What the texts say is the engine's business."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import field
from types import MappingProxyType

from mqinfra.model.frozen import dataclass
from mqinfra.model.record import Owner


@dataclass(frozen=True, slots=True)
class Stored:
    """What a store holds.

    Attributes:
        exists: whether its place exists; the first `save` makes it.
        texts: JSON texts by key.
        unavailable: of somebody else's, why they can't be read, for people; empty when they were.
    """

    exists: bool = False
    texts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    unavailable: str = ""


class RecordStore(ABC):
    """The records of one owner on one cluster: JSON texts by key, on storage of the broker's own.

    A key is any text; a text may have any length that a record has, some kB. Losing the store must never break a plan.

    Attributes:
        owner: whose records they are.
        place: where they are, for people: "topic `_mqinfra.shop.prod`".
        rights: what reading and writing it needs, for people, one right per line.
    """

    owner: Owner
    place: str
    rights: tuple[str, ...]

    @abstractmethod
    def load(self) -> Stored:
        """Read all of the owner's texts. What can't be decoded is left out.

        Raises:
            UserError: it can't be read: no right, no answer. A place that does not exist is no error.
        """

    @abstractmethod
    def save(self, texts: Mapping[str, str | None]) -> None:
        """Write texts in bulk, None to remove one, and return once the broker has them for good.

        Makes the place where there is none. The same call again is harmless.

        Raises:
            UserError: not all of it is known to be written.
        """

    def unkept(self) -> str:
        """Say why the caller can't write here, for people, as far as it may be asked without writing; empty if it can.

        Raises:
            UserError: there is no answer.
        """
        return ""

    @abstractmethod
    def others(self, keys: Collection[str]) -> Mapping[Owner, Mapping[str, str]]:
        """Read what other owners on the cluster have under some keys; owners that have none of them are left out.

        An owner whose records can't be read is left out too: all that follows is that its claims are not named.

        Raises:
            UserError: it can't be told which other owners there are.
        """

    @abstractmethod
    def load_others(self) -> Mapping[Owner, Stored]:
        """Read all texts of all other owners on the cluster in bulk.

        Raises:
            UserError: it can't be told which other owners there are.
        """


class Lock(ABC):
    """A lock that is held. It is advisory, so every write still compares first.

    Attributes:
        caveat: what it does not promise, for people: "best effort: a failover loses it"; empty where it holds.
    """

    caveat: str = ""

    @abstractmethod
    def lost(self) -> str:
        """Say why it is no longer held, cheaply, as it is asked before each write; empty while it is."""


class Unlocked(Lock):
    """The lock of a cluster that has none, or of an apply that was told to go without."""

    def lost(self) -> str:
        """Nothing was held, so nothing is lost."""
        return ""
