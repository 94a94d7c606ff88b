"""`mqinfra plan`: what would change, and what it costs. Writes nothing anywhere but to the files named with `-o`."""

from pathlib import Path

import click

from mqinfra.cli.console import Console
from mqinfra.cli.options import (
    Limit,
    LimitType,
    adopt_option,
    broker_options,
    degraded_option,
    desired_option,
    environment_option,
    expand_option,
    expanded,
    output_option,
    selection_options,
    talk_options,
)
from mqinfra.cli.output import FINDING_FORMATS, Target, emit, plan_markdown, plan_renderers
from mqinfra.cli.parameters import ExistingFile
from mqinfra.cli.pictures import html, with_topology
from mqinfra.cli.planning import Planned, exit_code, parse_options, planned
from mqinfra.cli.where import Where
from mqinfra.cli.workspace import open_workspace, require_valid
from mqinfra.model.declaration import Desired
from mqinfra.model.plan import Plan
from mqinfra.render.plan_text import render_plan
from mqinfra.render.requests_text import RequestView

FORMATS = ("text", "json", "markdown", "html", *FINDING_FORMATS)


@click.command("plan")
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
@click.option(
    "--skip-rights", is_flag=True, help="Do not check your rights to make the changes: someone else applies the plan."
)
@click.option(
    "--against",
    type=ExistingFile(),
    metavar="FILE",
    help="Plan against a saved snapshot, or a broker's own file such as RabbitMQ's definitions, instead of the "
    "clusters.",
)
@desired_option
@click.option("--requests", is_flag=True, help="List the requests that an apply would send.")
@click.option("--summary", is_flag=True, help="Show only counts and destructive changes.")
@click.option("--undeclared", is_flag=True, help="List what is in scope and not declared, with the lines to remove it.")
@click.option("--topology", is_flag=True, help="Keep in `-o json` what `graph` and `show -o html` draw.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when changes are pending.")
@expand_option
@output_option(*FORMATS, failures=True)
@broker_options
@talk_options
def command(
    *,
    where: Where,
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    max_deletes: tuple[Limit, ...],
    degraded: bool,
    adopt: bool,
    skip_rights: bool,
    against: Path | None,
    desired: Path | None,
    requests: bool,
    summary: bool,
    undeclared: bool,
    expand: tuple[str, ...],
    topology: bool,
    detailed_exitcode: bool,
    targets: tuple[Target, ...],
    timeout: float,
    talk: Console,
) -> int:
    """Show what would change, and what it costs."""
    options = parse_options(select, exclude, max_deletes, degraded=degraded, adopt=adopt, rights=not skip_rights)
    workspace = require_valid(open_workspace(where, timeout=timeout, against=against))
    if desired is not None:
        from mqinfra.cli.way_back import towards  # noqa: PLC0415 - only where it is asked for

        workspace, options = towards(desired, workspace, options)
    with planned(workspace, options) as result:
        plan = with_topology(result, workspace, targets, asked=topology)
        views = request_views(result) if requests else None
        talk.diagnostics(plan.diagnostics)
        emit(
            targets,
            {
                "text": lambda: render_plan(
                    plan,
                    talk.out_style,
                    requests=views,
                    summary=summary,
                    expand=expanded(expand, talk),
                    undeclared=undeclared,
                ),
                "json": lambda: _json(plan, workspace.loaded.desired),
                "markdown": lambda: plan_markdown(plan),
                "html": lambda: html(plan),
                **plan_renderers(plan),
            },
            talk,
        )
        return exit_code(plan, detailed=detailed_exitcode)


def _json(plan: Plan, desired: Desired) -> str:
    from mqinfra.engine.desired import to_save  # noqa: PLC0415 - only where the format is asked for
    from mqinfra.render.plan_json import plan_to_json  # noqa: PLC0415

    return plan_to_json(to_save(plan, desired))


def request_views(result: Planned) -> list[RequestView]:
    """The broker's calls that the plan stands for; on a sandbox the calls that a real broker would get."""
    views: list[RequestView] = []
    for alias, session in sorted(result.survey.sessions.items()):
        for name, kind in session.kinds.items():
            changes = [c for c in result.plan.changes if (c.address.cluster, c.address.kind) == (alias, name)]
            if changes:
                views += [RequestView(alias, call.api, call.body) for call in kind.requests(changes, session.facts)]
    return views
