"""`mqinfra apply`: plan again or read a saved plan, ask, bring it about, and report what was seen."""

import gc
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from mqinfra.cli.approval import confirmed, unexpected
from mqinfra.cli.closing import close_kept
from mqinfra.cli.console import Console
from mqinfra.cli.failure import report_failure
from mqinfra.cli.locking import Patience, locked, whoami
from mqinfra.cli.options import (
    Duration,
    Limit,
    LimitType,
    adopt_option,
    broker_options,
    degraded_option,
    desired_option,
    environment_option,
    expanded,
    lock_options,
    output_option,
    selection_options,
    talk_options,
)
from mqinfra.cli.output import Target, emit, emit_failure, report_renderers
from mqinfra.cli.parameters import ExistingFile
from mqinfra.cli.pictures import html, with_topology
from mqinfra.cli.planning import Planned, check_limits, exit_code, parse_options, planned
from mqinfra.cli.running import Course, StoppedAtOnceError, leave, run_plan
from mqinfra.cli.saved import check_saved, derive, options_of, plan_again, read_plan
from mqinfra.cli.waiting import drained, drains
from mqinfra.cli.way_back import BEFORE, keep_before, part_targets, towards
from mqinfra.cli.where import Where
from mqinfra.cli.workspace import Workspace, open_workspace, require_valid
from mqinfra.engine.examine import examine, refuse_other_clusters
from mqinfra.engine.inventory.journal import not_recorded
from mqinfra.engine.keeping import Basis, Keeping, beside_of, keep, read_under_lock
from mqinfra.engine.once import refuse_begun, refuse_unrecorded
from mqinfra.engine.planning.options import Options
from mqinfra.engine.second_look import until_settled
from mqinfra.engine.unattended import without_revocations
from mqinfra.model.change import Change
from mqinfra.model.errors import UserError
from mqinfra.model.event import Report
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.frozen import dataclass
from mqinfra.model.plan import Plan, plan_digest
from mqinfra.model.record import Owner
from mqinfra.providers.base.session import Session
from mqinfra.render.plan_text import render_plan
from mqinfra.render.plan_verdict import command as command_line
from mqinfra.render.report_json import report_to_json
from mqinfra.render.report_text import render_report
from mqinfra.render.terminal import clean, plural

FORMATS = ("text", "json", "jsonl", "markdown", "html", "junit", BEFORE)


@dataclass(frozen=True, slots=True)
class _Approval:
    """What the command line says about a saved plan; the file can't say it of itself."""

    where: Where
    digest: str | None
    degraded: bool
    max_deletes: tuple[Limit, ...]
    before: tuple[Path, ...]


