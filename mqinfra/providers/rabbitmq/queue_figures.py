"""What a deleted queue would take with it. Separate from reading, because only destructive changes ask for it.

Two sources, neither of which knows all (measured on 3.10 and 4.0):

- AMQP's passive declare counts ready messages and consumers as they are now; but of a stream it gives its messages with
  a delay, and never its consumers.
- HTTP knows unconfirmed messages and who consumes, as of the last turn of its statistics: 5 seconds by default, and
  of a queue that was just made, nothing yet.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mqinfra.model.address import Address
from mqinfra.model.reading import Figures
from mqinfra.providers.rabbitmq.binding_reading import attached_to
from mqinfra.providers.rabbitmq.call import Answer, Call, Counts, Fault
from mqinfra.providers.rabbitmq.queue_consumers import consumers_of, names_of

if TYPE_CHECKING:
    from mqinfra.providers.rabbitmq.client import RabbitClient

_NO_STATISTICS = "the server has no statistics of it yet; they follow within seconds where they are kept"


@dataclass(frozen=True, slots=True)
class Statistics:
    """What the management API has of a queue.

    Attributes:
        kind: its type; empty when it could not be read.
        messages: all messages; None where no statistics are kept, or none yet.
        unconfirmed: messages that consumers hold; None likewise.
        consumers: what they are called.
    """

    kind: str = ""
    messages: int | None = None
    unconfirmed: int | None = None
    consumers: tuple[str, ...] = ()


def figures(client: "RabbitClient", addresses: Sequence[Address]) -> Mapping[Address, Figures]:
    """Read the figures of queues."""
    rows = client.send([Call("GET", ("queues", *address.path)) for address in addresses])
    names = names_of(client, [consumers_of(row) for row in rows])
    by_vhost: dict[str, list[str]] = defaultdict(list)
    for address in addresses:
        by_vhost[address.path[0]].append(address.name)
    counts = {vhost: client.counts(vhost, queues) for vhost, queues in by_vhost.items()}
    attached = attached_to(client, addresses, "queue")
    found: dict[Address, Figures] = {}
    for address, row, consumers, bound in zip(addresses, rows, names, attached, strict=True):
        if isinstance(row, Fault) and row.absent:
            found[address] = Figures(0, ())
        else:
            now = counts[address.path[0]][address.name]
            found[address] = combine(now, statistics_of(row, consumers), bound)
    return found


def statistics_of(row: Answer | Fault, consumers: tuple[str, ...]) -> Statistics:
    """What the management API said of a queue, whose consumers have these names."""
    if isinstance(row, Fault) or not isinstance(row.body, dict):
        return Statistics()
    body = row.body
    return Statistics(
        str(body.get("type") or ""),
        _number(body.get("messages")),
        _number(body.get("messages_unacknowledged")),
        consumers,
    )


def combine(now: Counts | Fault, kept: Statistics, attached: tuple[Address, ...] | None) -> Figures:
    """Put together what AMQP (`now`) and HTTP (`kept`) say of a queue; where they may miss messages, count more.

    Args:
        now: counts of this moment, or why there are none.
        kept: the last statistics.
        attached: bindings that go with the queue; None when they can't be read.
    """
    details = [] if attached is not None else ["its bindings can't be read"]
    messages: int | None
    consumers: tuple[str, ...] | None
    if isinstance(now, Fault):
        messages, consumers = None, None
        details.append(f"messages and consumers can't be counted by AMQP: {now.message}")
    elif kept.kind == "stream":
        messages, consumers = _of_stream(now, kept, details)
    else:
        messages, consumers = _of_queue(now, kept, details)
    return Figures(messages, consumers, tuple(details), attached or ())


def _of_stream(now: Counts, kept: Statistics, details: list[str]) -> tuple[int | None, tuple[str, ...] | None]:
    if kept.messages is None:
        # AMQP counts none then either, whatever the stream holds, and nobody knows of consumers.
        details.append(_NO_STATISTICS)
        return now.messages or None, kept.consumers or None
    details.append("of a stream, messages and consumers are known as of some seconds ago")
    return max(now.messages, kept.messages), _as_many(max(now.consumers, len(kept.consumers)), kept.consumers)


def _of_queue(now: Counts, kept: Statistics, details: list[str]) -> tuple[int | None, tuple[str, ...]]:
    consumers = _as_many(now.consumers, kept.consumers)
    if kept.unconfirmed is None:
        if not consumers:
            return now.messages, consumers  # only what was fetched one by one could be unconfirmed
        details.append(_NO_STATISTICS)
        return now.messages or None, consumers
    # A message that was ready and is unconfirmed by now, or the other way round, counts twice rather than not at all.
    messages = now.messages + kept.unconfirmed
    if consumers:
        messages = max(messages, kept.messages or 0)
    if kept.unconfirmed:
        word = "is" if kept.unconfirmed == 1 else "are"
        details.append(
            f"{kept.unconfirmed:,} of the messages {word} delivered and not confirmed, as of some seconds ago"
        )
    return messages, consumers


def _as_many(count: int, names: tuple[str, ...]) -> tuple[str, ...]:
    """Names for as many consumers as there are; those who came since the last statistics have none yet."""
    return (*names[:count], *("not named yet" for _ in range(count - len(names))))


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
