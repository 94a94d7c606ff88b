"""Planning as `plan` and `apply` share it: options to a Plan, a Plan to an exit code."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import click

from mqinfra.cli.options import Limit
from mqinfra.cli.workspace import Workspace
from mqinfra.engine.planner import Options, make_plan
from mqinfra.engine.selection import Selection
from mqinfra.engine.survey import Survey, survey
from mqinfra.model.diagnostic import has_errors
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.plan import Plan
from mqinfra.model.setting import Problem


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with the sessions it was made through.

    Attributes:
        plan: the plan, with the diagnostics of the manifests.
        survey: open sessions and readings.
    """

    plan: Plan
    survey: Survey


def parse_options(select: Sequence[str], exclude: Sequence[str], max_deletes: Sequence[Limit]) -> Options:
    """Read the options that narrow and limit a plan.

    Raises:
        click.UsageError: a selector that can't be read.
    """
    selection = Selection.parse(select, exclude)
    if isinstance(selection, Problem):
        raise click.UsageError(selection.message + (f"\n{selection.help}" if selection.help else ""))
    return Options(selection, {limit.kind: limit.number for limit in max_deletes})


@contextmanager
def planned(workspace: Workspace, options: Options) -> Iterator[Planned]:
    """Survey the clusters and plan; the sessions stay open as long as the context."""
    with ExitStack() as stack:
        found = survey(workspace.loaded.desired, workspace.opener, stack, options.selection)
        plan = make_plan(workspace.loaded.desired, found, workspace.catalogue, options)
        diagnostics = (*workspace.loaded.diagnostics, *plan.diagnostics)
        yield Planned(plan.model_copy(update={"diagnostics": diagnostics}), found)


def exit_code(plan: Plan, *, detailed: bool) -> ExitCode:
    """The code that says what the plan says: unreadable, refused, pending or nothing to do."""
    if not plan.complete:
        return ExitCode.ERROR
    if plan.blocked or has_errors(plan.diagnostics):
        return ExitCode.REFUSED
    return ExitCode.PENDING if detailed and plan.changes else ExitCode.OK
