"""`mqinfra export`: what is live in the project's scope, as a manifest that plans no change."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import click

from mqinfra.cli.console import Console, make_folder, write_file
from mqinfra.cli.exporting import as_declared, live_resources
from mqinfra.cli.options import (
    broker_options,
    environment_option,
    output_option,
    selection_options,
    talk_options,
)
from mqinfra.cli.output import Target, emit
from mqinfra.cli.parameters import ExistingFile
from mqinfra.cli.planning import parse_options
from mqinfra.cli.reading import read_everything
from mqinfra.cli.recognising import Recognition, reloading
from mqinfra.cli.selecting import refuse, unmatched
from mqinfra.cli.split import Split, refuse_existing
from mqinfra.cli.texts import texts_of
from mqinfra.cli.where import Where
from mqinfra.cli.workspace import Workspace, open_workspace, require_valid
from mqinfra.convert.exporting import exporters, write_exported
from mqinfra.engine.selection import Selection
from mqinfra.manifest.shorthand import Shorthand
from mqinfra.manifest.writer import Resource, write_topology
from mqinfra.model.address import Address
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.selector_hint import Subject
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.disk import PUBLIC
from mqinfra.providers.base.snapshot import Snapshot
from mqinfra.render.diagnostics import render_diagnostics

Texts = Mapping[Address, Mapping[str, tuple[str, str]]]
"""Fields that stand in files, as `write_topology` takes them."""
FORMATS = ("yaml", "asyncapi", "definitions", "strimzi", "topology-operator")
_LIVE = "what is live has no labels and no file; `mqinfra export` alone shows all of it"


@click.command("export")
@environment_option
@selection_options
@click.option("--split-by", metavar="prefix|label:KEY", help="Write one file per name prefix, or per label.")
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), help="Folder for the files of --split-by.")
@click.option(
    "--against",
    type=ExistingFile(),
    metavar="FILE",
    help="Export from a saved snapshot, or from a broker's own file such as RabbitMQ's definitions, instead of the "
    "clusters.",
)
@output_option(*FORMATS, others=lambda: tuple(exporters(installed())))
@broker_options
@talk_options
def command(
    *,
    where: Where,
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    split_by: str | None,
    into: Path | None,
    against: Path | None,
    targets: tuple[Target, ...],
    timeout: float,
    talk: Console,
) -> int:
    """Print what is live in the project's scope, as manifests."""
    if (split_by is None) != (into is None):
        raise click.UsageError("--split-by and --into must be given together")
    if split_by is not None and targets:
        raise click.UsageError("--split-by writes files under --into and can't be combined with -o")
    given = parse_options(select, exclude, ()).selection
    workspace = require_valid(open_workspace(where, timeout=timeout, against=against))
    desired = workspace.loaded.desired
    selection = given.under(desired.names)
    snapshots, found = read_everything(workspace, selection)
    talk.diagnostics(found)
    chosen, left_out = live_resources(workspace, snapshots, selection)
    if not found:  # what could not be read may be what is meant
        _require_matches(workspace, snapshots, selection)
    declared, nameless = as_declared(chosen, desired)
    for note in (*left_out, *nameless):
        talk.info(note)
    recognition = Recognition(workspace, snapshots, reloading(workspace, where))
    if split_by is not None and into is not None:
        _write_apart(Split.parse(split_by), into, declared, workspace, recognition, talk)
    else:
        folders = {target.path.parent for target in targets if target.path is not None}
        texts = texts_of(declared if folders else (), workspace.catalogue, desired.clusters)

        def write(short: Shorthand, named: Texts) -> str:
            return write_topology(
                desired.project,
                declared,
                desired.clusters,
                placements=workspace.placements,
                defaults=workspace.loaded.defaults,
                texts=named,
                short=short,
            )

        text = write(recognition.shorthand(declared, lambda tried: [write(tried, {})]), texts.named)
        for folder in sorted(folders):
            texts.write(folder)
        others = {
            target.format: _said(target.format, chosen, workspace, talk)
            for target in targets
            if target.format != "yaml"
        }
        emit(targets, {"yaml": lambda: text, **others}, talk, default="yaml")
    return ExitCode.ERROR if found else ExitCode.OK


def _said(form: str, chosen: Sequence[Resource], workspace: Workspace, talk: Console) -> Callable[[], str]:
    """Resources in another tool's words; what those can't say is told."""
    done = write_exported(form, chosen, workspace.loaded.desired.clusters, workspace.catalogue)
    if done.lost:
        talk.info(render_diagnostics(done.lost, talk.out_style, format="concise"))
    return lambda: done.text


def _require_matches(workspace: Workspace, snapshots: Mapping[str, Snapshot], selection: Selection) -> None:
    """See that every selector matches something live in the project's scope.

    Raises:
        UserError: one does not.
    """
    if selection.everything:
        return
    every, _ = live_resources(workspace, snapshots, Selection())
    brokers = {alias: snapshot.reading.type for alias, snapshot in snapshots.items()}
    hidden = [address for snapshot in snapshots.values() for address in snapshot.reading.denied]
    subjects: list[Subject] = [
        (address, f"{brokers[address.cluster]}/{address.kind}", {}, "")
        for address in (*(item[0] for item in every), *hidden)
    ]
    refuse(unmatched(selection, subjects, brokers, where="live in the project's scope", hint=_LIVE))


def _write_apart(
    split: Split,
    into: Path,
    chosen: Sequence[Resource],
    workspace: Workspace,
    recognition: Recognition,
    talk: Console,
) -> None:
    desired, placements, defaults = workspace.loaded.desired, workspace.placements, workspace.loaded.defaults
    groups = split.groups(chosen, desired.declarations, workspace.catalogue, desired.clusters)
    texts = texts_of(chosen, workspace.catalogue, desired.clusters)

    every = frozenset(item[0] for item in chosen)

    def write(short: Shorthand, named: Texts) -> dict[str, str]:
        parts = {name: short.within(frozenset(item[0] for item in some), every) for name, some in groups.items()}
        return {
            name: write_topology(
                name, groups[name], desired.clusters, placements=placements, defaults=defaults, texts=named, short=part
            )
            for name, part in parts.items()
            if part is not None
        }

    short = recognition.shorthand(chosen, lambda tried: [*write(tried, {}).values()])
    files = {into / f"{name}.yaml": text for name, text in write(short, texts.named).items()}
    refuse_existing([*files, *(into / name for name in texts.files)])
    make_folder(into)
    texts.write(into)
    for path, text in files.items():
        write_file(path, text, mode=PUBLIC)
    talk.info(f"{len(chosen)} resources in {len(files)} files under {into}")
