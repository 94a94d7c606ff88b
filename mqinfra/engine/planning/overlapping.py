"""A scope that is new on a cluster, and owns names that another project owns there: refused, with both named."""

from collections.abc import Iterator, Sequence

from mqinfra.engine import codes
from mqinfra.engine.planning.state import Planning
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.model.overlap import EVERYTHING, Overlap, overlaps
from mqinfra.model.record import Inventory, Owner
from mqinfra.model.scope import Scope

_SHOWN = 5


def refuse_overlaps(state: Planning) -> None:
    """Refuse to change anything on clusters where another project's scope is met, and say where that can't be told."""
    for alias, inventory in state.survey.inventories.items():
        found = [*_refused(state, alias, inventory)]
        if found:
            state.overlapping.add(alias)
        state.diagnostics += [*found, *(_unknown(alias, why) for why in inventory.unread)]


def _refused(state: Planning, alias: str, inventory: Inventory) -> Iterator[Diagnostic]:
    scope, broker = state.desired.scope, state.desired.clusters[alias]
    agreed = {state.desired.project, *scope.shared_with.get(broker, ())}
    for owner, theirs in sorted(inventory.neighbours.items()):
        met = overlaps(scope.on(broker), theirs, scope.divisible(broker)) if owner.project not in agreed else []
        if met:
            yield _overlapping(alias, broker, owner, met, scope)


def _overlapping(alias: str, broker: str, owner: Owner, met: Sequence[Overlap], scope: Scope) -> Diagnostic:
    shown = "; ".join(_said(one) for one in met[:_SHOWN])
    more = f"; and {len(met) - _SHOWN:,} more" if len(met) > _SHOWN else ""
    written = [scope.place(broker, one.word, one.within or one.ours) for one in met]
    places = [place for place in dict.fromkeys(written) if place is not None]
    first = places[0] if places else None
    sharing = f"`sharedWith: [{owner.project}]` under `scope:`, `{broker}:`"
    granted = f"what this project may own is also up to `projects:` in `{scope.grantor}`" if scope.grantor else ""
    return codes.OVERLAPPING.at(
        f"the scope overlaps with that of project `{owner}` on `{alias}`: {shown}{more}",
        span=first.span if first is not None else None,
        source=first.source if first is not None else None,
        related=tuple(places[1:_SHOWN]),
        help=(
            "narrow one of the two; what the other owns can be referred to all the same, as `external: true`",
            f"if `{owner}` is what this project was called before: `mqinfra adopt --from {owner}`",
            f"if both are meant to own these names: {sharing}",
            granted,
        ),
    )


def _said(one: Overlap) -> str:
    if not one.ours and not one.theirs:
        return f"both own everything (`{EVERYTHING}`)"
    if not one.ours:
        return f"`{EVERYTHING}` with their `{one.theirs}`"
    if not one.theirs:
        return f"`{one.ours}` of `{one.word}` with their `{EVERYTHING}`"
    within = f" in `{one.within}`" if one.within else ""
    return f"`{one.ours}` of `{one.word}`{within} with their `{one.theirs}`"


def _unknown(alias: str, why: str) -> Diagnostic:
    return codes.OVERLAPPING.at(
        f"whether the scope overlaps with another project's on `{alias}` can't be told: {why}",
        help="grant the right to read the records of others, which `mqinfra status` names",
        severity=Severity.WARNING,
    )
