"""What a selection needs and does not name: it is created too, where nothing excludes it."""

from mqinfra.engine import codes
from mqinfra.engine.order import needs_of
from mqinfra.engine.planning.state import Planning
from mqinfra.model.address import Address
from mqinfra.model.change import Action

_NAMED = 3


def bring_needs(state: Planning) -> None:
    """Select what selected changes need, however far away, as far as it is declared and does not exist yet.

    Nothing but creates is brought, so that a selection never widens what a plan changes or deletes. What is excluded
    stays out; `left_behind` says so.
    """
    if state.options.selection.everything:
        return
    open_ones = [address for address in state.changes if state.selected(address)]
    seen = set(open_ones)
    while open_ones:
        change = state.changes[open_ones.pop()]
        for need in needs_of(change, state.desired.declarations, state.changes):
            if need not in seen and state.changes[need].action is Action.CREATE and not _excluded(state, need):
                seen.add(need)
                open_ones.append(need)
                state.brought.add(need)
    if state.brought:
        state.diagnostics.append(codes.NEEDS_SELECTED.at(_said(sorted(state.brought)), help=_HELP))


_HELP = "`--exclude` leaves one out, with what needs it"


def _said(brought: list[Address]) -> str:
    names = [f"`{address}`" for address in brought[:_NAMED]]
    if len(brought) > _NAMED:
        names.append(f"{len(brought) - _NAMED:,} more")
    one = len(brought) == 1
    return (
        f"{', '.join(names)} {'is' if one else 'are'} not selected and will be created too: what is selected needs "
        f"{'it' if one else 'them'}"
    )


def _excluded(state: Planning, address: Address) -> bool:
    known = state.desired.declarations[address]
    broker = state.desired.clusters.get(address.cluster, "")
    return state.options.selection.excludes(address, broker, known.labels, known.span.file)
