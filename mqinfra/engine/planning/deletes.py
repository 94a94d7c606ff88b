"""What deletes and replaces take with them: figures are read, weighed, and held against what is consented to."""

from collections.abc import Sequence
from typing import Any

from mqinfra.engine import guard
from mqinfra.engine.consent import Permit, digest_of_line, permit_of, permit_of_revocation
from mqinfra.engine.grouping import by_cluster
from mqinfra.engine.planning.company import refuse_company
from mqinfra.engine.planning.state import Planning
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.declaration import Allowance
from mqinfra.model.reading import Figures
from mqinfra.providers.base.kind import Kind


def weigh_deletes(state: Planning) -> None:
    """Read figures of what would be deleted or replaced, and block what nobody consented to."""
    deletes = [change for change in state.changes.values() if change.action in (Action.DELETE, Action.REPLACE)]
    for alias, changes in by_cluster(deletes).items():
        figures = state.survey.sessions[alias].figures([change.address for change in changes])
        state.diagnostics += refuse_company(state, alias, changes, figures)
        for change in changes:
            _weigh(state, change, figures.get(change.address, Figures()))


def _weigh(state: Planning, change: Change, figures: Figures) -> None:
    address = change.address
    kind = state.kind(address)
    if kind is None:
        return
    state.put(guard.weigh(change, figures, _permit(state, change, kind), kind, state.desired.declarations))


def _permit(state: Planning, change: Change, kind: Kind[Any]) -> Permit:
    desired, address, today = state.desired, change.address, state.options.today
    revocation = state.revoked.get(address)
    if revocation is None:
        return permit_of(
            address, desired.tombstones.get(address), desired.declarations.get(address), today, desired.names
        )
    if revocation.maker is not None:
        return permit_of(
            revocation.maker, desired.tombstones[revocation.maker], None, today, desired.names, about=address
        )
    even_if = set[str]()
    lines: list[str] = []
    for maker in change.made_by:
        line = desired.allowed.get(maker)
        if line is not None and not line.over(today) and _is_about(line, change):
            even_if |= line.even_if
            lines.append(digest_of_line(maker, line))
    if not kind.holding.needs_line:
        even_if.add("consumers")  # whoever is connected loses a right that nobody declares: that is shown, and meant
    return permit_of_revocation(address, frozenset(even_if), today, desired.names, tuple(lines))


def _is_about(line: Allowance, change: Change) -> bool:
    """Whether a line of the maker names the sugar that made the resource, as gone: `by: {deadLetter: null}`."""
    sugar = (change.origin or "").partition(" ")[0].partition(".")[0]
    return line.by.get(sugar, True) in (None, False)


def limit_deletes(state: Planning, possible: Sequence[Change]) -> None:
    """Block deletes of kinds of which the plan would delete too many entries."""
    counted: list[tuple[Change, Address]] = []
    for change in possible:
        if change.action in (Action.DELETE, Action.REPLACE):
            revocation = state.revoked.get(change.address)
            entry = change.address if revocation is None else revocation.entry
            if entry is not None:
                counted.append((change, entry))
    state.diagnostics += guard.over_limit(counted, state.existing, state.options.max_deletes)
