"""`mqinfra schema`: the JSON Schemas of the manifests, for editors and pipelines."""

import json
from pathlib import Path

import click

from mqinfra.cli.console import Console, Settings, make_folder, write_file
from mqinfra.cli.parameters import Word
from mqinfra.model.exit_code import ExitCode
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.disk import PUBLIC
from mqinfra.schema import project_schema, schema_files, topology_schema


@click.command("schema")
@click.argument("which", type=Word("topology", "project"), required=False)
@click.option(
    "--write", "folder", type=click.Path(file_okay=False, path_type=Path), help="Write both to this folder instead."
)
def command(*, which: str | None, folder: Path | None) -> int:
    """Print or write the JSON Schemas of the manifests."""
    talk = Console(Settings())
    catalogue = installed()
    if folder is not None:
        make_folder(folder)
        for name, text in schema_files(catalogue).items():
            write_file(folder / name, text, mode=PUBLIC)
            talk.info(f"wrote {folder / name}")
        return ExitCode.OK
    document = project_schema(catalogue) if which == "project" else topology_schema(catalogue)
    talk.data(json.dumps(document, indent=2))
    return ExitCode.OK
