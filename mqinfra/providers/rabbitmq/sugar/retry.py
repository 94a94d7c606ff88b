"""Retries that lose nothing: the exchanges, queues and bindings between a rejected message and its next delivery.

::

    Q ──reject──▶ Q.dlx.H ──▶ Q.retry.H ──▶ .over ──▶ .first ──▶ Q.retry.1.10s ──10 s──▶ Q.return ──▶ Q
    (headers)       │          (direct) │     (topic) │
                    │                   │             └─ key Q.failed.* ─▶ the dead-letter queue
                    │                   ├─ key Q.failed.1 ─▶ Q.retry.2.1m ──1 m──▶ Q.return ──▶ Q
                    │                   └─ key Q.failed.2 ─▶ the dead-letter queue
                    └─died, but was not rejected──────────▶ the dead-letter queue

A delay queue gives its messages the key `Q.failed.N` on their way back, so that the next rejection is led to the next
delay. The first comes with its own key, for which `Q.retry.H` has no binding, and goes on to alternate exchanges.

`H` is a hash of the chain, so that other delays are another chain beside the old one. What it takes is made first; then
the one write of the queue's policy moves it over, and what waits in the old delays comes back through `Q.return`, which
all chains share. Measured on 3.10 with 150 rejects per second: binding the new delays before the old ones go doubles
messages, the other way round loses them. A message that was in a longer chain comes back with a key that the new one
has no delay for, and `Q.retry.H.over` leads it to the dead letters, instead of through all delays again.

The headers exchange is what most designs lack. The server drops a message as a cycle when it reaches the same queue
again without anybody having rejected it: when it was over its delivery limit, had expired, or was pushed out. So such
messages are led to the dead letters at once. RabbitMQ 3.10 says why a message died first in `x-first-death-reason`,
4.0 why it died last in `x-last-death-reason`, and a binding for each reads them. Measured on both; without the bindings
for `expired`, a TTL on the queue loses all messages not taken in time.

One gap is left where the server does not tell why a message died last: it was rejected, came back, was over the
delivery limit (or expired), came back, and is rejected again. 3.10 then tells only that it was rejected first, and its
check for cycles, which turns the list of deaths round each time, finds the limit before the rejects: the message stays
in the last delay queue of a quorum queue, and from that of a classic one it is lost. With two delays or fewer there is
no such way, nor without a delivery limit and a TTL. `retries_end_in_a_delay` warns of it.
"""

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from mqinfra.model.frozen import dataclass
from mqinfra.model.plan import digest_of
from mqinfra.model.span import Path
from mqinfra.model.unit import format_ms
from mqinfra.providers.base.expansion import Generated
from mqinfra.providers.rabbitmq.spec import binding as binding_spec
from mqinfra.providers.rabbitmq.spec import exchange as exchange_spec
from mqinfra.providers.rabbitmq.spec import queue as queue_spec

_BECAUSE: Path = ("retry",)
_WHY = ("x-first-death-reason", "x-last-death-reason")
_NOT_REJECTED = ("delivery_limit", "expired", "maxlen")
_DESIGN = 1
"""Part of the hash, so that queues move over to another design as they do to other delays."""
_HASH = 8
"""Hex digits; a queue has few chains at a time."""


@dataclass(frozen=True, slots=True)
class Chain:
    """The names of what lies between a queue and its dead letters.

    Attributes:
        queue: the queue.
        delays: how long to wait before each next delivery, ms.
        letters: the queue of the dead letters.
    """

    queue: str
    delays: tuple[int, ...]
    letters: str

    @property
    def entrance(self) -> str:
        """The headers exchange that the queue sends its dead letters to."""
        return f"{self.queue}.dlx.{self._hash}"

    @property
    def stage(self) -> str:
        """The direct exchange that leads to the next delay."""
        return f"{self.queue}.retry.{self._hash}"

    @property
    def over(self) -> str:
        """The topic exchange for messages that have no next delay here, or none yet."""
        return f"{self.stage}.over"

    @property
    def first(self) -> str:
        """The fanout exchange that leads to the first delay."""
        return f"{self.stage}.first"

    @property
    def back(self) -> str:
        """The fanout exchange through which messages come back to the queue, the same for all chains."""
        return f"{self.queue}.return"

    @property
    def exchanges(self) -> tuple[str, ...]:
        """All of its exchanges."""
        return (self.entrance, self.stage, self.over, self.first, self.back)

    @property
    def waits(self) -> tuple[str, ...]:
        """The queues in which messages wait for their next delivery."""
        some = enumerate(self.delays, 1)
        return tuple(f"{self.queue}.retry.{number}.{format_ms(delay)}" for number, delay in some)

    @property
    def _hash(self) -> str:
        data: dict[str, JsonValue] = {"design": _DESIGN, "delays": list(self.delays), "letters": self.letters}
        return digest_of(data).removeprefix("sha256:")[:_HASH]

    def made(self, vhost: str, kind: str | None) -> Iterator[Generated]:
        """Make all of it.

        Args:
            vhost: where it lies.
            kind: the queue's type; None for the vhost's default.
        """
        queue, letters, waits = self.queue, self.letters, self.waits
        yield _exchange(vhost, self.entrance, "headers", self.stage)
        yield _exchange(vhost, self.stage, "direct", self.over)
        yield _exchange(vhost, self.over, "topic", self.first)
        yield _exchange(vhost, self.first, "fanout")
        yield _exchange(vhost, self.back, "fanout")
        yield _binding(vhost, self.back, queue)
        yield _binding(vhost, self.first, waits[0])
        for number, (name, delay) in enumerate(zip(waits, self.delays, strict=True), 1):
            key = f"{queue}.failed.{number}"
            yield _delay_queue(vhost, name, kind, delay, self.back, key)
            yield _binding(vhost, self.stage, waits[number] if number < len(waits) else letters, key)
        yield _binding(vhost, self.over, letters, f"{queue}.failed.*")
        for header in _WHY:
            for reason in _NOT_REJECTED:
                # `all-with-x`, because plain `all` leaves out headers that begin with `x-`.
                yield _binding(vhost, self.entrance, letters, arguments={"x-match": "all-with-x", header: reason})


def _exchange(vhost: str, name: str, kind: str, alternate: str | None = None) -> Generated:
    data: dict[str, JsonValue] = {"type": kind}
    if alternate is not None:
        data["arguments"] = {"alternate-exchange": alternate}
    return Generated(exchange_spec.KIND, (vhost, name), data, _BECAUSE)


def _delay_queue(vhost: str, name: str, kind: str | None, delay: int, back: str, key: str) -> Generated:
    arguments: dict[str, JsonValue] = {
        "x-message-ttl": delay,
        "x-dead-letter-exchange": back,
        "x-dead-letter-routing-key": key,
    }
    if kind == "quorum":
        # At most once, a message would be gone when the queue that it comes back to can't take it at that moment.
        arguments |= {"x-dead-letter-strategy": "at-least-once", "x-overflow": "reject-publish"}
    data: dict[str, JsonValue] = {"deadLetter": False, "arguments": arguments}
    if kind is not None:
        data["type"] = kind
    return Generated(queue_spec.KIND, (vhost, name), data, _BECAUSE)


def _binding(
    vhost: str, source: str, queue: str, key: str = "", arguments: Mapping[str, JsonValue] | None = None
) -> Generated:
    data: dict[str, JsonValue] = {"exchange": source, "queue": queue}
    if key:
        data["routingKey"] = key
    if arguments:
        data["arguments"] = dict(arguments)
    return Generated(binding_spec.KIND, (vhost,), data, _BECAUSE, binding_spec.pairs_of(data))
