"""Calls to the management API as data, and what came of them.

Separate from the client that sends them, so that kinds can make calls and read answers without the HTTP library.
"""

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType

from pydantic import JsonValue

from mqinfra.model.frozen import dataclass
from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.base.connecting.urls import addressable, path_of

_UNADDRESSABLE = (".", "..")


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP call.

    Attributes:
        method: `GET`, `PUT`, `POST` or `DELETE`.
        segments: parts of the path after `/api`, as they are: `("queues", "/shop", "orders.email")`. Each is quoted
            with nothing left out, so that `/`, `%`, `@`, blanks and letters of any script arrive as they are.
        query: parameters, `{"disable_stats": "true"}`.
        body: JSON to send; None sends none.
        timeout: seconds for this call; None for the client's own.
        only_json: take no other answer. The server then says 406 of paths that it has nothing behind, and not 404 as
            of things that are not there.
    """

    method: str
    segments: tuple[str, ...]
    query: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    body: JsonValue = None
    timeout: float | None = None
    only_json: bool = False

    @property
    def path(self) -> str:
        """Path and query on the wire, `/api/queues/%2Fshop/orders.email`."""
        return "/api" + path_of(self.segments, self.query)

    @property
    def addressable(self) -> bool:
        """Whether the server can take the path for what it is.

        It decodes segments first and removes `.` and `..` then (cowboy_router.erl `remove_dot_segments`), so that a
        call about something of such a name would reach something else.
        """
        return addressable(self.segments, _UNADDRESSABLE)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Answer:
    """A yes: any status from 200 to 299.

    Attributes:
        status: HTTP status.
        body: what the server said; None where it said nothing.
        location: the `Location` header, which names what a POST made; empty without.
    """

    status: int
    body: JsonValue = None
    location: str = ""


@dataclass(frozen=True, slots=True)
class RabbitFault(Fault):
    """Anything but a yes.

    Attributes:
        status: HTTP status, or AMQP reply code; 0 when no answer of RabbitMQ's came.
        method: method of the call.
    """

    status: int = 0
    method: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """What a queue has at this moment, by AMQP, without the delay of the server's statistics.

    Attributes:
        messages: messages that are ready; those that consumers hold unconfirmed are not among them.
        consumers: number of consumers.
    """

    messages: int
    consumers: int
