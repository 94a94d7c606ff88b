"""What the kinds of a RabbitMQ deployment act through: its management API, and AMQP for what HTTP tells too late.

Importing it brings in no client library; `connect` hands in what talks to the server.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import JsonValue

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.errors import UserError
from mqinfra.providers.base.connecting.workers import side_by_side
from mqinfra.providers.rabbitmq.api.call import Answer, Call, Counts, RabbitFault
from mqinfra.providers.rabbitmq.api.faults import to_result

if TYPE_CHECKING:
    from mqinfra.providers.rabbitmq.api.amqp import Broker
    from mqinfra.providers.rabbitmq.api.declaring import Declarer
    from mqinfra.providers.rabbitmq.api.http import Http
    from mqinfra.providers.rabbitmq.io.queue_statistics import Proof

__all__ = ["Answer", "Call", "Counts", "RabbitClient", "RabbitFault", "to_result"]

_COLD = 2
"""Calls below this number are not worth a thread each."""
MANY = 500
"""Calls from this number on are worth connections by AMQP of their own, if they declare."""
_DONE = 204


@dataclass
class RabbitClient:
    """One connected deployment.

    Attributes:
        where: alias and address, for messages.
        http: its management API.
        width: calls on their way at once.
        user: as whom the connection was made.
        tags: tags of the user, such as `administrator` or `policymaker`.
        version: the server's version as text, `3.10.8`.
        exchange_types: types of exchanges that the server can make.
        features: names of the feature flags that are on; empty where they can't be read.
        broker: where and as whom AMQP is spoken.
        bindings: per vhost, how many bindings it was last seen to have.
        proofs: by vhost and name, when a queue was last seen to be empty for certain.
        down: nodes of the cluster that were down when it was connected to; None for a caller who may not know.
        decoded: what to say where a proxy decodes slashes in names; None where they arrive.
        lock_is_seen: while we hold a lock by AMQP, tells whether the management API has it, so that both certainly lead
            to the same deployment.
    """

    where: str
    http: "Http" = field(repr=False)
    width: int
    user: str
    tags: frozenset[str]
    version: str
    exchange_types: frozenset[str]
    features: frozenset[str]
    broker: "Broker" = field(repr=False)
    bindings: dict[str, int] = field(default_factory=dict, repr=False)
    proofs: dict[tuple[str, ...], "Proof"] = field(default_factory=dict, repr=False)
    down: frozenset[str] | None = frozenset()
    decoded: Diagnostic | None = None
    lock_is_seen: Callable[[], bool] | None = field(default=None, repr=False)
    _declarer: "Declarer | None" = field(default=None, repr=False)

    @property
    def version_tuple(self) -> tuple[int, ...]:
        """The version as numbers, `(3, 10, 8)`."""
        return tuple(int(part) for part in self.version.split("-", 1)[0].split("+", 1)[0].split(".") if part.isdigit())

    def get(self, *segments: str, **query: str) -> JsonValue | RabbitFault:
        """Read one thing; a fault with status 404 where there is none, with 401 or 403 where a right is missing.

        Raises:
            UserError: the server did not answer, or can't serve now.
        """
        answer = self._read(Call("GET", segments, query))
        return answer.body if isinstance(answer, Answer) else answer

    def lists(self, calls: Sequence[Call]) -> list[Answer | RabbitFault]:
        """Read side by side; answers in order.

        Raises:
            UserError: the server did not answer, or can't serve now.
        """
        if len(calls) < _COLD:
            return [self._read(call) for call in calls]
        return side_by_side(calls, self._read, self.width)

    def send(self, calls: Sequence[Call]) -> list[Answer | RabbitFault]:
        """Send calls that write, side by side; answers in order. Each is sent once at most, and nothing is raised."""
        if len(calls) < _COLD:
            return self.serially(calls)
        return side_by_side(calls, self.http.call, self.width)

    def declare(self, calls: Sequence[Call]) -> list[Answer | RabbitFault]:
        """Send calls that write, as `send` does; what many of them declare, AMQP does, and HTTP only what that left.

        A declaration may be sent twice so, which is no more than once. AMQP declares only while a lock says that it
        leads to this deployment, and to no other.
        """
        done = self._declared(calls)
        rest = iter(self.send([call for number, call in enumerate(calls) if number not in done]))
        return [Answer(_DONE) if number in done else next(rest) for number in range(len(calls))]

    def _declared(self, calls: Sequence[Call]) -> frozenset[int]:
        if len(calls) < MANY or self.lock_is_seen is None:
            return frozenset()
        if self._declarer is None:
            if not self.lock_is_seen():
                return frozenset()
            from mqinfra.providers.rabbitmq.api.declaring import Declarer  # noqa: PLC0415 - few applies are so large

            self._declarer = Declarer(self.broker, self.width)
        return self._declarer.declared(calls)

    def serially(self, calls: Sequence[Call]) -> list[Answer | RabbitFault]:
        """Send calls that write, one after the other, as those must be that the server would do at each other's cost.

        Vhosts are such: each takes seconds, and more of them at once only take longer.
        """
        return [self.http.call(call) for call in calls]

    def counts(self, vhost: str, queues: Sequence[str]) -> Mapping[str, Counts | RabbitFault]:
        """Messages and consumers of queues at this moment, by AMQP's passive declare; nothing is raised."""
        return self.broker.count(vhost, queues) if queues else {}

    def close(self) -> None:
        """Drop the connections."""
        self.http.close()
        if self._declarer is not None:
            self._declarer.close()

    def need_slashes(self, texts: Iterable[str]) -> None:
        """Refuse to read about names with slashes where those don't arrive.

        The server would be asked about something else: what is there would look absent, and a list of what the vhost
        `/` holds may be one of all vhosts.

        Raises:
            UserError: one of the texts has a slash, and a proxy decodes them.
        """
        if self.decoded is not None and any("/" in text for text in texts):
            raise UserError([self.decoded])

    def _read(self, call: Call) -> Answer | RabbitFault:
        self.need_slashes(call.segments)
        answer = self.http.call(call)
        if isinstance(answer, RabbitFault) and (answer.status == 0 or answer.retry):
            raise UserError([answer.unread(f"to `{call}`", self.where)])
        return answer
