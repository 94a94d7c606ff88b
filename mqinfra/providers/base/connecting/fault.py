"""What an error means: refused, to be tried again, lost, a missing right, or about something that is not there."""

from dataclasses import field
from enum import Enum

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.frozen import dataclass
from mqinfra.providers.base.connecting.codes import NOT_READ
from mqinfra.providers.base.request import Lost, Refused

_SLOW = ("check whether the server is up, or give `--timeout` more seconds",)


class Meaning(Enum):
    """What follows from an error."""

    REFUSED = "refused"
    """The same call will be refused again."""
    RETRY = "retry"
    """The same call may succeed a moment later, and was not done."""
    LOST = "lost"
    """Nobody knows what became of the call."""
    DENIED = "denied"
    """A right is missing."""
    ABSENT = "absent"
    """What the call is about is not there."""


@dataclass(frozen=True, slots=True)
class Fault:
    """An error, of the server, of the client or of the connection.

    Attributes:
        message: what went wrong, in the server's own words where there are some.
        meaning: what follows from it.
        help: what to do now.
        finding: the whole finding, where the trouble is the connection's and not the call's.
    """

    message: str
    meaning: Meaning = Meaning.REFUSED
    help: tuple[str, ...] = ()
    finding: Diagnostic | None = field(default=None, repr=False, compare=False)

    @property
    def denied(self) -> bool:
        """Whether a right is missing."""
        return self.meaning is Meaning.DENIED

    @property
    def lost(self) -> bool:
        """Whether nobody knows what became of the call."""
        return self.meaning is Meaning.LOST

    @property
    def retry(self) -> bool:
        """Whether the same call may succeed a moment later."""
        return self.meaning is Meaning.RETRY

    @property
    def absent(self) -> bool:
        """Whether what the call is about is not there."""
        return self.meaning is Meaning.ABSENT

    def result(self, message: str = "", help_: tuple[str, ...] = ()) -> Refused | Lost:
        """What became of a call that writes.

        Args:
            message: words in place of the fault's own.
            help_: advice in place of the fault's own.
        """
        if self.lost:
            return Lost(message or self.message)
        return Refused(message or self.message, help_ or self.help, retry=self.retry)

    def unread(self, what: str, where: str, help_: tuple[str, ...] = ()) -> Diagnostic:
        """The finding of a call that reads and ended in this.

        Args:
            what: what was asked, such as "to `GET /api/queues`", or who.
            where: alias and address of the cluster, for messages.
            help_: advice in place of the fault's own.
        """
        return self.finding or NOT_READ.at(
            f"no usable answer {what}: {self.message}", address=where, help=help_ or self.help or _SLOW
        )
