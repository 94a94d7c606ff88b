"""Reading again what a broker had not learned yet: a dry run, or the record of an apply, says that it is otherwise.

Brokers of a cluster learn of changes one after the other, seconds apart when there are many. The dry run goes to the
one that knows, a reading to any of them.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from mqinfra.engine.survey import Survey
from mqinfra.model.address import Address
from mqinfra.model.change import Change, Moved
from mqinfra.model.errors import UserError
from mqinfra.model.reading import Live, Reading
from mqinfra.model.record import Standing

_PATIENCE = 30.0
"""Seconds until what was read counts, whatever the dry run says."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0
_STRAYED = (Moved.DRIFT, Moved.BOTH)


def pauses() -> Iterator[float]:
    """Pauses between looks, longer and longer, until patience ends."""
    pause, until = _FIRST_PAUSE, time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        yield pause
        pause = min(_LONGEST_PAUSE, pause * 2)


def strayed(changes: Iterable[Change], found: Survey) -> dict[Address, Live | None]:
    """What is not as the last apply left it, on clusters whose members may only not have learned it yet.

    Args:
        changes: what is to be changed.
        found: what was surveyed.

    Returns:
        what was read of each; None where it was not there.
    """
    apart = {alias for alias, session in found.sessions.items() if session.apart}
    if not apart:
        return {}
    strays: dict[Address, Live | None] = {}
    for change in changes:
        address = change.address
        if address.cluster not in apart:
            continue
        live = found.readings[address.cluster].resources.get(address)
        if _is_gone(found, address) if live is None else any(item.moved in _STRAYED for item in change.differences):
            strays[address] = live
    return strays


def _is_gone(found: Survey, address: Address) -> bool:
    """Whether it was there when the last apply had seen it."""
    inventory = found.inventories.get(address.cluster)
    record = inventory.records.get(address) if inventory is not None and inventory.known else None
    return record is not None and record.standing is Standing.APPLIED


def learned(found: Survey, strays: Mapping[Address, Live | None]) -> Survey | None:
    """Read strays again once all members know; None where there are none, or they have strayed."""
    if not strays:
        return None
    time.sleep(max(found.sessions[address.cluster].apart for address in strays))
    return read_again(found, strays)


def read_again(found: Survey, outdated: Mapping[Address, Live | None]) -> Survey | None:
    """Read resources again.

    Args:
        found: what was surveyed.
        outdated: what was read of the resources that are not as they were read.

    Returns:
        the survey with what is new; None when everything still looks as before.
    """
    by_cluster: dict[str, dict[str, list[Address]]] = defaultdict(lambda: defaultdict(list))
    for address in sorted(outdated):
        by_cluster[address.cluster][address.kind].append(address)
    readings = dict(found.readings)
    for alias, wanted in by_cluster.items():
        try:
            looked = found.sessions[alias].look(wanted)
        except UserError:  # it answered a moment ago; the next look tells
            continue
        fresh = {
            address: live
            for address, before in outdated.items()
            if (live := looked.resources.get(address)) is not None
            and (before is None or (live.identity, live.spec) != (before.identity, before.spec))
        }
        gone = {
            address
            for address, before in outdated.items()
            if address.cluster == alias and before is not None and not _seen(address, looked)
        }
        if fresh or gone:
            kept = {address: live for address, live in readings[alias].resources.items() if address not in gone}
            readings[alias] = replace(readings[alias], resources=kept | fresh)
    same = all(readings[alias] is reading for alias, reading in found.readings.items())
    return None if same else replace(found, readings=readings)


def _seen(address: Address, looked: Reading) -> bool:
    return address in looked.resources or address in looked.denied
