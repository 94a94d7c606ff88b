"""`mqinfra export`: what is live in the project's scope, as a manifest that plans no change."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import click

from mqinfra.cli.console import Console, make_folder, write_file
from mqinfra.cli.declared import as_declared
from mqinfra.cli.documents import documents
from mqinfra.cli.exporting import live_resources, told
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
from mqinfra.cli.texts import Texts, texts_of
from mqinfra.cli.where import Where
from mqinfra.cli.workspace import Workspace, open_workspace, require_valid
from mqinfra.convert.exporting import exporters, write_exported
from mqinfra.engine.selection import Selection
from mqinfra.manifest.shorthand import Shorthand
from mqinfra.manifest.writer import Resource
from mqinfra.model.address import Address
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.reading import Reading
from mqinfra.model.selector_hint import Subject
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.disk import PUBLIC
from mqinfra.providers.base.snapshot import Snapshot
from mqinfra.render.diagnostics import render_diagnostics

FORMATS = ("yaml", "asyncapi", "definitions", "strimzi", "topology-operator")
_LIVE = "what no manifest declares has no labels and no file; `mqinfra export` alone shows all of it"


@click.command("export")
@environment_option
@selection_options
@click.option(
    "--split-by", metavar="WAY", help="Write one file per name's `prefix`, per label (`label:KEY`), or per `vhost`."
)
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
    split = Split.parse(split_by, workspace.catalogue.of(desired.clusters.values())) if split_by is not None else None

    def grouping(some: Sequence[Resource]) -> Mapping[str, Sequence[Resource]]:
        if split is None:
            return {desired.project: some}
        return split.groups(some, desired.declarations, workspace.catalogue, desired.clusters)

    def written(short: Shorthand) -> dict[str, str]:
        return documents(workspace, as_declared(chosen, short, desired), grouping)

    recognition = Recognition(workspace, snapshots, reloading(workspace, where), talk.info)
    short = recognition.shorthand(chosen, lambda tried: [*written(tried).values()])
    declared = as_declared(chosen, short, desired)
    for note in (*left_out, *declared.notes(desired.environment)):
        talk.info(note)
    if into is not None:
        texts = texts_of(declared.resources, workspace.catalogue, desired.clusters)
        files = documents(workspace, declared, grouping, texts.named)
        _write_apart(into, files, texts)
        talk.info(f"{len(declared.resources)} resources in {len(files)} files under {into}")
        return ExitCode.ERROR if found else ExitCode.OK
    folders = {target.path.parent for target in targets if target.path is not None}
    texts = texts_of(declared.resources if folders else (), workspace.catalogue, desired.clusters)
    text = documents(workspace, declared, grouping, texts.named)[desired.project]
    for folder in sorted(folders):
        texts.write(folder)
    others = {
        target.format: _said(target.format, chosen, workspace, talk) for target in targets if target.format != "yaml"
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
    hidden = [address for snapshot in snapshots.values() for address in _hidden(snapshot.reading)]
    subjects: list[Subject] = [
        (address, f"{brokers[address.cluster]}/{address.kind}", *told(workspace.loaded.desired, address))
        for address in (*(item[0] for item in every), *hidden)
    ]
    refuse(unmatched(selection, subjects, brokers, where="live in the project's scope", hint=_LIVE))


def _hidden(reading: Reading) -> Iterator[Address]:
    """What may be there and was not shown: things by name, and of whole kinds one without."""
    yield from reading.denied
    for kind, *within in reading.unseen:
        yield Address(reading.alias, kind, (*within, ""))


def _write_apart(into: Path, written: Mapping[str, str], texts: Texts) -> None:
    files = {into / f"{name}.yaml": text for name, text in written.items()}
    refuse_existing([*files, *(into / name for name in texts.files)])
    make_folder(into)
    texts.write(into)
    for path, text in files.items():
        write_file(path, text, mode=PUBLIC)
