"""`mqinfra drift`: what moved on the clusters since the last apply, for a run every night."""

from collections.abc import Sequence
from contextlib import ExitStack

import click

from mqinfra.cli.claims import owner_of
from mqinfra.cli.console import Console
from mqinfra.cli.options import broker_options, environment_option, output_option, talk_options
from mqinfra.cli.output import Target, emit
from mqinfra.cli.where import Where
from mqinfra.cli.workspace import open_workspace, require_valid
from mqinfra.engine.inventory.drift import differing, drifted
from mqinfra.engine.subjects import subjects_of
from mqinfra.engine.survey import survey
from mqinfra.model.drift import Drift
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.record import Owner
from mqinfra.render.drift import drift_json, drift_text

FORMATS = ("text", "json", "markdown", "junit")


@click.command("drift")
@environment_option
@output_option(*FORMATS, failures=True)
@broker_options
@talk_options
def command(*, where: Where, targets: tuple[Target, ...], timeout: float, talk: Console) -> int:
    """Show what somebody else changed since this project last applied; exit 2 when there is anything.

    Changes of the manifests are no drift; `mqinfra plan` shows both. What has no record is compared with the manifests.
    """
    workspace = require_valid(open_workspace(where, timeout=timeout))
    owner = owner_of(workspace)
    with ExitStack() as stack:
        read = survey(workspace.loaded.desired, workspace.opener, stack)
        talk.diagnostics(read.diagnostics)
        subjects = subjects_of(workspace.loaded.desired, workspace.catalogue).values()
        found = tuple(sorted((*drifted(read), *differing(read, subjects)), key=lambda item: item.address))
    unknown = sorted(alias for alias, inventory in read.inventories.items() if not inventory.known)
    emit(
        targets,
        {
            "text": lambda: drift_text(found, unknown, talk.out_style),
            "json": lambda: drift_json(owner, found, unknown),
            "markdown": lambda: _markdown(owner, found, unknown),
            "junit": lambda: _junit(owner, found, unknown),
        },
        talk,
    )
    for alias, why in sorted(read.unseen.items()):
        talk.info(f"{alias}: nothing is declared there, and whether anything was left is not known: {why}")
    if read.diagnostics:
        return ExitCode.ERROR
    if found:
        return ExitCode.PENDING
    return ExitCode.ERROR if unknown else ExitCode.OK


def _markdown(owner: Owner, found: Sequence[Drift], unknown: Sequence[str]) -> str:
    from mqinfra.render.markdown.drift import drift_markdown  # noqa: PLC0415 - only where the format is asked for

    return drift_markdown(owner, found, unknown)


def _junit(owner: Owner, found: Sequence[Drift], unknown: Sequence[str]) -> str:
    from mqinfra.render.junit import drift_junit  # noqa: PLC0415 - as above

    return drift_junit(owner, found, unknown)