@click.command("apply")
@click.argument("plan_file", required=False, type=ExistingFile())
@environment_option
@selection_options
@click.option(
    "--max-deletes",
    multiple=True,
    type=LimitType(),
    metavar="ALIAS/KIND=N",
    help="Allow up to N deletes of a kind, such as kafka/topics=12.",
)
@degraded_option
@adopt_option
@desired_option
@click.option("--expect", metavar="DIGEST", help="Apply only the plan with this digest, without asking.")
@click.option(
    "--auto-approve", is_flag=True, help="Apply without asking, except for deletes of what is no longer declared."
)
@lock_options
@click.option(
    "--close-connections", is_flag=True, help="Close the connections of clients that keep rights which are taken."
)
@click.option(
    "--wait",
    type=Duration(),
    is_flag=False,
    flag_value="15m",
    metavar="[DURATION]",
    help="Wait for messages to leave what is no longer declared, at most 15m or DURATION, and delete it.",
)
@output_option(*FORMATS, failures=True)
@broker_options
@talk_options
def command(
    *,
    plan_file: Path | None,
    where: Where,
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    max_deletes: tuple[Limit, ...],
    degraded: bool,
    adopt: bool,
    desired: Path | None,
    expect: str | None,
    auto_approve: bool,
    lock_timeout: float,
    no_lock: bool,
    close_connections: bool,
    wait: float | None,
    targets: tuple[Target, ...],
    timeout: float,
    talk: Console,
) -> int:
    """Apply a plan and report the result.

    Without PLAN_FILE it plans, shows the plan and asks for `yes`. A saved plan was approved when it was reviewed, so
    nothing is asked; it is applied only while the clusters and the manifests are what it saw.
    """
    targets, before = part_targets(targets)
    patience = Patience(timeout, lock_timeout, no_lock, closes_connections=close_connections, drained=wait or 0.0)
    if plan_file is not None:
        if select or exclude or desired or adopt:
            raise click.UsageError("a saved plan holds its own selection; give these options to `plan`")
        approval = _Approval(where, expect, degraded, max_deletes, before)
        return _apply_saved(plan_file, approval, targets, talk, patience)
    options = parse_options(select, exclude, max_deletes, degraded=degraded, adopt=adopt)
    workspace = require_valid(open_workspace(where, timeout=patience.answer))
    if desired is not None:
        workspace, options = towards(desired, workspace, options)
    with planned(workspace, options) as result:
        plan = with_topology(result, workspace, targets, asked=False)
        talk.diagnostics(plan.diagnostics)
        talk.info(render_plan(plan, talk.style(sys.stderr), expand=expanded((), talk)))
        code = exit_code(plan, detailed=False)
        if code is not ExitCode.OK:
            emit_failure(targets, plan.diagnostics, talk, plan)
            return code
        if expect is not None and expect != plan.digest:
            raise UserError([unexpected(expect, plan)], ExitCode.STALE)
        if auto_approve and expect is None:
            whole, (plan, left) = plan, without_revocations(plan)
            _say_left(whole, left, talk)
        basis = Basis(plan, workspace.loaded.desired, result.survey, options.selection)
        if not plan.changes:
            keep_before(plan, before, workspace, talk)
            _record(basis, talk, patience)
            return _nothing_to_do(plan, targets, talk, patience, _draining(plan, workspace, options, patience, talk))
        if expect is None and not auto_approve and not confirmed(plan):
            talk.error("Nothing was applied.")
            return ExitCode.REFUSED
        keep_before(plan, before, workspace, talk)
        then = _draining(plan, workspace, options, patience, talk)
        if expect is None:
            refuse_unrecorded(plan.changes, result.survey.inventories)
        expected = expect is not None
        sessions = result.survey.sessions
        return _apply(plan, sessions, targets, talk, patience, lambda: basis, expected=expected, then=then)


def _apply_saved(
    path: Path, approval: _Approval, targets: tuple[Target, ...], talk: Console, patience: Patience
) -> int:
    plan = read_plan(path)
    if approval.digest is not None and approval.digest != plan.digest:
        raise UserError([unexpected(approval.digest, plan)], ExitCode.STALE)
    asked = approval.where.environment
    if asked is not None and asked != plan.environment:
        raise click.UsageError(f"the plan is for environment `{plan.environment}`, not `{asked}`")
    workspace = require_valid(
        open_workspace(replace(approval.where, environment=plan.environment), timeout=patience.answer)
    )
    check_saved(plan, workspace.loaded.desired, path)
    options = options_of(plan, approval.max_deletes, degraded=approval.degraded)
    check_limits(options, workspace)
    then = _draining(plan, workspace, options, patience, talk)
    if not plan.changes:
        talk.info("No changes in the plan.")
        keep_before(plan, approval.before, workspace, talk)
        return _nothing_to_do(plan, targets, talk, patience, then)
    with workspace.sessions({change.address.cluster for change in plan.changes}) as sessions:
        keep_before(plan, approval.before, workspace, talk)
        again = partial(plan_again, workspace, sessions, options)
        expected = approval.digest is not None
        return _apply(plan, sessions, targets, talk, patience, again, saved=True, expected=expected, then=then)


