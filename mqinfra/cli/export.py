"""`mqinfra export`: what is live in the project's scope, as a manifest that plans no change."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from mqinfra.cli.console import Console, write_file
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
from mqinfra.cli.split import Split, refuse_existing
from mqinfra.cli.workspace import Workspace, open_workspace, sound
from mqinfra.manifest.writer import Resource, write_topology
from mqinfra.model.address import Address
from mqinfra.model.declaration import Lifecycle
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.spec import Spec
from mqinfra.providers.base.kind import Kind

FORMATS = ("yaml",)


@click.command("export")
@environment_option
@selection_options
@click.option("--split-by", metavar="prefix|label:KEY", help="Write one file per prefix of names, or per label.")
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), help="Folder for the files of --split-by.")
@output_option(*FORMATS)
@broker_options
@talk_options
def command(
    *,
    environment: str | None,
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    split_by: str | None,
    into: Path | None,
    targets: tuple[Target, ...],
    timeout: float,
    talk: Console,
) -> int:
    """Print what is live in the project's scope, as manifests."""
    if (split_by is None) != (into is None):
        raise click.UsageError("--split-by and --into go together")
    if split_by is not None and targets:
        raise click.UsageError("--split-by writes files under --into, and nothing with -o")
    selection = parse_options(select, exclude, ()).selection
    workspace = sound(open_workspace(environment, timeout=timeout))
    desired = workspace.loaded.desired
    snapshots, found = read_everything(workspace, selection)
    talk.diagnostics(found)
    chosen: list[tuple[Address, Spec, Mapping[str, str], Lifecycle]] = [
        (address, live.spec, {}, Lifecycle())
        for snapshot in snapshots.values()
        for address, live in sorted(snapshot.reading.resources.items())
        if selection.covers(address, snapshot.reading.type, {}, None)
        and desired.scope.owns(snapshot.reading.type, address)
        and not _internal(workspace.catalogue.kind(snapshot.reading.type, address.kind), address)
    ]
    if split_by is not None and into is not None:
        _write_apart(Split.parse(split_by), into, chosen, workspace, talk)
    else:
        text = write_topology(desired.project, chosen, desired.clusters, shapes=workspace.catalogue.shapes)
        emit(targets, {"yaml": lambda: text}, talk, default="yaml")
    return ExitCode.ERROR if found else ExitCode.OK


def _write_apart(split: Split, into: Path, chosen: Sequence[Resource], workspace: Workspace, talk: Console) -> None:
    desired, shapes = workspace.loaded.desired, workspace.catalogue.shapes
    groups = split.groups(chosen, desired.declarations, workspace.catalogue, desired.clusters)
    files = {into / f"{name}.yaml": (name, some) for name, some in groups.items()}
    refuse_existing(files)
    for path, (name, some) in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, write_topology(name, some, desired.clusters, shapes=shapes))
    talk.talk(f"{len(chosen)} resources in {len(files)} files under {into}")


def _internal(kind: Kind[Any] | None, address: Address) -> bool:
    return kind is None or kind.internal(address) is not None
