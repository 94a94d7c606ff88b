"""Saved plans: reading one, whether the manifests still are what it was made from, and planning it again."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from mqinfra.checks.declared_outside_scope import DECLARED_OUTSIDE_SCOPE
from mqinfra.cli.options import Limit
from mqinfra.cli.workspace import Workspace
from mqinfra.engine import codes
from mqinfra.engine.desired import desired_digest
from mqinfra.engine.examine import examine
from mqinfra.engine.keeping import Basis
from mqinfra.engine.planning.options import Options
from mqinfra.engine.planning.planner import make_plan
from mqinfra.engine.recheck import Recheck
from mqinfra.engine.rederive import rederive, refuse_other_wishes
from mqinfra.engine.selection import Selection
from mqinfra.engine.survey import survey
from mqinfra.model.address import Address
from mqinfra.model.code import Code
from mqinfra.model.declaration import Desired
from mqinfra.model.errors import UserError
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.plan import FORMAT_VERSION, Plan
from mqinfra.model.reading import Source
from mqinfra.model.setting import Problem
from mqinfra.providers.base.session import Session
from mqinfra.render.plan_json import PlanFormatError, plan_from_json

PLAN_FILE = Code(
    "MQ191",
    "unusable plan file",
    "The file is not a plan of this version of mqinfra, or it was edited or damaged: its digest must match its "
    "content. Make a new one with `mqinfra plan -o json=plan.json`.",
)


def read_plan(path: Path) -> Plan:
    """Read a saved plan.

    Raises:
        UserError: it can't be read, is damaged, or has another format; exit code 5 for the latter two.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UserError([PLAN_FILE.at(f"`{path}` can't be read: {why}")]) from None
    try:
        return plan_from_json(text)
    except PlanFormatError as error:
        raise UserError([PLAN_FILE.at(f"`{path}` can't be used: {error}")], ExitCode.STALE) from None


def check_saved(plan: Plan, desired: Desired, path: Path) -> None:
    """Refuse a plan that must not be applied, before any cluster is opened.

    Raises:
        UserError: it has another version of the format, is blocked or incomplete, was made against a snapshot, or the
            manifests or the scope have changed.
    """
    if plan.format_version != FORMAT_VERSION:
        # It is shown all the same; but what was approved is what that version could say of its changes.
        message = f"`{path}` has plan format {plan.format_version}, and this mqinfra applies format {FORMAT_VERSION}"
        raise UserError([PLAN_FILE.at(message, help="plan again with this mqinfra, and review it")], ExitCode.STALE)
    if plan.blocked:
        names = ", ".join(f"`{change.address}`" for change in plan.blocked[:5])
        code = next(d for d in plan.diagnostics if d.code == plan.blocked[0].blocked_by[0])
        found = code.model_copy(update={"message": f"the plan contains blocked changes: {names}; {code.message}"})
        raise UserError([found], ExitCode.REFUSED)
    if not plan.complete:
        down = ", ".join(f"`{cluster.alias}`" for cluster in plan.clusters if not cluster.reachable)
        raise UserError([PLAN_FILE.at(f"the plan is incomplete: {down} could not be read", help="plan again")])
    if any(cluster.source is Source.SNAPSHOT for cluster in plan.clusters):
        message = "the plan was made against a snapshot and can't be applied"
        raise UserError([codes.OTHER_CLUSTER.at(message, help="plan again without --against")], ExitCode.REFUSED)
    if plan.project != desired.project:
        message = f"the plan is for project `{plan.project}`, and this is `{desired.project}`"
        raise UserError([codes.STALE.at(message, help="run it in the project it was made for")], ExitCode.STALE)
    if plan.desired != desired_digest(desired):
        message = f"the manifests changed since `{path}` was made"
        raise UserError([codes.STALE.at(message, help="plan again, and review what is different")], ExitCode.STALE)
    # What a project may own can have been narrowed since, by the clusters file of whoever runs us.
    outside = [
        DECLARED_OUTSIDE_SCOPE.at(
            f"`{change.address}` is no longer in the project's scope",
            span=change.span,
            address=str(change.address),
            help="widen the scope if it is this project's, or plan again without it",
        )
        for change in plan.changes
        if not desired.scope.owns(desired.clusters.get(change.address.cluster, ""), change.address)
    ]
    if outside:
        raise UserError(outside, ExitCode.REFUSED)
    refuse_other_wishes(plan, desired)


def plan_again(workspace: Workspace, sessions: Mapping[str, Session], options: Options) -> Basis:
    """Plan what a saved plan was made from, through the sessions that it is applied through; writes nothing.

    Raises:
        UserError: a cluster can't be read.
    """

    def opener(alias: str) -> Session:
        if alias not in sessions:  # only what the plan touches is opened
            raise UserError([PLAN_FILE.at("the plan changes nothing there", address=alias)])
        return sessions[alias]

    desired = workspace.loaded.desired
    with ExitStack() as stack:
        found = survey(desired, opener, stack, options.selection)
        again = make_plan(desired, found, workspace.catalogue, options)
        stack.pop_all()  # whoever opened the sessions closes them
    unread = {cluster.alias for cluster in again.clusters if not cluster.reachable} & sessions.keys()
    if unread:
        raise UserError(found.diagnostics)
    return Basis(again, desired, found, options.selection)


def derive(
    plan: Plan, sessions: Mapping[str, Session], basis: Callable[[], Basis]
) -> tuple[Basis, dict[Address, Recheck]]:
    """What a saved plan comes to now, and where each of its changes stands.

    Args:
        plan: the saved plan.
        sessions: open sessions of every cluster with changes.
        basis: plans anew; called under the lock, so that no record has to be read again.

    Raises:
        UserError: it is stale, or something stands in its way.
    """
    rechecks = examine(plan, sessions)
    found = basis()
    today, rechecks = rederive(plan, found.plan, rechecks)
    return replace(found, plan=today.model_copy(update={"topology": plan.topology})), rechecks


def options_of(plan: Plan, max_deletes: Sequence[Limit], *, degraded: bool) -> Options:
    """How to plan anew what a saved plan holds: what narrowed it is its own, what it may delete it can't say itself.

    Args:
        plan: the saved plan.
        max_deletes: limits on deletes, from the command line.
        degraded: go on although a cluster is degraded, from the command line.

    Raises:
        UserError: its selection is none.
    """
    given: dict[str, list[str]] = {"--select": [], "--exclude": []}
    for text in plan.selection:
        option, _, selector = text.partition(" ")
        given.setdefault(option, []).append(selector)
    selection = Selection.parse(given["--select"], given["--exclude"])
    if isinstance(selection, Problem) or len(given) > 2:
        raise UserError([PLAN_FILE.at("the plan's selection can't be read", help="plan again")], ExitCode.STALE)
    limits = {limit.kind: limit.number for limit in max_deletes}
    return Options(selection, limits, degraded, plan.adopt)


CODES = (PLAN_FILE,)
