"""Grounds: a place that is ready to be tested on, real or a copy, with clients for it.

Procedures work through these alone. They are handed out with a history around them (`recorded`), so no
client can forget to write down what it did.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Generic, NamedTuple, Self, TypeVar

from mqinfra.model.judgement import Mode
from mqinfra.providers.base.verification.message import Delivery, Message, Sent
from mqinfra.providers.base.verification.place import Place

P = TypeVar("P", bound=Place)


class Used(NamedTuple):
    """How much of something is used, and how much there may be of it."""

    used: int
    most: int


class Client(ABC):
    """One connection of its own."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def close(self) -> None:
        """End the connection in the way a client should."""


class Producer(Client):
    """Sends messages and waits for the broker's word. It sends none again of its own accord."""

    @abstractmethod
    def send(self, messages: Sequence[Message], timeout: float) -> Sequence[Sent]:
        """Send messages, and say of each what became of it, in their order.

        Args:
            messages: what to send.
            timeout: seconds to wait for all answers; what has none by then is unknown.
        """


class Consumer(Client):
    """Receives messages and answers for each. It is ready when it is made: assigned, subscribed, its group there."""

    @abstractmethod
    def receive(self, most: int, timeout: float) -> Sequence[Delivery]:
        """Take up to `most` messages; return what came within `timeout` seconds, at once when all came."""

    @abstractmethod
    def accept(self, deliveries: Sequence[Delivery]) -> None:
        """Say that messages are done with."""

    @abstractmethod
    def reject(self, delivery: Delivery) -> None:
        """Give a message up. A broker without dead letters is told by the convention that is declared."""

    @abstractmethod
    def requeue(self, delivery: Delivery) -> None:
        """Give a message back, so that it is delivered again."""

    @abstractmethod
    def crash(self) -> None:
        """End without a word: the connection is cut, what was not accepted stays so."""


class Ground(ABC, Generic[P]):
    """A place to test on.

    Attributes:
        place: the place that it is or stands for.
        mode: how near it is.
        name: the name that messages are sent to, by the broker's words.
        room: how many messages may wait in it before it drops or refuses any; None for as many as anybody sends.
        settles: seconds after which the broker has written down that it is there at all. What it stands for is older
            than that, so whoever restarts the broker waits as long before anything is sent.
    """

    place: P
    mode: Mode
    name: str
    room: int | None = None
    settles: float = 0.0

    @abstractmethod
    def producer(self) -> Producer:
        """A producer with acknowledgements, that sends each message once."""

    @abstractmethod
    def consumer(self, *, group: str = "one", accepts_itself: bool = False) -> Consumer:
        """A consumer that is ready.

        Args:
            group: consumers of one group share messages. Where the broker knows no groups, all share.
            accepts_itself: messages count as done when they are delivered.
        """

    def doomed(self, *, group: str = "one", accepts_itself: bool = False) -> Consumer:
        """A consumer that is going to crash; a process of its own where that can't be done to a client of this one."""
        return self.consumer(group=group, accepts_itself=accepts_itself)

    @abstractmethod
    def drain(self, timeout: float) -> Iterator[Delivery]:
        """Read what is there with a fresh client, from the beginning, to the end that it had when this was called."""

    @abstractmethod
    def drain_dead(self, timeout: float) -> Iterator[Delivery]:
        """The same of its dead letters; nothing where it has none. In place, only those that came since it was made."""

    def sever(self) -> int | None:
        """Have the broker end the connections of this ground's clients, and say how many; None where it can't be asked.

        Raises:
            UserError: the broker refuses.
        """
        return None

    @abstractmethod
    def depth(self) -> int | None:
        """How many messages wait to be delivered; None where the broker does not tell."""

    def passed(self, sent: Sequence[Sent]) -> int | None:  # noqa: ARG002 - for those that can be asked
        """How many of these messages the place's own consumers have done with; None where the broker can't be asked."""
        return None

    def leader(self) -> str | None:
        """The node that answers for this ground now, by the name that commands know it by; None where none does."""
        return None

    def nodes(self) -> Sequence[str]:
        """The nodes of the cluster that are up, by the same names.

        Raises:
            UserError: the cluster does not answer.
        """
        return ()

    def settled(self) -> bool:
        """Whether every replica of this ground is there and has all messages."""
        return True

    def connect(self) -> Client | None:
        """One more connection that the broker has taken; None where connections can't be opened by themselves.

        Raises:
            UserError: the broker refuses.
        """
        return None

    def limits(self) -> Mapping[str, Used]:
        """What the broker limits and says how much is left of, by its own words; nothing where it does not say."""
        return {}
