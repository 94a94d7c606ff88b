"""What a deleted stream would take with it. Separate from reading, because only destructive changes ask for it.

One command per stream, one per group: XPENDING is left out, since XINFO GROUPS and XINFO CONSUMERS count the same and
say besides how long each consumer has been idle.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from mqinfra.model.address import Address
from mqinfra.model.reading import Figures
from mqinfra.model.unit import format_ms
from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.redis.api.replies import number, pairs
from mqinfra.providers.redis.api.stream_calls import ACTIVE_MS, Consumer, consumers_of

if TYPE_CHECKING:
    from mqinfra.providers.redis.api.client import RedisClient

_SHOWN = 5
_STEPS = (86_400_000, 3_600_000, 60_000)


def figures(client: "RedisClient", addresses: Sequence[Address]) -> Mapping[Address, Figures]:
    """Read the figures of streams: entries, or what is pending where that is more; active consumers; and details."""
    names = [address.name for address in addresses]
    lengths = client.read_keyed([(name, ("XLEN", name)) for name in names])
    groups = client.read_keyed([(name, ("XINFO", "GROUPS", name)) for name in names])
    pending: dict[str, dict[str, int]] = {
        name: {str(group["name"]): number(group.get("pending")) or 0 for group in map(pairs, reply)}
        for name, reply in zip(names, groups, strict=True)
        if not isinstance(reply, Fault)
    }
    consumers = consumers_of(client, [(name, group) for name, some in pending.items() for group in some])
    found: dict[Address, Figures] = {}
    for address, length, reply in zip(addresses, lengths, groups, strict=True):
        if isinstance(reply, Fault) or isinstance(length, Fault):
            absent = isinstance(reply, Fault) and reply.absent
            found[address] = Figures(0, ()) if absent else Figures()
            continue
        mine = pending[address.name]
        found[address] = _figures(number(length) or 0, mine, [consumers[address.name, group] for group in mine])
    return found


def _figures(length: int, pending: Mapping[str, int], consumers: Sequence[Sequence[Consumer] | None]) -> Figures:
    known = [consumer for some in consumers if some is not None for consumer in some]
    names = None if None in consumers else tuple(consumer.name for consumer in known if consumer.idle < ACTIVE_MS)
    return Figures(max(length, sum(pending.values())), names, details_of(length, pending, known))


def details_of(length: int, pending: Mapping[str, int], consumers: Sequence[Consumer]) -> tuple[str, ...]:
    """Say what goes with a stream: its groups, what is pending in them, and how long that has been left lying.

    Args:
        length: entries in the stream.
        pending: per group, entries that were delivered and not acknowledged.
        consumers: those of all groups.
    """
    if not pending:
        return ()
    shown = ", ".join(f"`{name}`" for name in sorted(pending)[:_SHOWN]) + (", ..." if len(pending) > _SHOWN else "")
    details = [f"{_many(length, 'entry', 'entries')}; {_many(len(pending), 'group goes', 'groups go')} too: {shown}"]
    waiting = sum(pending.values())
    if waiting:
        holding = [consumer for consumer in consumers if consumer.pending]
        idlest = max(holding, key=lambda consumer: consumer.idle, default=None)
        text = f"{_many(waiting, 'entry is', 'entries are')} delivered and not acknowledged"
        if idlest is not None:
            text += f"; of those who hold some, `{idlest.name}` has been idle longest, {_about(idlest.idle)}"
        details.append(text)
    return tuple(details)


def _about(milliseconds: int) -> str:
    step = next((step for step in _STEPS if milliseconds >= 2 * step), 1_000)
    return format_ms(milliseconds // step * step) if milliseconds >= step else "less than 1s"


def _many(count: int, one: str, more: str) -> str:
    return f"{count:,} {one if count == 1 else more}"
