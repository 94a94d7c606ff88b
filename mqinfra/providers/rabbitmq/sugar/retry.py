"""Retries that lose nothing: the exchanges, queues and bindings between a rejected message and its next delivery.

::

    Q ──reject──▶ Q.dlx ──▶ Q.retry ──▶ Q.retry.first ──▶ Q.retry.1.10s ──10 s──▶ Q.return ──▶ Q
    (headers)       │      (direct)  key Q.failed.1 ────▶ Q.retry.2.1m  ──1 m───▶ Q.return ──▶ Q
                    │                key Q.failed.2 ────▶ the dead-letter queue
                    └─died, but was not rejected────────▶ the dead-letter queue

A delay queue gives its messages the key `Q.failed.N` on their way back, so that the next rejection is led to the next
delay. The first comes with its own key, for which `Q.retry` has no binding, and goes to its alternate exchange.

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

from collections.abc import Iterator, Mapping, Sequence

from pydantic import JsonValue

from mqinfra.model.span import Path
from mqinfra.model.unit import format_ms
from mqinfra.providers.base.expansion import Generated
from mqinfra.providers.rabbitmq.spec import binding as binding_spec
from mqinfra.providers.rabbitmq.spec import exchange as exchange_spec
from mqinfra.providers.rabbitmq.spec import queue as queue_spec

_BECAUSE: Path = ("retry",)
_WHY = ("x-first-death-reason", "x-last-death-reason")
_NOT_REJECTED = ("delivery_limit", "expired", "maxlen")


def headers_exchange(queue: str) -> str:
    """Name of the exchange that a queue with retries sends its dead letters to."""
    return f"{queue}.dlx"


def delay_queue(queue: str, number: int, delay: int) -> str:
    """Name of the queue in which messages wait for their n-th next delivery, `delay` ms."""
    return f"{queue}.retry.{number}.{format_ms(delay)}"


def chain(vhost: str, queue: str, kind: str | None, delays: Sequence[int], letters: str) -> Iterator[Generated]:
    """Make everything between a queue and its dead letters.

    Args:
        vhost: the vhost of all of it.
        queue: the queue.
        kind: its type; None for the vhost's default.
        delays: how long to wait before each next delivery, ms.
        letters: the queue of the dead letters.
    """
    dlx, stage = headers_exchange(queue), f"{queue}.retry"
    first, back = f"{stage}.first", f"{queue}.return"
    waits = [delay_queue(queue, number, delay) for number, delay in enumerate(delays, 1)]
    yield _exchange(vhost, dlx, "headers", stage)
    yield _exchange(vhost, stage, "direct", first)
    yield _exchange(vhost, first, "fanout")
    yield _exchange(vhost, back, "fanout")
    yield _binding(vhost, back, queue)
    yield _binding(vhost, first, waits[0])
    for number, (name, delay) in enumerate(zip(waits, delays, strict=True), 1):
        key = f"{queue}.failed.{number}"
        yield _delay_queue(vhost, name, kind, delay, back, key)
        yield _binding(vhost, stage, waits[number] if number < len(waits) else letters, key)
    for header in _WHY:
        for reason in _NOT_REJECTED:
            # `all-with-x`, because plain `all` leaves out headers that begin with `x-`.
            yield _binding(vhost, dlx, letters, arguments={"x-match": "all-with-x", header: reason})


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