def _apply(
    plan: Plan,
    sessions: Mapping[str, Session],
    targets: tuple[Target, ...],
    talk: Console,
    patience: Patience,
    basis: Callable[[], Basis] | None = None,
    *,
    saved: bool = False,
    expected: bool = False,
    then: "_Then | None" = None,
) -> int:
    """Bring a plan about. From here on there is a report, whatever happens.

    Args:
        plan: the plan.
        sessions: open sessions by alias.
        targets: where the report goes.
        talk: the console.
        patience: how long to wait.
        basis: gives what the plan was made from; for a saved plan it plans anew. None where there is nothing to do.
        saved: the plan was saved; what is planned anew is applied in its place.
        expected: it was approved by its digest.
        then: what follows where all went well, and makes the report of the whole.
    """
    course = Course(plan, talk, events=any(target.format == "jsonl" for target in targets))
    try:
        _run_apply(course, sessions, targets, talk, patience, basis, saved=saved, expected=expected)
        report = course.report
        if then is not None and report.exit_code is ExitCode.OK:
            report = then(report, course.events)
    except UserError as error:
        talk.diagnostics(error.diagnostics)
        report = course.cut_off(error.diagnostics[0].message, error.exit_code)
    except KeyboardInterrupt:
        _publish(course, course.cut_off("interrupted", ExitCode.INTERRUPTED, interrupted=True), targets, talk)
        raise
    except Exception as error:  # noqa: BLE001 - what was done is said even when we fail ourselves
        code = report_failure(error, verbose=talk.settings.verbose)
        report = course.cut_off("internal error", code)
    if patience.closes_connections:
        report = close_kept(course.plan, report, sessions, course.add)
    _publish(course, report, targets, talk)
    return report.exit_code


def _run_apply(
    course: Course,
    sessions: Mapping[str, Session],
    targets: tuple[Target, ...],
    talk: Console,
    patience: Patience,
    basis: Callable[[], Basis] | None,
    *,
    saved: bool,
    expected: bool = False,
) -> None:
    plan = course.plan
    used = sorted({change.address.cluster for change in plan.changes})
    refuse_other_clusters(plan, sessions)
    missing = [
        found
        for alias in used
        for found in sessions[alias].missing_secrets([c for c in plan.changes if c.address.cluster == alias])
    ]
    if missing:
        raise UserError(missing)
    with locked(sessions, used, _owner(plan), _holder(plan), patience, talk) as locks:
        keeping: Mapping[str, Keeping] = {}
        live = [sessions[alias] for alias in used]
        if basis is None:
            rechecks = examine(plan, sessions)
        elif saved:
            found, rechecks = until_settled(partial(derive, plan, sessions, basis), live)
            course.plan = found.plan
            left = [c for c in found.plan.changes if rechecks[c.address].remaining is not None]
            if not expected:
                refuse_unrecorded(left, found.survey.inventories)
            keeping = keep(found, locks, whoami(), frozenset(locks), expected=expected)
        else:
            found, undisturbed = read_under_lock(basis(), locks)
            refuse_begun(plan.changes, found.survey.inventories)
            rechecks = until_settled(partial(examine, plan, sessions, undisturbed), live)
            keeping = keep(found, locks, whoami(), undisturbed, expected=expected)
        gc.freeze()  # what was made so far stays, and is not looked through for cycles, as what an apply makes is
        gc.enable()
        try:
            run_plan(course, sessions, rechecks, talk, timeout=patience.answer, keeping=keeping)
        except StoppedAtOnceError:  # also the locks are not waited for: they go with the process
            report = course.cut_off("stopped at once by a second interrupt", ExitCode.INTERRUPTED, interrupted=True)
            _publish(course, report, targets, talk)
            leave(ExitCode.INTERRUPTED)


def _publish(course: Course, report: Report, targets: tuple[Target, ...], talk: Console) -> None:
    """Write the report; where it can't go, what was done is still said."""
    try:
        _write_report(course, report, targets, talk)
    except UserError as error:
        talk.error(render_report(course.plan, report, talk.style(sys.stderr)))
        raise UserError(error.diagnostics, _worse(report.exit_code, error.exit_code)) from None
    unread = talk.unread and not any(target.path for target in targets)
    if unread or (targets and talk.settings.quiet and report.exit_code is not ExitCode.OK):
        talk.error(render_report(course.plan, report, talk.style(sys.stderr)))


