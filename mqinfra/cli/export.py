"""`mqinfra export`: what is live in the project's scope, as a manifest that plans no change."""

from collections.abc import Mapping
from typing import Any

import click

from mqinfra.cli.console import Console
from mqinfra.cli.options import (
    broker_options,
    environment_option,
    output_option,
    selection_options,
    talk_options,
)
from mqinfra.cli.output import Target, emit
from mqinfra.cli.planning import parse_options
from mqinfra.cli.reading import read_everything
from mqinfra.cli.workspace import open_workspace, sound
from mqinfra.manifest.writer import write_topology
from mqinfra.model.address import Address
from mqinfra.model.declaration import Lifecycle
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.spec import Spec
from mqinfra.providers.base.kind import Kind

FORMATS = ("yaml",)


@click.command("export")
@environment_option
@selection_options
@output_option(*FORMATS)
@broker_options
@talk_options
def command(
    *,
    environment: str | None,
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    targets: tuple[Target, ...],
    timeout: float,
    talk: Console,
) -> int:
    """Print what is live in the project's scope, as manifests."""
    selection = parse_options(select, exclude, ()).selection
    workspace = sound(open_workspace(environment, timeout=timeout))
    desired = workspace.loaded.desired
    snapshots, found = read_everything(workspace)
    talk.diagnostics(found)
    chosen: list[tuple[Address, Spec, Mapping[str, str], Lifecycle]] = [
        (address, live.spec, {}, Lifecycle())
        for snapshot in snapshots.values()
        for address, live in sorted(snapshot.reading.resources.items())
        if selection.covers(address, snapshot.reading.type, {}, None)
        and desired.scope.owns(snapshot.reading.type, address)
        and not _internal(workspace.catalogue.kind(snapshot.reading.type, address.kind), address)
    ]
    text = write_topology(desired.project, chosen, desired.clusters, shapes=workspace.catalogue.shapes)
    emit(targets, {"yaml": lambda: text}, talk, default="yaml")
    return ExitCode.ERROR if found else ExitCode.OK


def _internal(kind: Kind[Any] | None, address: Address) -> bool:
    return kind is None or kind.internal(address) is not None
