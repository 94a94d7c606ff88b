"""`mqinfra show`: a saved plan, in any format, without project or cluster."""

from pathlib import Path

import click

from mqinfra.cli.console import Console
from mqinfra.cli.options import expand_option, expanded, output_option, talk_options
from mqinfra.cli.output import FINDING_FORMATS, Target, emit, plan_markdown, plan_renderers
from mqinfra.cli.parameters import ExistingFile
from mqinfra.cli.pictures import html
from mqinfra.cli.saved import read_plan
from mqinfra.model.exit_code import ExitCode
from mqinfra.render.plan_json import plan_to_json
from mqinfra.render.plan_text import render_plan

FORMATS = ("text", "json", "markdown", "html", *FINDING_FORMATS)


@click.command("show")
@click.argument("plan_file", type=ExistingFile())
@click.option("--summary", is_flag=True, help="Show only counts and destructive changes.")
@expand_option
@output_option(*FORMATS, failures=True)
@talk_options
def command(
    *, plan_file: Path, summary: bool, expand: tuple[str, ...], targets: tuple[Target, ...], talk: Console
) -> int:
    """Print a saved plan."""
    plan = read_plan(plan_file)
    talk.diagnostics(plan.diagnostics)
    emit(
        targets,
        {
            "text": lambda: render_plan(plan, talk.out_style, summary=summary, expand=expanded(expand, talk)),
            "json": lambda: plan_to_json(plan),
            "markdown": lambda: plan_markdown(plan),
            "html": lambda: html(plan),
            **plan_renderers(plan),
        },
        talk,
    )
    return ExitCode.OK