def _worse(report: ExitCode, writing: ExitCode) -> ExitCode:
    """A report that can't be written is an error of its own; what happened to the clusters outweighs it."""
    return report if report is not ExitCode.OK else writing


def _record(basis: Basis, talk: Console, patience: Patience) -> None:
    """Record what is as it is declared, where there is nothing to change; where that fails, nothing else does."""
    aliases = [alias for alias in basis.survey.sessions if not beside_of(basis, alias).nothing]
    if not aliases:
        return
    sessions = basis.survey.sessions
    try:
        with locked(sessions, aliases, basis.owner, _holder(basis.plan), patience, talk) as locks:
            now, undisturbed = read_under_lock(basis, locks)
            for alias, kept in keep(now, locks, whoami(), undisturbed).items():
                if kept.journal is None:
                    continue
                kept.journal.save()
                if kept.journal.problem:
                    talk.info(f"{alias}: {not_recorded(kept.journal.problem, kept.journal.unwritten)}")
    except UserError as error:
        talk.info(f"nothing was recorded: {error.diagnostics[0].message}")


def _nothing_to_do(
    plan: Plan, targets: tuple[Target, ...], talk: Console, patience: Patience, then: "_Then | None"
) -> int:
    """Whoever asked for a report gets one: a pipeline reads it without knowing beforehand whether there is work."""
    return _apply(plan, {}, targets, talk, patience, then=then) if targets or then is not None else ExitCode.OK


_Then = Callable[[Report, bool], Report]


def _draining(plan: Plan, workspace: Workspace, options: Options, patience: Patience, talk: Console) -> _Then | None:
    """What `--wait` makes of a report: it waits for what the plan said is to be drained, and deletes that too."""
    waiting = drains(plan)
    if not patience.drained or not waiting:
        return None

    def then(report: Report, events: bool) -> Report:  # noqa: FBT001 - always given
        def carry_out(found: Planned, rest: Plan) -> Report:
            basis = Basis(rest, workspace.loaded.desired, found.survey, options.selection)
            course = Course(rest, talk, events=events)
            _run_apply(course, found.survey.sessions, (), talk, patience, lambda: basis, saved=False)
            return course.report

        return drained(report, waiting, lambda: planned(workspace, options), carry_out, patience.drained, talk)

    return then


def _write_report(course: Course, report: Report, targets: tuple[Target, ...], talk: Console) -> None:
    rest = tuple(target for target in targets if target.format != "jsonl")
    streamed = len(rest) != len(targets)
    if streamed and not rest:
        talk.info(render_report(course.plan, report, talk.style(sys.stderr)))
        return
    emit(
        rest,
        {
            "text": lambda: render_report(course.plan, report, talk.out_style),
            "json": lambda: report_to_json(report),
            "html": lambda: html(course.plan, report),
            **report_renderers(course.plan, report),
        },
        talk,
    )


def _say_left(whole: Plan, left: Sequence[Change], talk: Console) -> None:
    """Say what --auto-approve does not take away, also to whoever wants it quiet: rights stay that nobody declares."""
    if not left:
        return
    talk.error(f"Left undone: {plural(len(left), 'delete')} of what is no longer declared; --auto-approve makes none:")
    for change in left:
        talk.error(f"  {clean(str(change.address))}")
    # What is applied now is no part of the plan that is left.
    digest = plan_digest(whole.project, whole.environment, whole.clusters, left)
    talk.error(f"To carry them out: {command_line('apply', whole, '--expect', digest)}")


def _owner(plan: Plan) -> Owner:
    return Owner(plan.project, plan.environment)


def _holder(plan: Plan) -> str:
    return f"{whoami()} applying {_owner(plan)}, plan {plan.digest[:19]}"
