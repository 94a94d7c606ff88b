"""What to read back next of many changes that were sent: brokers take calls in order, and mostly show them so.

Looking for one resource costs next to nothing, for thousands it takes seconds. So the one that was sent last is looked
for, and all are read once it is there. A broker that has thousands to work through shows the first long before the
last: what it is through with is read while it goes on with the rest.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from itertools import islice

from mqinfra.engine.comparator import comparator_of
from mqinfra.engine.pace import Pace
from mqinfra.engine.recheck import is_done
from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.reading import Reading
from mqinfra.providers.base.request import Accepted, Result
from mqinfra.providers.base.session import Session

_MANY = 100
"""Resources that take longer to look for than one of them."""
_PORTION = 1_000
"""Resources that are read while more are to come: enough that a call each for their parts is well filled."""
_OFTENER = 5
"""How much shorter pauses are between looks at one resource than between looks at many."""
_WINDOWS = 3
"""How often at least many are looked for before what is not seen counts as unknown."""

Look = Callable[[Iterable[Address]], Reading | None]
"""Reads resources; None when the cluster does not answer."""


def arrived(
    session: Session,
    waiting: Mapping[Address, Change],
    results: Mapping[Address, Result],
    pace: Pace,
    look: Look,
) -> Mapping[Address, Change] | None:
    """Wait for the last of many, or else for the first portion of them.

    Whether the others of them are there, reading them tells.

    Args:
        session: the cluster.
        waiting: what was sent and not seen yet.
        results: what came of sending, in that order.
        pace: how patient the apply is.
        look: reads resources.

    Returns:
        what to read now: all, also when nothing was seen in time, or the first of them; None when the cluster does not
        answer.
    """
    if len(waiting) < _MANY:
        return waiting
    accepted = [one for one, result in results.items() if isinstance(result, Accepted) and one in waiting]
    if not accepted:
        return waiting
    first, last = accepted[:_PORTION][-1], accepted[-1]
    deadline, pause = time.monotonic() + pace.settle / _WINDOWS, pace.first_wait
    while time.monotonic() < deadline:
        reading = look(dict.fromkeys((first, last)))
        if reading is None:
            return None
        if _seen(session, waiting[last], reading):
            break
        if _seen(session, waiting[first], reading):
            return {address: waiting[address] for address in islice(accepted, _PORTION)}
        time.sleep(pause)
        pause = min(pace.longest_wait / _OFTENER, pause * 2)
    return waiting


def _seen(session: Session, change: Change, reading: Reading) -> bool:
    address = change.address
    comparator = comparator_of(session, address)
    return address in reading.denied or is_done(change, reading.resources.get(address), comparator, ours=True)
