"""Reading again what a broker had not learned yet: its dry run knew of a resource that its reading did not show.

Brokers of a cluster learn of changes one after the other, seconds apart when there are many. The dry run goes to the
one that knows, a reading to any of them.
"""

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

from mqinfra.engine.survey import Survey
from mqinfra.model.address import Address
from mqinfra.model.errors import UserError
from mqinfra.model.reading import Live, Reading

_PATIENCE = 30.0
"""Seconds until what was read counts, whatever the dry run says."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0


def pauses() -> Iterator[float]:
    """Pauses between looks, longer and longer, until patience ends."""
    pause, until = _FIRST_PAUSE, time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        yield pause
        pause = min(_LONGEST_PAUSE, pause * 2)


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
