"""How grave changes are, and the order in which they are read."""

from enum import StrEnum

from mqinfra.model.change import Action, Change, CostKind, Moved, Reason
from mqinfra.model.holding import Holding


class Severity(StrEnum):
    """How grave a change is, gravest first: the order in which they are read."""

    BLOCKED = "blocked"
    LOSES = "loses"
    BREAKS = "breaks"
    UNDECLARED = "undeclared"
    DRIFT = "drift"
    UPDATES = "updates"
    CREATES = "creates"

    @property
    def heading(self) -> str:
        """What stands over such changes."""
        return _HEADINGS[self]

    @property
    def grave(self) -> bool:
        """Whether nothing of it may be missing, however much there is."""
        return self in (Severity.BLOCKED, Severity.LOSES, Severity.BREAKS, Severity.UNDECLARED)


_HEADINGS = {
    Severity.BLOCKED: "Blocked",
    Severity.LOSES: "Loses data",
    Severity.BREAKS: "Breaks order or cuts clients off",
    Severity.UNDECLARED: "No longer declared",
    Severity.DRIFT: "Drift",
    Severity.UPDATES: "Other updates",
    Severity.CREATES: "Creates",
}
RANK = {severity.value: at for at, severity in enumerate(Severity)}
"""The place of each in the order in which they are read."""
_LOSING = frozenset((CostKind.MESSAGES_LOST, CostKind.RETENTION_LOWERED))
_BREAKING = frozenset((CostKind.CONSUMERS_CUT_OFF, CostKind.ORDER_BROKEN))
GRAVE = _LOSING | _BREAKING
"""Costs that take messages, clients or order."""
_TAKING = (Action.DELETE, Action.REPLACE)
LEFT_OVER = frozenset((Reason.NOT_DECLARED, Reason.SUGAR_GONE))
"""Why something goes that no line removes."""


def severity_of(change: Change) -> Severity:
    """How grave a change is, by what it takes and why it happens."""
    if change.blocked_by:
        return Severity.BLOCKED
    if change.reason is Reason.ABSENT and change.action is Action.CREATE and not change.costs:
        return Severity.CREATES
    kinds = {cost.kind for cost in change.costs}
    # Plans of older versions don't say what a resource holds.
    holds = change.holding in (None, Holding.DATA) and change.reason not in LEFT_OVER
    if (change.action in _TAKING and holds) or kinds & _LOSING:
        return Severity.LOSES
    if change.action is Action.REPLACE or kinds & _BREAKING:
        return Severity.BREAKS
    if change.action is Action.DELETE or change.reason in LEFT_OVER:
        return Severity.UNDECLARED
    if change.action is Action.CREATE:
        return Severity.CREATES
    drifted = any(difference.moved in (Moved.DRIFT, Moved.BOTH) for difference in change.differences)
    return Severity.DRIFT if drifted else Severity.UPDATES
