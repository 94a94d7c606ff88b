"""What a deleted queue would take with it. Separate from reading, because only destructive changes ask for it.

AMQP's passive declare counts ready messages and consumers as they are now. HTTP knows the rest, the unconfirmed
messages and who consumes, as of the last turn of its statistics, five seconds by default.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mqinfra.model.address import Address
from mqinfra.model.reading import Figures
from mqinfra.providers.rabbitmq.binding_reading import attached_to
from mqinfra.providers.rabbitmq.call import Answer, Call, Counts, Fault

if TYPE_CHECKING:
    from mqinfra.providers.rabbitmq.client import RabbitClient


@dataclass(frozen=True, slots=True)
class Statistics:
    """What the management API has of a queue.

    Attributes:
        kind: its type.
        messages: all messages; None where no statistics are kept, or none yet.
        unconfirmed: messages that consumers hold; None likewise.
        consumers: what they are called; None where nobody says.
    """

    kind: str = ""
    messages: int | None = None
    unconfirmed: int | None = None
    consumers: tuple[str, ...] | None = None


def figures(client: "RabbitClient", addresses: Sequence[Address]) -> Mapping[Address, Figures]:
    """Read the figures of queues."""
    rows = client.send([Call("GET", ("queues", *address.path)) for address in addresses])
    by_vhost: dict[str, list[str]] = defaultdict(list)
    for address in addresses:
        by_vhost[address.path[0]].append(address.name)
    counts = {
        (vhost, name): found for vhost, names in by_vhost.items() for name, found in client.counts(vhost, names).items()
    }
    attached = attached_to(client, addresses, "queue")
    found: dict[Address, Figures] = {}
    for address, row, bound in zip(addresses, rows, attached, strict=True):
        if isinstance(row, Fault) and row.absent:
            found[address] = Figures(0, ())
            continue
        now = counts.get((address.path[0], address.name), Fault("nobody asked"))
        found[address] = combine(now, statistics_of(row), bound)
    return found


def statistics_of(row: Answer | Fault) -> Statistics:
    """What the management API said of a queue."""
    if isinstance(row, Fault) or not isinstance(row.body, dict):
        return Statistics()
    consumers = row.body.get("consumer_details")
    return Statistics(
        str(row.body.get("type") or ""),
        _number(row.body.get("messages")),
        _number(row.body.get("messages_unacknowledged")),
        tuple(_called(item) for item in consumers if isinstance(item, dict)) if isinstance(consumers, list) else None,
    )


def combine(now: Counts | Fault, kept: Statistics, attached: tuple[Address, ...] | None) -> Figures:
    """Put together what AMQP and HTTP say of a queue.

    What is ready counts as of now, and what is held unconfirmed as of the last statistics: a message that went from
    one to the other in between counts twice rather than not at all.
    """
    details = [] if attached is not None else ["its bindings can't be read"]
    if isinstance(now, Fault):
        details.append(f"messages and consumers can't be counted: {now.message}")
        return Figures(None, None, tuple(details), attached or ())
    consumers = _named(now.consumers, kept.consumers or ())
    if kept.kind == "stream":
        # A stream has no ready messages: AMQP gives the entries between its ends, like the statistics.
        return Figures(max(now.messages, kept.messages or 0), consumers, tuple(details), attached or ())
    unconfirmed = kept.unconfirmed or 0
    if unconfirmed:
        which = "of the messages is" if unconfirmed == 1 else "of the messages are"
        details.append(f"{unconfirmed:,} {which} with consumers that have not confirmed, a few seconds ago")
    return Figures(now.messages + unconfirmed, consumers, tuple(details), attached or ())


def _named(count: int, names: tuple[str, ...]) -> tuple[str, ...]:
    """Names for as many consumers as there are now; those who came since the last statistics have none yet."""
    shown = names[:count]
    return (*shown, *("unnamed consumer" for _ in range(count - len(shown))))


def _called(consumer: Mapping[str, Any]) -> str:
    channel = consumer.get("channel_details")
    details: Mapping[str, Any] = channel if isinstance(channel, dict) else {}
    where = str(details.get("connection_name") or "")
    user = str(details.get("user") or "")
    tag = str(consumer.get("consumer_tag") or "consumer")
    return " ".join(part for part in (tag, f"of {user}" if user else "", f"at {where}" if where else "") if part)


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
