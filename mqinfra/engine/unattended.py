"""What an apply that nobody watches leaves undone: it takes nothing away only because a manifest no longer says it."""

from collections.abc import Collection

from mqinfra.engine.consent import spared
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, Reason
from mqinfra.model.plan import Plan, plan_digest

REVOCATIONS = (Reason.NOT_DECLARED, Reason.SUGAR_GONE)


def only(plan: Plan, addresses: Collection[Address]) -> Plan:
    """The deletes of some resources that nobody declares any more, as a plan with a digest of its own."""
    changes = tuple(
        change
        for change in plan.changes
        if change.address in addresses
        and change.action is Action.DELETE
        and change.reason in REVOCATIONS
        and not change.blocked_by
    )
    digest = plan_digest(plan.project, plan.environment, plan.clusters, changes)
    return plan.model_copy(update={"changes": changes, "digest": digest})


def without_revocations(plan: Plan) -> tuple[Plan, tuple[Change, ...]]:
    """Part a plan from the deletes that rest on records alone.

    Returns:
        the rest of the plan, with a digest of its own, and what was left out of it.
    """
    left = tuple(change for change in plan.changes if change.action is Action.DELETE and change.reason in REVOCATIONS)
    if not left:
        return plan, ()
    gone = {change.address for change in left}
    rest = tuple(spared((change for change in plan.changes if change.address not in gone), left))
    digest = plan_digest(plan.project, plan.environment, plan.clusters, rest)
    return plan.model_copy(update={"changes": rest, "digest": digest}), left
