"""Planning as `plan` and `apply` share it: options to a Plan, a Plan to an exit code."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import click

from mqinfra.cli.options import Limit
from mqinfra.cli.workspace import Workspace
from mqinfra.engine.planning.options import Options
from mqinfra.engine.planning.planner import make_plan
from mqinfra.engine.selection import Selection
from mqinfra.engine.survey import Survey, survey
from mqinfra.model.address import Address
from mqinfra.model.code import Code
from mqinfra.model.declaration import Declaration, Desired, Tombstone
from mqinfra.model.diagnostic import Diagnostic, Severity, has_errors
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.plan import Plan
from mqinfra.model.selector import Selector
from mqinfra.model.selector_hint import Subject, meant
from mqinfra.model.setting import Problem, did_you_mean

SELECTS_NOTHING = Code(
    "MQ192",
    "a selector matches nothing",
    "A `--select` or `--exclude` matches no resource that the manifests declare or remove, so it is probably "
    "misspelt. `*` stands for any run of characters, and a name is written as in an address.",
    bad="mqinfra plan --select name:order.*     # they are called orders.created, orders.cancelled\n",
    good="mqinfra plan --select name:orders.*\n",
    severity=Severity.WARNING,
)


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
    check_limits(options, workspace)
    with ExitStack() as stack:
        found = survey(workspace.loaded.desired, workspace.opener, stack, options.selection)
        plan = make_plan(workspace.loaded.desired, found, workspace.catalogue, options)
        idle = _idle(options.selection, workspace.loaded.desired)
        diagnostics = (*workspace.loaded.diagnostics, *idle, *plan.diagnostics)
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


def _idle(selection: Selection, desired: Desired) -> list[Diagnostic]:
    """The selectors that match nothing: a misspelt one would quietly plan nothing, or exclude nothing."""
    given = [*(("--select", item) for item in selection.select), *(("--exclude", item) for item in selection.exclude)]
    subjects = _subjects(desired) if given else []
    return [
        SELECTS_NOTHING.at(
            f"`{option} {selector.text}` matches nothing that is declared or removed",
            help=(_suggested(option, selector, subjects), "`mqinfra render` lists what is declared"),
        )
        for option, selector in given
        if not any(selector.matches(*subject) for subject in subjects)
        and not any(selector.means_all_on(alias) for alias in desired.clusters)
    ]


def _suggested(option: str, selector: Selector, subjects: Sequence[Subject]) -> str:
    better = meant(selector.text, subjects)
    return f"did you mean `{option} {better}`?" if better else ""


def _subjects(desired: Desired) -> list[Subject]:
    known: tuple[Mapping[Address, Declaration | Tombstone], ...] = (desired.declarations, desired.tombstones)
    return [
        (address, f"{desired.clusters.get(address.cluster, '')}/{address.kind}", item.labels, item.span.file)
        for some in known
        for address, item in some.items()
    ]
