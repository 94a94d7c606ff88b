"""What goes when something is made again, and has to be made again after it: the bindings of a replaced queue."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from mqinfra.engine.diff import compare
from mqinfra.engine.measure import measure_of
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, Cost, CostKind, Reason
from mqinfra.providers.base.rule import Subject
from mqinfra.providers.base.session import Session


def carried_along(
    changes: Mapping[Address, Change], subjects: Mapping[Address, Subject], sessions: Mapping[str, Session]
) -> dict[Address, Change]:
    """Plan the creation of declared resources that a replace takes along and that would else be missing after it."""
    replaced = {address for address, change in changes.items() if change.action is Action.REPLACE}
    found: dict[Address, Change] = {}
    if not replaced:
        return found
    for address, subject in subjects.items():
        if address in changes or subject.live is None:
            continue
        version = sessions[address.cluster].facts.version_tuple
        stays = {item.target for item in subject.declaration.references if item.needed and not item.binds(version)}
        rests_on = subject.kind.rests_on(address)
        base = next((rest for rest in rests_on if rest in replaced and rest not in stays), None)
        if base is None:
            continue
        change = compare(
            address, subject.declaration, subject.fields, None, measure_of(sessions[address.cluster], address)
        ).change
        if change is not None:
            effect = Cost(kind=CostKind.EFFECT, text=f"deleted with `{base}`, then recreated")
            found[address] = replace(change, reason=Reason.GOES_WITH, costs=(effect,))
    return found


def still_to_come(change: Change, open_changes: Iterable[Address]) -> bool:
    """Tell whether what a change goes with is yet to be replaced, so that what is there now will be gone."""
    return change.reason is Reason.GOES_WITH and not set(change.needs).isdisjoint(open_changes)
