"""What deletes and replaces take with them: figures are read, weighed, and held against what is consented to."""

from collections.abc import Sequence

from mqinfra.engine import guard
from mqinfra.engine.consent import permit_of
from mqinfra.engine.planning.state import Planning, by_cluster
from mqinfra.model.change import Action, Change
from mqinfra.model.reading import Figures


def weigh_deletes(state: Planning) -> None:
    """Read figures of what would be deleted or replaced, and block what nobody consented to."""
    deletes = [change for change in state.changes.values() if change.action in (Action.DELETE, Action.REPLACE)]
    for alias, changes in by_cluster(deletes).items():
        figures = state.survey.sessions[alias].figures([change.address for change in changes])
        for change in changes:
            _weigh(state, change, figures.get(change.address, Figures()))


def _weigh(state: Planning, change: Change, figures: Figures) -> None:
    desired, address = state.desired, change.address
    kind = state.kind(address)
    if kind is None:
        return
    tombstone, declaration = desired.tombstones.get(address), desired.declarations.get(address)
    permit = permit_of(address, tombstone, declaration, state.options.today)
    state.record(guard.weigh(change, figures, permit, kind, desired.declarations))


def limit_deletes(state: Planning, possible: Sequence[Change]) -> None:
    """Block deletes of kinds of which the plan would delete too many."""
    state.diagnostics += guard.over_limit(possible, state.existing, state.options.max_deletes)
