"""What an apply that nobody watches leaves undone: it takes nothing away only because a manifest no longer says it."""

from mqinfra.model.change import Action, Change, Reason
from mqinfra.model.plan import Plan, plan_digest

REVOCATIONS = (Reason.NOT_DECLARED, Reason.SUGAR_GONE)


def without_revocations(plan: Plan) -> tuple[Plan, tuple[Change, ...]]:
    """Part a plan from the deletes that rest on records alone.

    Returns:
        the rest of the plan, with a digest of its own, and what was left out of it.
    """
    left = tuple(change for change in plan.changes if change.action is Action.DELETE and change.reason in REVOCATIONS)
    if not left:
        return plan, ()
    gone = {change.address for change in left}
    rest = tuple(change for change in plan.changes if change.address not in gone)
    digest = plan_digest(plan.project, plan.environment, plan.clusters, rest)
    return plan.model_copy(update={"changes": rest, "digest": digest}), left
