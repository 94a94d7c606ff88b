"""What nobody declares any more and is still needed: messages on their way have to come through it first."""

from collections.abc import Collection, Mapping

from mqinfra.model.address import Address
from mqinfra.model.reading import Figures, Reading
from mqinfra.providers.base.capabilities import Draining, having
from mqinfra.providers.base.session import Session


def still_needed(session: Session, reading: Reading, going: Collection[Address]) -> dict[Address, str]:
    """Say which of the things that would go are still needed by messages on their way, and why.

    Args:
        session: the cluster's.
        reading: what was read of it.
        going: all that would be deleted on it, by whatever reason.
    """
    kinds = having(session.kinds, Draining)
    live = {address: found.spec for address, found in (*reading.neighbours.items(), *reading.resources.items())}
    emptying = [
        address for address in sorted(going) if (kind := kinds.get(address.kind)) and kind.empties_itself(live[address])
    ]
    if not emptying:
        return {}
    figures: Mapping[Address, Figures] = session.figures(emptying)
    holding = {address: figures.get(address, Figures()).messages for address in emptying}
    found: dict[Address, str] = {}
    for kind in kinds.values():
        found.update(kind.draining(live, going, holding, reading.facts))
    return found
