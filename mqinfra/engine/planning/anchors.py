"""What declared fields come to that mean something only at a moment: worked out once per plan, and held by it."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from pydantic import JsonValue

from mqinfra.engine import codes
from mqinfra.engine.inventory.belief import is_elsewhere
from mqinfra.engine.once import unfinished, wanted_once
from mqinfra.engine.planning.state import Planning
from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.record import Inventory, Record
from mqinfra.model.span import Path
from mqinfra.model.spec import Mutability, Spec, nested
from mqinfra.providers.base.anchored import Anchored, Anchoring, Wish
from mqinfra.providers.base.capabilities import having
from mqinfra.providers.base.rule import Subject


def anchor_wishes(state: Planning) -> dict[Address, Subject]:
    """Work out what declared fields come to, and say what there is to say of them.

    Returns:
        the subjects of which some do, with these fields in place; see `Planning.anchorings` for the rest.
    """
    found: dict[Address, Subject] = {}
    for alias, reading in state.survey.readings.items():
        session = state.survey.sessions[alias]
        kinds = having(session.kinds, Anchored)
        if not kinds:
            continue
        inventory = state.survey.inventories.get(alias, Inventory())
        wishes: dict[str, list[Wish]] = defaultdict(list)
        for address, subject in state.subjects.items():
            if address.cluster == alias and address.kind in kinds and address not in reading.denied:
                due = _due(state, subject, inventory)
                spec = subject.declaration.spec
                started = _started(inventory.records.get(address), session.facts.ids)
                wishes[address.kind].append(Wish(address, spec, reading.resources.get(address), due, started))
        if not wishes:
            continue
        anchorings = session.anchor(wishes, state.desired.declarations)
        for wish in (wish for some in wishes.values() for wish in some):
            anchoring = state.anchorings[wish.address] = anchorings.get(wish.address, Anchoring())
            subject = state.subjects[wish.address]
            state.diagnostics += [finding.told_of(subject) for finding in anchoring.findings]
            found[wish.address] = _anchored(subject, anchoring, wish.due)
    return found


def with_costs(change: Change | None, anchoring: Anchoring) -> Change | None:
    """Say of a change what its fields came to take."""
    if change is None or not anchoring.costs:
        return change
    return replace(change, costs=(*anchoring.costs, *change.costs))


def _due(state: Planning, subject: Subject, inventory: Inventory) -> frozenset[str]:
    """The fields that are done once and have not been begun."""
    wanted = wanted_once(subject.address, subject.declaration.spec)
    if not wanted:
        return frozenset()
    state.diagnostics += [
        subject.at(
            codes.ONCE_UNFINISHED,
            (name,),
            f"`{name}` of `{subject.address.name}` was begun by {begun}, and not seen to be done; it is not done again",
            help="look where it stands now; give it another `id` to do it again",
        )
        for name, begun in unfinished(wanted, inventory)
    ]
    return frozenset(name for name, digest in wanted.items() if digest not in inventory.begun)


def _started(record: Record | None, cluster: Collection[str]) -> frozenset[str]:
    """What an apply set where nothing was; a copy of a cluster may have the records, and not what they speak of."""
    if record is None or is_elsewhere(record, cluster):
        return frozenset()
    return frozenset(record.started)


def _anchored(subject: Subject, anchoring: Anchoring, due: frozenset[str]) -> Subject:
    """A subject that wants what its fields came to, and no more that it was given."""
    spec = type(subject.declaration.spec)
    fields = {
        path: value
        for path, value in subject.fields.items()
        if path not in anchoring.fields and (spec.marker(path).mutability is not Mutability.ONCE or path[0] in due)
    }
    fields |= anchoring.fields
    declaration = subject.declaration
    if anchoring.fields:
        declaration = replace(declaration, spec=_with(declaration.spec, anchoring.fields))
    return replace(subject, declaration=declaration, fields=fields)


def _with(spec: Spec, fields: Mapping[Path, JsonValue]) -> Spec:
    data: dict[str, Any] = spec.to_json()
    for name, value in nested(fields).items():
        held = data.get(name)
        data[name] = {**held, **value} if isinstance(held, dict) and isinstance(value, dict) else value
    return type(spec).model_validate(data)
