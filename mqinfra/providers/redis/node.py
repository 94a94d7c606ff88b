"""One connection to one server: commands out in pipelines, replies or faults back, nothing raised on the way."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from redis.exceptions import AskError, MovedError, RedisError, ResponseError

from mqinfra.model.errors import UserError
from mqinfra.providers.redis.codes import NOT_READ
from mqinfra.providers.redis.faults import Fault, fault_from
from mqinfra.providers.redis.line import Call, Line

Reply = Any
"""What the server said: texts, numbers, None and lists of them; a `Fault` where it said no."""

_PIPELINE = 1_000
"""Commands on their way at once: a larger number is no faster, and what an answer to each takes must fit in memory."""


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
        persistence: how its ACL users last: `aclfile`, `config`, `none`, or `unknown`.
    """

    def __init__(self, name: str, line: Line, where: str, timeout: float) -> None:
        self.name, self.where = name, where
        self.master = True
        self.persistence = "unknown"
        self._line, self._timeout = line, timeout

    def send(self, calls: Sequence[Call]) -> list[Reply]:
        """Send commands in order, and return one reply each; calls without an answer are faults that are lost."""
        replies: list[Reply] = []
        for start in range(0, len(calls), _PIPELINE):
            replies += self._pipeline(calls[start : start + _PIPELINE])
        return replies

    def read(self, calls: Sequence[Call]) -> list[Reply]:
        """Send commands that read.

        Raises:
            UserError: the server did not answer, or can't serve now.
        """
        replies = self.send(calls)
        for reply in replies:
            if isinstance(reply, Fault) and reply.meaning in ("lost", "retry"):
                raise self.unreadable(reply)
        return replies

    def unreadable(self, fault: Fault) -> UserError:
        """The error of a server that does not answer a read."""
        return UserError(
            [
                NOT_READ.at(
                    f"`{self.name}` did not answer: {fault.text}",
                    address=self.where,
                    help="see whether the server is up, or give `--timeout` more seconds",
                )
            ]
        )

    def close(self) -> None:
        """Drop the connection."""
        self._line.disconnect()

    def _pipeline(self, calls: Sequence[Call]) -> list[Reply]:
        line = self._line
        try:
            line.send_packed_command(line.pack_commands(calls))
        except (RedisError, OSError) as error:
            line.disconnect()
            return [Fault(_words(error), "lost")] * len(calls)
        replies: list[Reply] = []
        for _ in calls:
            try:
                replies.append(settled(line.read_response(timeout=self._timeout)))
            except ResponseError as error:
                replies.append(_answer(error))
            except (RedisError, OSError) as error:
                fault = _refusal(error)
                replies.append(fault)
                if fault.lost:
                    line.disconnect()
                    replies += [fault] * (len(calls) - len(replies))
                    break
        return replies


def settled(reply: Reply) -> Reply:
    """A reply with the errors inside it, as EXEC gives them, taken for the whole's."""
    if isinstance(reply, list):
        inner = next((item for item in reply if isinstance(item, ResponseError)), None)
        if inner is not None:
            return _answer(inner)
    return reply


def _answer(error: ResponseError) -> Fault | Moved:
    if isinstance(error, MovedError | AskError):
        return Moved(f"{error.host}:{error.port}", isinstance(error, AskError))
    kind = {"NoPermissionError": "NOPERM ", "ReadOnlyError": "READONLY ", "ClusterDownError": "CLUSTERDOWN "}
    fault = fault_from(kind.get(type(error).__name__, "") + str(error))
    return Fault(str(error), fault.meaning)


def _refusal(error: Exception) -> Fault:
    # These are no ResponseErrors in the client, and yet the server's own answers.
    if type(error).__name__ == "BusyLoadingError":
        return Fault("the server is loading its data", "retry")
    if type(error).__name__ == "AuthenticationError":
        return Fault(str(error), "denied")
    return Fault(_words(error), "lost")


def _words(error: Exception) -> str:
    text = str(error).strip()
    return text or type(error).__name__
