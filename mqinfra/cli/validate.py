"""`mqinfra validate`: everything that can be said of the manifests without a cluster, of every environment."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import click

from mqinfra.cli.console import Console
from mqinfra.cli.options import environment_option, output_option, talk_options
from mqinfra.cli.output import FINDING_FORMATS, Target, emit, finding_renderers
from mqinfra.cli.payloads import Payload, check_payloads
from mqinfra.cli.where import Where
from mqinfra.cli.workspace import environments_here, open_workspace
from mqinfra.engine.subjects import check_offline
from mqinfra.manifest.loader import Loaded
from mqinfra.model.diagnostic import Diagnostic, has_errors, in_order
from mqinfra.model.exit_code import ExitCode
from mqinfra.render.diagnostics import count_line, render_diagnostics
from mqinfra.render.terminal import plural

FORMATS = ("text", "concise", "json", *FINDING_FORMATS)


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
    """Check the manifests without a cluster, for all environments unless one is chosen."""
    checked = _checked(where, payloads)
    found = in_order(_combined(checked))
    style = talk.out_style
    emit(
        targets,
        {
            "text": lambda: render_diagnostics(found, style, fold=not talk.settings.verbose) + _verdicts(checked),
            "concise": lambda: render_diagnostics(found, style, format="concise"),
            "json": lambda: render_diagnostics(found, style, format="json"),
            **finding_renderers(found, _about(checked)),
        },
        talk,
    )
    return ExitCode.ERROR if has_errors(found) else ExitCode.OK


def _checked(where: Where, payloads: tuple[tuple[str, Path], ...]) -> list[tuple[Loaded, list[Diagnostic]]]:
    """Check one environment, or every one where none was chosen."""
    names: Sequence[str | None] = [where.environment]
    if where.environment is None:
        names = environments_here() or [None]
    checked = []
    for name in names:
        workspace = open_workspace(replace(where, environment=name), thorough=True)
        loaded = workspace.loaded
        offline = check_offline(loaded.desired, workspace.catalogue)
        samples = check_payloads(payloads, loaded.desired, workspace.catalogue)
        checked.append((loaded, in_order([*loaded.diagnostics, *offline, *samples])))
    return checked


def _combined(checked: Sequence[tuple[Loaded, list[Diagnostic]]]) -> Iterator[Diagnostic]:
    """Every finding once; one that not all environments have says which do."""
    where: dict[Diagnostic, list[str]] = {}
    for loaded, found in checked:
        for one in found:
            where.setdefault(one, []).append(loaded.desired.environment)
    for one, names in where.items():
        if len(names) == len(checked):
            yield one
        else:
            some = ", ".join(f"`{name}`" for name in names)
            yield one.model_copy(update={"help": (*one.help, f"only in environment {some}")})


def _about(checked: Sequence[tuple[Loaded, list[Diagnostic]]]) -> str:
    """What was looked at: `shop`, or `shop/prod` where it was one environment."""
    first = checked[0][0].desired
    return "/".join(filter(None, (first.project, first.environment if len(checked) == 1 else "")))


def _verdicts(checked: Sequence[tuple[Loaded, list[Diagnostic]]]) -> str:
    return "".join(_verdict(loaded, found) for loaded, found in checked)


def _verdict(loaded: Loaded, found: list[Diagnostic]) -> str:
    if not loaded.desired.environment:  # mqinfra.yaml can't be read so far, and what is wrong was just counted
        return ""
    problems = count_line(found) or "no problems"
    declared, removed = len(loaded.desired.declarations), len(loaded.desired.tombstones)
    where = f"{plural(loaded.files, 'file')} of environment `{loaded.desired.environment}`"
    return f"{declared:,} declared, {removed:,} to remove, in {where}: {problems}\n"
