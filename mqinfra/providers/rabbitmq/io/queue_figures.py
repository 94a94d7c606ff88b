"""What a deleted queue would take with it. Separate from reading, because only destructive changes ask for it.

Three sources, none of which knows all (`queue_statistics` tells of two):

- AMQP's passive declare counts ready messages and consumers as they are now, and nothing else: it says 0 of a queue
  whose messages are all delivered, or wait for dead lettering or another try. `if-empty` and `if-unused` look no
  further. Of a stream it gives its messages with a delay, and never its consumers.
- The totals of classic queues are of this moment.
- The statistics of the others are seconds old, and wait to be renewed before a queue counts as empty.

While somebody consumes, messages may be delivered at any moment, so that no count is good for the next one.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mqinfra.model.address import Address
from mqinfra.model.reading import Figures
from mqinfra.providers.rabbitmq.api.call import Call, Counts, RabbitFault
from mqinfra.providers.rabbitmq.io.binding_reading import attached_to
from mqinfra.providers.rabbitmq.io.queue_consumers import consumers_of, names_of
from mqinfra.providers.rabbitmq.io.queue_statistics import LIVE, STREAM, Renewal, Statistics, statistics_of, totals

if TYPE_CHECKING:
    from mqinfra.providers.rabbitmq.io.client import RabbitClient

_NO_STATISTICS = "the server has no statistics of it yet; they appear within seconds if statistics are enabled"
_OLD_STATISTICS = "the server's statistics are older than this reading; they are refreshed within seconds"
_CONSUMED = "its consumers may be given messages at any moment, which no count shows then"


def figures(client: "RabbitClient", addresses: Sequence[Address]) -> Mapping[Address, Figures]:
    """Read the figures of queues; where one seems to be empty, wait until the server's statistics confirm it."""
    rows = client.send([Call("GET", ("queues", *address.path)) for address in addresses])
    names = names_of(client, [consumers_of(row) for row in rows])
    attached = dict(zip(addresses, attached_to(client, addresses, "queue"), strict=True))
    counts = counts_at(client, addresses)
    kept: dict[Address, Statistics] = {}
    gone: dict[Address, Figures] = {}
    for address, row, consumers in zip(addresses, rows, names, strict=True):
        if isinstance(row, RabbitFault) and row.absent and _absent(counts[address]):
            gone[address] = Figures(0, ())
        else:
            kept[address] = statistics_of(row, consumers)
    kept |= _live(client, kept)
    doubtful = {address: seen for address, seen in kept.items() if _seems_empty(counts[address], seen)}
    fresh = Renewal(client, doubtful).run() if doubtful else {}
    counts |= counts_at(client, list(fresh))
    found = {
        address: combine(counts[address], fresh.get(address, seen), attached[address], fresh=address in fresh)
        for address, seen in kept.items()
    }
    return found | gone


def _absent(now: Counts | RabbitFault) -> bool:
    """Whether AMQP says so too: over HTTP a proxy may be what does not find a name."""
    return isinstance(now, RabbitFault) and now.absent


def _live(client: "RabbitClient", kept: Mapping[Address, Statistics]) -> dict[Address, Statistics]:
    """What classic queues hold now, instead of what they held some seconds ago."""
    classic = {address: seen for address, seen in kept.items() if seen.kind == LIVE}
    now = totals(client, sorted({address.path[0] for address in classic}))
    return {
        address: replace(now.get((address.path[0], address.name), Statistics(LIVE)), consumers=seen.consumers)
        for address, seen in classic.items()
    }


def counts_at(client: "RabbitClient", addresses: Sequence[Address]) -> dict[Address, Counts | RabbitFault]:
    """What queues hold at this moment, by AMQP, or why that can't be told."""
    by_vhost: dict[str, list[Address]] = defaultdict(list)
    for address in addresses:
        by_vhost[address.path[0]].append(address)
    found: dict[Address, Counts | RabbitFault] = {}
    for vhost, some in by_vhost.items():
        counted = client.counts(vhost, [address.name for address in some])
        found.update((address, counted[address.name]) for address in some)
    return found


def _seems_empty(now: Counts | RabbitFault, kept: Statistics) -> bool:
    """Whether only newer statistics can tell that nothing is there."""
    if kept.kind == LIVE or isinstance(now, RabbitFault) or now.messages:
        return False
    return not kept.held and (kept.kind == STREAM or not now.consumers)


def combine(
    now: Counts | RabbitFault, kept: Statistics, attached: tuple[Address, ...] | None, *, fresh: bool = False
) -> Figures:
    """Put together what AMQP (`now`) and HTTP (`kept`) say of a queue; where they may miss messages, count more.

    Args:
        now: counts of this moment, or why there are none.
        kept: the last statistics.
        attached: bindings that go with the queue; None when they can't be read.
        fresh: whether the statistics were renewed since the queue was first looked at.
    """
    details = [] if attached is not None else ["its bindings can't be read"]
    messages: int | None
    consumers: tuple[str, ...] | None
    if isinstance(now, RabbitFault):
        messages, consumers = None, None
        details.append(f"messages and consumers can't be counted by AMQP: {now.message}")
    elif kept.kind == STREAM:
        messages, consumers = _of_stream(now, kept, details, fresh=fresh)
    else:
        messages, consumers = _of_queue(now, kept, details, fresh=fresh or kept.kind == LIVE)
    return Figures(messages, consumers, tuple(details), attached or ())


def _of_stream(
    now: Counts, kept: Statistics, details: list[str], *, fresh: bool
) -> tuple[int | None, tuple[str, ...] | None]:
    if kept.messages is None:
        # AMQP counts none then either, whatever the stream holds, and nobody knows of consumers.
        details.append(_NO_STATISTICS)
        return now.messages or None, kept.consumers or None
    details.append("of a stream, messages and consumers are known as of some seconds ago")
    consumers = _as_many(max(now.consumers, len(kept.consumers)), kept.consumers)
    messages = max(now.messages, kept.messages)
    if not messages and not fresh:
        details.append(_OLD_STATISTICS)
        return None, consumers
    return messages, consumers


def _of_queue(now: Counts, kept: Statistics, details: list[str], *, fresh: bool) -> tuple[int | None, tuple[str, ...]]:
    consumers = _as_many(now.consumers, kept.consumers)
    hidden = kept.hidden
    if hidden is None:
        details.append(_NO_STATISTICS)
        return now.messages or None, consumers
    # A message that was ready and is delivered by now, or the other way round, counts twice rather than not at all.
    messages = now.messages + hidden
    if consumers:
        messages = max(messages, kept.messages or 0)
    if kept.delivered:
        details.append(f"{_many(kept.delivered)} delivered and not confirmed")
    if kept.dead:
        details.append(f"{_many(kept.dead)} waiting for dead lettering")
    if kept.delayed:
        details.append(f"{_many(kept.delayed)} waiting for a retry")
    if not messages and consumers:
        details.append(_CONSUMED)
        return None, consumers
    if not messages and not fresh:
        details.append(_OLD_STATISTICS)
        return None, consumers
    return messages, consumers


def _many(number: int) -> str:
    return f"{number:,} of the messages {'is' if number == 1 else 'are'}"


def _as_many(count: int, names: tuple[str, ...]) -> tuple[str, ...]:
    """Names for as many consumers as there are; those who came since the last statistics have none yet."""
    return (*names[:count], *("not named yet" for _ in range(count - len(names))))
