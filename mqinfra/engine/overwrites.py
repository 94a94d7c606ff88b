"""Writes that ask nobody: an update, and creates of kinds whose call writes over what somebody else made meanwhile.

Between the last look at a resource and the write to it others may have written too. What such a request touches is
therefore read again right before it is sent, in bulk, and left as it is when it is neither what the plan saw nor what
it wants. Only a lock could close the moment that remains.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from mqinfra.engine.comparator import comparator_of
from mqinfra.engine.recheck import recheck
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.reading import Reading
from mqinfra.providers.base.request import Refused, Request
from mqinfra.providers.base.session import Session


def to_be_overwritten(
    session: Session, planned: Mapping[Address, Change], addresses: Iterable[Address]
) -> list[Address]:
    """The resources among some whose next write would go over whatever is there."""
    return sorted(
        address
        for address in addresses
        if planned[address].action is Action.UPDATE
        or (planned[address].action is Action.CREATE and session.kinds[address.kind].overwrites)
    )


def changed_meanwhile(
    session: Session, planned: Mapping[Address, Change], addresses: Iterable[Address], reading: Reading
) -> dict[Address, Refused]:
    """Compare what was read again with the plan.

    Args:
        session: the cluster's session.
        planned: the changes.
        addresses: what was read again.
        reading: what is there now.

    Returns:
        what others changed, each with their values.
    """
    found: dict[Address, Refused] = {}
    for address in addresses:
        if address in reading.denied:
            continue
        live = reading.resources.get(address)
        change = planned[address]
        # Guards are held by whoever counts; here only what is set matters.
        stale = recheck(change, live, change.guard, comparator_of(session, address)).stale
        if stale:
            found[address] = Refused(
                f"someone else changed it since the plan was made: {'; '.join(map(str, stale))}; left unchanged",
                ("plan again, and review what is different",),
                conflict=True,
            )
    return found


def without(request: Request, held: Collection[Address]) -> Request:
    """A request less what must not be sent."""
    if not any(address in request.body for address in held):
        return request
    return replace(request, body={address: body for address, body in request.body.items() if address not in held})
