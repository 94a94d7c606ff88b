"""`mqinfra validate`: everything that can be said of the manifests without a cluster."""

from pathlib import Path

import click

from mqinfra.cli.console import Console
from mqinfra.cli.options import environment_option, output_option, talk_options
from mqinfra.cli.output import Target, emit
from mqinfra.cli.payloads import Payload, check_payloads
from mqinfra.cli.where import Where
from mqinfra.cli.workspace import open_workspace
from mqinfra.engine.subjects import check_offline
from mqinfra.manifest.loader import Loaded
from mqinfra.model.diagnostic import Diagnostic, has_errors, in_order
from mqinfra.model.exit_code import ExitCode
from mqinfra.render.diagnostics import count_line, render_diagnostics
from mqinfra.render.terminal import plural

FORMATS = ("text", "concise", "json", "github")


@click.command("validate")
@environment_option
@output_option(*FORMATS, failures=True)
@click.option(
    "--payload",
    "payloads",
    type=Payload(),
    multiple=True,
    help="Hold a sample message against a declared schema; may be given several times.",
)
@talk_options
def command(*, where: Where, targets: tuple[Target, ...], payloads: tuple[tuple[str, Path], ...], talk: Console) -> int:
    """Check the manifests without a cluster."""
    workspace = open_workspace(where, thorough=True)
    loaded = workspace.loaded
    offline = check_offline(loaded.desired, workspace.catalogue)
    samples = check_payloads(payloads, loaded.desired, workspace.catalogue)
    found = in_order([*loaded.diagnostics, *offline, *samples])
    style = talk.out_style
    emit(
        targets,
        {
            "text": lambda: render_diagnostics(found, style, fold=not talk.settings.verbose) + _verdict(loaded, found),
            "concise": lambda: render_diagnostics(found, style, format="concise"),
            "json": lambda: render_diagnostics(found, style, format="json"),
            "github": lambda: render_diagnostics(found, style, format="github"),
        },
        talk,
    )
    return ExitCode.ERROR if has_errors(found) else ExitCode.OK


def _verdict(loaded: Loaded, found: list[Diagnostic]) -> str:
    if not loaded.desired.environment:  # mqinfra.yaml can't be read so far, and what is wrong was just counted
        return ""
    problems = count_line(found) or "no problems"
    declared, removed = len(loaded.desired.declarations), len(loaded.desired.tombstones)
    where = f"{plural(loaded.files, 'file')} of environment `{loaded.desired.environment}`"
    return f"{declared:,} declared, {removed:,} to remove, in {where}: {problems}\n"
