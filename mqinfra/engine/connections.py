"""Connections that keep rights which a plan takes: named as a cost of the change, and closed when the user says so."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from mqinfra.engine.grouping import by_cluster
from mqinfra.engine.survey import Survey
from mqinfra.model.address import Address
from mqinfra.model.change import Change, Cost, CostKind
from mqinfra.model.connection import ClientConnection
from mqinfra.model.frozen import dataclass
from mqinfra.providers.base.session import Session

OPTION = "--close-connections"
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Closed:
    """What came of closing the connections that kept the rights of one change.

    Attributes:
        address: the change's resource.
        closed: the connections that are closed.
        left: why others are not, each named; empty when all are.
    """

    address: Address
    closed: tuple[ClientConnection, ...]
    left: tuple[str, ...]


def with_kept_rights(changes: Sequence[Change], survey: Survey) -> list[Change]:
    """Add to each change that takes rights which connections keep them."""
    kept: dict[Address, tuple[ClientConnection, ...] | None] = {}
    for alias, some in by_cluster(changes).items():
        kept.update(survey.sessions[alias].connections(some))
    if not kept:
        return list(changes)
    return [_costed(change, kept[change.address]) if change.address in kept else change for change in changes]


def close_connections(changes: Iterable[Change], sessions: Mapping[str, Session]) -> Iterator[Closed]:
    """Close the connections that keep rights which applied changes have taken.

    Args:
        changes: changes that were seen to be done.
        sessions: open sessions by alias.

    Yields:
        one per change that took rights which somebody kept, or of which nobody can tell who did.

    Raises:
        UserError: a cluster could not be asked.
    """
    for alias, some in by_cluster(changes).items():
        found = sessions[alias].connections(some)
        left = sessions[alias].disconnect({address: one for address, one in found.items() if one})
        for address, connections in found.items():
            if connections is None:
                yield Closed(address, (), ("which connections there are can't be read",))
            elif connections:
                yield Closed(
                    address,
                    tuple(one for one in connections if one not in left),
                    tuple(f"{one.text}: {left[one]}" for one in connections if one in left),
                )


def _costed(change: Change, kept: tuple[ClientConnection, ...] | None) -> Change:
    if kept is None:
        text = "connections that are open keep what they have until they end; which there are can't be read"
    elif not kept:
        return change
    else:
        names = ", ".join(one.text for one in kept[:_SHOWN]) + (", ..." if len(kept) > _SHOWN else "")
        who, keep = ("1 connection", "keeps") if len(kept) == 1 else (f"{len(kept):,} connections", "keep")
        text = f"{who} {keep} what is taken until closed: {names}; `apply {OPTION}` closes them"
    cost = Cost(kind=CostKind.DETAIL, text=text, number=len(kept) if kept is not None else None)
    return replace(change, costs=(*change.costs, cost))
