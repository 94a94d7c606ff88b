"""What nobody declares any more and is still needed: messages on their way have to come through it first."""

from collections.abc import Collection, Mapping

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.reading import Figures, Reading
from mqinfra.providers.base.capabilities import Draining, having
from mqinfra.providers.base.session import Session


def still_needed(
    session: Session, reading: Reading, going: Collection[Address], changes: Mapping[Address, Change]
) -> dict[Address, str]:
    """Say which of the things that would go are still needed by messages on their way, and why.

    Args:
        session: the cluster's.
        reading: what was read of it.
        going: all that would be deleted on it, by whatever reason.
        changes: the plan's other changes.
    """
    kinds = having(session.kinds, Draining)
    if not kinds:
        return {}
    live = {address: found.spec for address, found in (*reading.neighbours.items(), *reading.resources.items())}
    after = {address: spec for address, spec in live.items() if address not in going}
    for address, change in changes.items():
        kind = session.kinds.get(address.kind)
        if kind is not None and change.after is not None and address.cluster == reading.alias:
            after[address] = change.wanted(kind.spec)
    emptying = {
        address: None
        for address, spec in live.items()
        if (draining := kinds.get(address.kind)) and draining.empties_itself(spec)
    }
    asked = sorted(emptying.keys() & set(going))
    figures: Mapping[Address, Figures] = session.figures(asked) if asked else {}
    holding = {**emptying, **{address: figures.get(address, Figures()).messages for address in asked}}
    found: dict[Address, str] = {}
    for one in kinds.values():
        found.update(one.draining(live, after, going, holding, reading.facts))
    return found
