"""Planning as `plan` and `apply` share it: options to a Plan, a Plan to an exit code."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import click

from mqinfra.cli.kept import keep
from mqinfra.cli.options import Limit
from mqinfra.cli.selecting import declared_or_removed, unmatched
from mqinfra.cli.workspace import Workspace
from mqinfra.engine.planning.options import Options
from mqinfra.engine.selection import Selection
from mqinfra.engine.survey import Survey, survey
from mqinfra.model.diagnostic import Diagnostic, has_errors
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.frozen import dataclass
from mqinfra.model.plan import Plan
from mqinfra.model.selector_hint import Subject
from mqinfra.model.setting import Problem, did_you_mean


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with the sessions it was made through.

    Attributes:
        plan: the plan, with the diagnostics of the manifests.
        survey: open sessions and readings.
    """

    plan: Plan
    survey: Survey


def parse_options(
    select: Sequence[str],
    exclude: Sequence[str],
    max_deletes: Sequence[Limit],
    *,
    degraded: bool = False,
    adopt: bool = False,
    rights: bool = True,
) -> Options:
    """Read the options that narrow and limit a plan.

    Raises:
        click.UsageError: a selector that can't be read.
    """
    selection = Selection.parse(select, exclude)
    if isinstance(selection, Problem):
        raise click.UsageError(selection.message + (f"\n{selection.help}" if selection.help else ""))
    return Options(selection, {limit.kind: limit.number for limit in max_deletes}, degraded, adopt, rights)


@contextmanager
def planned(workspace: Workspace, options: Options) -> Iterator[Planned]:
    """Survey the clusters and plan; the sessions stay open as long as the context.

    Raises:
        click.UsageError: a limit is for a kind that the environment does not have.
    """
    from mqinfra.engine.planning.planner import make_plan  # noqa: PLC0415 - others read the options without a plan

    check_limits(options, workspace)
    names = workspace.loaded.desired.names
    options = replace(options, selection=options.selection.under(names))
    with ExitStack() as stack:
        found = survey(workspace.loaded.desired, workspace.opener, stack, options.selection)
        plan = make_plan(workspace.loaded.desired, found, workspace.catalogue, options)
        keep(workspace.loaded, found.readings, found.inventories, plan)
        unknown = _unmatched(options.selection, workspace, found, plan)
        diagnostics = (*workspace.loaded.diagnostics, *unknown, *plan.diagnostics)
        told = {"diagnostics": diagnostics, "max_deletes": dict(options.max_deletes)}
        yield Planned(plan.model_copy(update=told), found)


def exit_code(plan: Plan, *, detailed: bool) -> ExitCode:
    """The code that says what the plan says: unreadable, refused, pending or nothing to do."""
    if not plan.complete:
        return ExitCode.ERROR
    if plan.blocked or has_errors(plan.diagnostics):
        return ExitCode.REFUSED
    return ExitCode.PENDING if detailed and plan.changes else ExitCode.OK


def check_limits(options: Options, workspace: Workspace) -> None:
    """See that limits are for kinds that the environment has.

    Raises:
        click.UsageError: one is not.
    """
    clusters, catalogue = workspace.loaded.desired.clusters, workspace.catalogue
    known = [f"{alias}/{kind}" for alias, broker in clusters.items() for kind in catalogue.providers[broker].kinds]
    for name in options.max_deletes:
        if name not in known:
            hint = did_you_mean(name, known)
            raise click.UsageError(f"--max-deletes: the environment has no `{name}`" + (f"; {hint}" if hint else ""))


def _unmatched(selection: Selection, workspace: Workspace, found: Survey, plan: Plan) -> list[Diagnostic]:
    """The selectors that match nothing that is declared or removed, nothing of our records, and nothing left over."""
    if selection.everything:
        return []
    desired = workspace.loaded.desired
    recorded: list[Subject] = [
        (address, f"{desired.clusters.get(address.cluster, '')}/{address.kind}", record.labels, record.file)
        for inventory in found.inventories.values()
        for address, record in inventory.records.items()
    ]
    left: list[Subject] = [
        (item.address, f"{desired.clusters.get(item.address.cluster, '')}/{item.address.kind}", {}, "")
        for item in plan.undeclared
    ]
    called = [(desired.names.declared(one[0]), *one[1:]) for one in (*recorded, *left)] if desired.names else []
    subjects = [*declared_or_removed(desired), *recorded, *left, *called]
    return list(unmatched(selection, subjects, desired.clusters, where="declared or removed"))
