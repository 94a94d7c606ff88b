"""How many messages the policies of a plan drop, counted in bulk: a few calls for thousands of queues.

One list per vhost tells what classic queues hold now, and quorum queues some seconds ago. A few of the latter are asked
one by one by AMQP, over one connection; of many, a second list is awaited.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mqinfra.model.address import Address
from mqinfra.model.frozen import dataclass
from mqinfra.model.loss import Counted, Loss
from mqinfra.providers.rabbitmq.api.call import Answer, Call, Counts
from mqinfra.providers.rabbitmq.io.queue_figures import counts_at, figures
from mqinfra.providers.rabbitmq.io.queue_statistics import LIVE, STREAM, Statistics, totals
from mqinfra.providers.rabbitmq.policy.losses import ALL, BYTES, OVER, READY, SEGMENTS, TO_COME, WAITING

if TYPE_CHECKING:
    from mqinfra.providers.rabbitmq.io.client import RabbitClient

_ONE_BY_ONE = 500
"""Queues that are asked one by one; for more, waiting a turn of their statistics takes less."""
_ONE_TURN = 6.0
"""Seconds after which every quorum queue has told what it holds; it does so every 5."""
_SIZES = {"columns": "name,messages_ready,message_bytes_ready"}


@dataclass(frozen=True, slots=True)
class _Held:
    """What a queue holds: ready messages, all others, and those of them that wait for dead lettering.

    None of it could be read where `ready` is None. `size` is the ready messages' in bytes; None where that is not known
    as of now.
    """

    ready: int | None = None
    hidden: int = 0
    waiting: int = 0
    size: int | None = None


def count(
    client: "RabbitClient", losses: Sequence[Loss], sleep: Callable[[float], None] = time.sleep
) -> Mapping[Loss, Counted]:
    """Count what of queues would be dropped; what can't be read is not countable. Nothing is raised."""
    streams = list(dict.fromkeys(loss.address for loss in losses if loss.limit == SEGMENTS))
    empty = {address for address, found in (figures(client, streams) if streams else {}).items() if found.messages == 0}
    others = list(dict.fromkeys(loss.address for loss in losses if loss.limit not in (SEGMENTS, TO_COME)))
    held = _held(client, others, sleep)
    sized = list(dict.fromkeys(loss.address for loss in losses if str(loss.limit).startswith(BYTES)))
    held |= _sized(client, {address: held[address] for address in sized})
    return {
        loss: Counted(0 if loss.address in empty else None)
        if loss.limit == SEGMENTS
        else counted(loss, held.get(loss.address, _Held()))
        for loss in losses
    }


def counted(loss: Loss, held: _Held) -> Counted:
    """How many of a queue's messages a loss takes."""
    if held.ready is None:
        return Counted()
    match str(loss.limit).split(" "):
        case [str(kind)] if kind == OVER and loss.keeps is not None:
            return Counted(max(0, held.ready - loss.keeps))
        case [str(kind)] if kind == READY:
            return _up_to(held.ready)
        case [str(kind)] if kind == WAITING:
            return _up_to(held.waiting)
        case [str(kind), limit] if kind == BYTES:
            if held.ready == 0:
                return Counted(0)
            if held.size is None:
                return Counted()
            return Counted(0) if held.size <= int(limit) else _up_to(held.ready)
        case [str(kind)] if kind == ALL:
            return _up_to(held.ready + held.hidden)
        case _:
            return Counted()


def _up_to(number: int) -> Counted:
    return Counted(number, exact=number == 0)


def _held(client: "RabbitClient", addresses: Sequence[Address], sleep: Callable[[float], None]) -> dict[Address, _Held]:
    vhosts = sorted({address.path[0] for address in addresses})
    seen = totals(client, vhosts)
    slow = [address for address in addresses if _of(seen, address).kind != LIVE]
    ready: dict[Address, int | None] = {}
    if len(slow) > _ONE_BY_ONE:
        sleep(_ONE_TURN)
        seen = totals(client, vhosts)
    else:
        told = counts_at(client, slow)
        ready = {address: one.messages if isinstance(one, Counts) else None for address, one in told.items()}
    found: dict[Address, _Held] = {}
    for address in addresses:
        known = _of(seen, address)
        now = ready.get(address, known.ready)
        if known.hidden is None or known.delivered is None or now is None or known.kind == STREAM:
            found[address] = _Held()
        else:
            found[address] = _Held(now, known.hidden, known.hidden - known.delivered)
    return found


def _of(seen: Mapping[tuple[str, str], Statistics], address: Address) -> Statistics:
    return seen.get((address.path[0], address.name), Statistics())


def _sized(client: "RabbitClient", held: Mapping[Address, _Held]) -> dict[Address, _Held]:
    """Add sizes, by one list of statistics per vhost; where messages came since, they are of no use."""
    filled = {address: known for address, known in held.items() if known.ready}
    vhosts = sorted({address.path[0] for address in filled})
    rows: dict[tuple[str, str], tuple[object, object]] = {}
    for vhost, answer in zip(
        vhosts, client.send([Call("GET", ("queues", name), _SIZES) for name in vhosts]), strict=True
    ):
        if isinstance(answer, Answer) and isinstance(answer.body, list):
            for row in answer.body:
                if isinstance(row, dict):
                    told = (row.get("messages_ready"), row.get("message_bytes_ready"))
                    rows[vhost, str(row.get("name"))] = told
    found = dict(held)
    for address, known in filled.items():
        number, size = rows.get((address.path[0], address.name), (None, None))
        if isinstance(number, int) and isinstance(size, int) and known.ready is not None and number >= known.ready:
            found[address] = replace(known, size=size)
    return found
