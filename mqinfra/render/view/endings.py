"""How the changes of a plan ended: blocks by outcome, what did not work first."""

from collections.abc import Sequence

from mqinfra.model.change import Change, Reason
from mqinfra.model.event import Outcome, Report
from mqinfra.model.frozen import dataclass
from mqinfra.model.plan import Plan
from mqinfra.render.view.blocks import Block, blocks_of
from mqinfra.render.view.changes import ChangeItem
from mqinfra.render.view.plan import items_of

ORDER = (Outcome.FAILED, Outcome.UNKNOWN, Outcome.NOT_ATTEMPTED, Outcome.APPLIED)
"""What did not work first."""


@dataclass(frozen=True, slots=True)
class Ending:
    """Changes that ended alike.

    Attributes:
        outcome: how.
        changes: these changes.
        blocks: in the order in which they are read; their numbers refer to these changes.
    """

    outcome: Outcome
    changes: Sequence[ChangeItem]
    blocks: Sequence[Block]


def endings(plan: Plan, report: Report) -> list[Ending]:
    """Part the changes of a plan by how they ended; what did not end was not attempted."""
    changes = items_of(plan, report, {}, whole=False)
    found: list[Ending] = []
    for outcome in ORDER:
        some = [change for change in changes if (change.outcome or Outcome.NOT_ATTEMPTED) == outcome]
        if some:
            found.append(Ending(outcome, some, blocks_of(some)))
    return found


def with_results(plan: Plan, report: Report) -> Plan:
    """The plan with what was done besides it, which `--wait` deleted when messages were through."""
    planned = {change.address for change in plan.changes}
    more = [
        Change(result.address, result.action, Reason.NOT_DECLARED)
        for result in report.results
        if result.address not in planned
    ]
    if not more:
        return plan
    changes = sorted((*plan.changes, *more), key=lambda change: change.address)
    return plan.model_copy(update={"changes": tuple(changes)})
