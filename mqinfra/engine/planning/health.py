"""What a degraded cluster takes badly is held back: deletes, moves, and what drops messages."""

from collections.abc import Iterable, Iterator

from mqinfra.engine import codes
from mqinfra.engine.grouping import by_cluster
from mqinfra.engine.planning.state import Planning
from mqinfra.model.change import Change, CostKind
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.capabilities import Weighty


def ask_health(state: Planning, possible: Iterable[Change]) -> None:
    """Ask the clusters whose changes need them to be well, and block these changes where they are not."""
    if state.options.degraded:
        return
    for alias, changes in by_cluster(_in_need_of_health(state, possible)).items():
        causes = "; ".join(state.survey.sessions[alias].health())
        if causes:
            state.diagnostics += [_degraded(change, causes) for change in changes]


def _in_need_of_health(state: Planning, possible: Iterable[Change]) -> Iterator[Change]:
    weighty: dict[tuple[str, str], bool] = {}
    for change in possible:
        address = change.address
        kind = address.cluster, address.kind
        if kind not in weighty:
            weighty[kind] = isinstance(state.kind(address), Weighty)
        if weighty[kind] or change.destructive or change.losses or _costs_unknown(change):
            yield change


def _costs_unknown(change: Change) -> bool:
    return bool(change.costs) and any(cost.kind is CostKind.UNKNOWN for cost in change.costs)


def _degraded(change: Change, causes: str) -> Diagnostic:
    return codes.DEGRADED.at(
        f"`{change.address}` is held back: cluster `{change.address.cluster}` is degraded: {causes}",
        span=change.span,
        address=str(change.address),
        help="wait until the cluster is healthy; if this change is what fixes it, add --degraded",
    )
