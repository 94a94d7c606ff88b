"""What advisers of RabbitMQ look at: a queue with what is in force on it, what it holds, and who consumes."""

from collections.abc import Mapping

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
from mqinfra.model.promises import NO_PROMISES, Promises
from mqinfra.model.reading import Reading
from mqinfra.providers.base.verification.adviser import Usage
from mqinfra.providers.rabbitmq.spec.queue import KIND as QUEUES
from mqinfra.providers.rabbitmq.spec.queue import QueueSpec
from mqinfra.providers.rabbitmq.verification.place import QueuePlace, places


class ConsumerUsage(Usage):
    """A consumer.

    Attributes:
        name: what its connection is called, or its tag.
        prefetch: how many messages it may hold; 0 for as many as there are.
        accepts_itself: messages count as done when they are delivered.
    """

    name: str
    prefetch: int
    accepts_itself: bool = False


class QueueUsage(Usage):
    """A queue.

    Attributes:
        type: its type.
        durable: it outlives a restart.
        nodes: how many nodes the cluster has.
        version: theirs.
        priorities: `x-max-priority`; 0 without.
        dead_letters: it has dead letters.
        expires_ms: `message-ttl` in force; None without.
        bounded: it has a limit of length or bytes.
        messages: how many messages it holds; None where statistics could not be read.
        ready: of those, how many wait for a consumer.
        size: bytes of all bodies.
        published: messages per second that come in; None without statistics.
        consumers: who consumes; None where it could not be read.
        single_active: one consumer gets messages while others wait to take over.
        promises: what it is declared to hold up to.
    """

    type: str
    durable: bool = True
    nodes: int = 1
    version: tuple[int, ...] = ()
    priorities: int = 0
    dead_letters: bool = False
    expires_ms: int | None = None
    bounded: bool = False
    messages: int | None = None
    ready: int | None = None
    size: int | None = None
    published: float | None = None
    consumers: tuple[ConsumerUsage, ...] | None = None
    single_active: bool = False
    promises: Promises = NO_PROMISES

    @property
    def message_size(self) -> int | None:
        """Bytes of a body on average; None where too few are there to tell."""
        if not self.size or not self.messages or self.messages < LEAST_MESSAGES:
            return None
        return self.size // self.messages


LEAST_MESSAGES = 100
"""Messages below which an average tells nothing of a queue."""


def usages(declared: Mapping[Address, Declaration], reading: Reading) -> dict[Address, QueueUsage]:
    """The declared queues that are there."""
    return {
        place.address: _usage(place, reading)
        for place in places(declared, reading)
        if place.address.kind == QUEUES and isinstance(place, QueuePlace) and place.address in reading.resources
    }


def _usage(place: QueuePlace, reading: Reading) -> QueueUsage:
    spec = QueueSpec.narrow(reading.resources[place.address].spec)
    return QueueUsage(
        type=place.type,
        durable=spec.durable,
        nodes=reading.facts.brokers or 1,
        version=reading.facts.version_tuple,
        priorities=_number(spec.arguments.get("x-max-priority")) or 0,
        dead_letters=place.settings.get("dead-letter-exchange") is not None,
        expires_ms=_number(place.settings.get("message-ttl")),
        single_active=spec.arguments.get("x-single-active-consumer") is True,
        promises=place.declaration.promises if place.declaration is not None else NO_PROMISES,
        bounded=any(place.settings.get(key) is not None for key in ("max-length", "max-length-bytes")),
    )


def _number(value: JsonValue) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
