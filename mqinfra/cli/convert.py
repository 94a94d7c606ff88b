"""`mqinfra convert`: what another tool's files declare, as manifests, and what is lost. It asks no cluster."""

import json
from collections.abc import Sequence
from pathlib import Path

import click

from mqinfra.cli.console import Console, make_folder, write_file
from mqinfra.cli.options import output_option, talk_options
from mqinfra.cli.output import Target, emit
from mqinfra.cli.parameters import ExistingFile
from mqinfra.cli.project_text import MANIFESTS, project_text, sandbox_block, whole_scope
from mqinfra.cli.split import refuse_existing
from mqinfra.convert.conversion import Conversion, convert, counted
from mqinfra.convert.reading import files_below, read_file
from mqinfra.manifest.project.project import FILE
from mqinfra.manifest.writer import write_topology
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.errors import UserError
from mqinfra.model.exit_code import ExitCode
from mqinfra.providers.base.catalogue import Catalogue, installed
from mqinfra.providers.base.converting.foreign import Foreign
from mqinfra.providers.base.disk import PUBLIC
from mqinfra.render.diagnostics import render_diagnostics
from mqinfra.render.terminal import plural


@click.command("convert")
@click.argument("paths", nargs=-1, required=True, type=ExistingFile(folders=True), metavar="FILE|DIR...")
@click.option("--from", "chosen", metavar="FORMAT", help="The format of the files; told by what they say if left out.")
@click.option("--name", metavar="NAME", default="converted", help="Name of the topology, and of a new project.")
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write a file per broker there, and a project on the sandbox around them unless there is one.",
)
@output_option("yaml", "json")
@talk_options
def command(
    *,
    paths: tuple[Path, ...],
    chosen: str | None,
    name: str,
    into: Path | None,
    targets: tuple[Target, ...],
    talk: Console,
) -> int:
    """Print what other tools' files declare as manifests, and list what is not carried over."""
    if into is not None and targets:
        raise click.UsageError("--into writes files of its own and can't be combined with -o")
    catalogue = installed()
    documents, unread = _read([file for path in paths for file in files_below(path)])
    talk.diagnostics(unread)
    if not documents:
        return ExitCode.ERROR
    done = convert(documents, catalogue, chosen)
    if into is not None and done.resources:
        _write(done, catalogue, name, into, talk)
    elif into is None:
        renderers = {"yaml": lambda: _manifest(done, catalogue, name), "json": lambda: _report(done)}
        emit(targets, renderers, talk, default="yaml")
    if done.lost:
        talk.info(render_diagnostics(done.lost, talk.out_style, format="concise"))
    counts = ", ".join(f"{kind} {count:,}" for kind, count in counted(done.resources).items())
    told = f"{', '.join(done.formats)}: {plural(len(done.resources), 'resource')}"
    talk.info(f"{told}{f' ({counts})' if counts else ''}; {len(done.lost):,} not carried over")
    if into is not None and not done.resources:
        talk.error("nothing was written: there is nothing to declare")
    return ExitCode.ERROR if unread or not done.resources else ExitCode.OK


def _read(files: Sequence[Path]) -> tuple[list[Foreign], list[Diagnostic]]:
    """Read files; one that can't be read keeps nobody from the others."""
    documents: list[Foreign] = []
    unread: list[Diagnostic] = []
    for file in files:
        try:
            documents += read_file(file)
        except UserError as error:
            unread += error.diagnostics
    return documents, unread


def _manifest(done: Conversion, catalogue: Catalogue, name: str) -> str:
    return write_topology(name, done.resources, done.clusters, placements=catalogue.placements)


def _report(done: Conversion) -> str:
    report = {
        "kind": "Conversion",
        "formatVersion": "1.0",
        "formats": list(done.formats),
        "converted": dict(counted(done.resources)),
        "lost": [found.model_dump(mode="json", by_alias=True, exclude_defaults=True) for found in done.lost],
    }
    return json.dumps(report, indent=2, ensure_ascii=False) + "\n"


def _write(done: Conversion, catalogue: Catalogue, name: str, into: Path, talk: Console) -> None:
    """Write a manifest per broker, and what makes a project of them."""
    inside = any((folder / FILE).is_file() for folder in (into.absolute(), *into.absolute().parents))
    folder = into if inside else into / MANIFESTS
    texts = {
        folder / f"{broker}.yaml": write_topology(
            f"{name}-{broker}",
            [one for one in done.resources if one[0].cluster == broker],
            {broker: broker},
            placements=catalogue.placements,
        )
        for broker in sorted(done.clusters)
    }
    if not inside:
        scope, clusters = [list(map(write, sorted(done.clusters))) for write in (whole_scope, sandbox_block)]
        texts[into / FILE] = project_text(name, scope, {"local": clusters})
    refuse_existing(texts)
    for path, text in texts.items():
        make_folder(path.parent)
        write_file(path, text, mode=PUBLIC)
    talk.info(f"wrote {', '.join(map(str, texts))}")
    if not inside:
        talk.info(f"next: mqinfra -C {into} plan")
