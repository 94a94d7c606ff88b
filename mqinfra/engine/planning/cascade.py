"""What goes when something is made again, and has to be made again after it: the bindings of a replaced queue."""

from collections.abc import Container
from dataclasses import replace

from mqinfra.engine.diff import creation
from mqinfra.engine.planning.state import Planning
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, Cost, CostKind, Reason
from mqinfra.providers.base.capabilities import rests_on
from mqinfra.providers.base.rule import Subject


def recreate_dependents(state: Planning) -> None:
    """Plan the creation of declared resources that are deleted with one that is replaced, and would be missing."""
    replaced = {address for address, change in state.changes.items() if change.action is Action.REPLACE}
    if not replaced:
        return
    changes = [
        change
        for address, subject in state.subjects.items()
        if address not in state.changes and (change := _recreation(state, subject, replaced)) is not None
    ]
    for change in changes:
        state.changes[change.address] = change
        state.unchanged[change.address.cluster] -= 1


def _recreation(state: Planning, subject: Subject, replaced: Container[Address]) -> Change | None:
    """The creation of a resource that exists and goes with what is replaced; None when it stays."""
    if subject.live is None:
        return None
    address = subject.address
    version = state.survey.sessions[address.cluster].facts.version_tuple
    stays = {item.target for item in subject.declaration.references if item.needed and not item.binds(version)}
    needed = rests_on(subject.kind, address)
    base = next((rest for rest in needed if rest in replaced and rest not in stays), None)
    if base is None:
        return None
    change = creation(address, subject.declaration, subject.fields, subject.kind)
    effect = Cost(kind=CostKind.EFFECT, text=f"deleted with `{base}`, then recreated")
    return replace(change, reason=Reason.GOES_WITH, costs=(effect,))


def still_to_come(change: Change, open_changes: Container[Address]) -> bool:
    """Tell whether what a change goes with is yet to be replaced, so that what is there now will be gone."""
    return change.reason is Reason.GOES_WITH and any(need in open_changes for need in change.needs)
