"""One connection to one server: commands out in pipelines, replies or faults back, nothing raised on the way."""

import re
import ssl
import time
from collections.abc import Sequence
from contextlib import suppress

from mqinfra.model.errors import UserError
from mqinfra.model.frozen import dataclass
from mqinfra.providers.base.connecting.fault import Fault, Meaning
from mqinfra.providers.redis.api.faults import fault_from
from mqinfra.providers.redis.api.raw_connection import RawConnection
from mqinfra.providers.redis.api.resp import Call, Reply, ServerError
from mqinfra.providers.redis.api.server import About

__all__ = ["Moved", "Node", "Reply"]

_PIPELINE = 1_000
"""Commands on their way at once: a larger number is no faster, and all their answers must come within the timeout."""
_MOMENT = 0.1
_MOVED = re.compile(r"(?P<how>MOVED|ASK) [0-9]+ (?P<name>\S+:[0-9]{1,5})")
_CODE = re.compile(r"(?:ERR|OOM|EXECABORT|NOPERM|NOAUTH|READONLY|CLUSTERDOWN|MASTERDOWN|TRYAGAIN|CROSSSLOT) ")
"""Words that say nothing to people that the rest of the error does not."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The slot of a key is elsewhere: for good, or for this one call while it moves.

    Attributes:
        name: `host:port` of the server that has it.
        once: only this call goes there, after ASKING.
    """

    name: str
    once: bool


class Node:
    """A server.

    Attributes:
        name: `host:port`, as it is known in the deployment.
        master: it takes writes.
        where: alias and address, for messages.
        about: what it says of itself.
    """

    def __init__(self, name: str, raw: RawConnection, where: str, timeout: float) -> None:
        self.name, self.where = name, where
        self.master = True
        self.about = About()
        self._raw, self._timeout = raw, timeout

    @property
    def patience(self) -> float:
        """Seconds in which answers have to come, where nobody says otherwise."""
        return self._timeout

    def send(self, calls: Sequence[Call], timeout: float | None = None) -> list[Reply]:
        """Send commands in order, and return one reply each; calls without an answer are faults that are lost.

        Args:
            calls: the commands.
            timeout: seconds in which the answers to a thousand have to come; the connection's own when left out.
        """
        patience = self._timeout if timeout is None else timeout
        replies: list[Reply] = []
        for start in range(0, len(calls), _PIPELINE):
            replies += self._pipeline(calls[start : start + _PIPELINE], patience)
        return replies

    def send_unheard(self, calls: Sequence[Call], timeout: float) -> None:
        """Send commands, give the server a moment for them, and hang up; whether it did them nobody knows."""
        with suppress(OSError, ServerError):  # then nobody knows either
            self._raw.send(calls, time.monotonic() + timeout)
            time.sleep(_MOMENT)
        self._raw.disconnect()

    def read(self, calls: Sequence[Call]) -> list[Reply]:
        """Send commands that read.

        Raises:
            UserError: the server did not answer, or can't serve now.
        """
        replies = self.send(calls)
        for reply in replies:
            if isinstance(reply, Fault) and (reply.lost or reply.retry):
                raise self.unreadable(reply)
        return replies

    def unreadable(self, fault: Fault) -> UserError:
        """The error of a server that does not answer a read."""
        return UserError([fault.unread(f"from `{self.name}`", self.where)])

    def another(self, timeout: float) -> "Node":
        """A connection of its own to the same server, which is made when it is first used.

        Args:
            timeout: seconds for each answer, or the present ones where those are fewer.
        """
        return Node(self.name, self.unmade(), self.where, min(timeout, self._timeout))

    def unmade(self) -> RawConnection:
        """A connection to the same server, as the same user, which is made when it is first used."""
        return RawConnection(self._raw.address, self._raw.username, self._raw.password, self._raw.context)

    def as_user(self, username: str | None, password: str | None, timeout: float) -> "Node":
        """A connection of its own to the same server, as somebody else; None for no login at all."""
        raw = RawConnection(self._raw.address, username, password, self._raw.context)
        return Node(self.name, raw, self.where, timeout)

    def in_plain(self, timeout: float) -> "Node":
        """A connection to the same address without TLS and without a login, to see that it comes to nothing."""
        return Node(self.name, RawConnection(self._raw.address, None, None, None), self.where, timeout)

    @property
    def context(self) -> ssl.SSLContext | None:
        """The TLS by which it is reached; None for none."""
        return self._raw.context

    def close(self) -> None:
        """Drop the connection."""
        self._raw.disconnect()

    def _pipeline(self, calls: Sequence[Call], timeout: float) -> list[Reply]:
        raw, end = self._raw, time.monotonic() + timeout
        replies: list[Reply] = []
        try:
            raw.send(calls, end)
            for _ in calls:
                replies.append(self._reply(end))  # noqa: PERF401 - those before a failure count
        except (OSError, ServerError) as error:  # ServerError: the login on a new connection
            raw.disconnect()
            replies += [_unanswered(error)] * (len(calls) - len(replies))
        return replies

    def _reply(self, end: float) -> Reply:
        try:
            return settled(self._raw.receive(end))
        except ServerError as error:
            return _answer(error)


def settled(reply: Reply) -> Reply:
    """A reply with the errors inside it, as EXEC gives them, taken for the whole's."""
    if isinstance(reply, list):
        inner = next((item for item in reply if isinstance(item, ServerError)), None)
        if inner is not None:
            return _answer(inner)
    return reply


def _answer(error: ServerError) -> Fault | Moved:
    text = str(error)
    moved = _MOVED.fullmatch(text)
    if moved is not None:
        return Moved(moved["name"], moved["how"] == "ASK")
    if text.startswith("LOADING"):
        return Fault("the server is loading its data", Meaning.RETRY)
    return Fault(_CODE.sub("", text, count=1) if _CODE.match(text) else text, fault_from(text).meaning)


def _unanswered(error: Exception) -> Fault:
    return Fault(str(error).strip() or type(error).__name__, Meaning.LOST)
