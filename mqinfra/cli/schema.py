"""`mqinfra schema`: the JSON Schemas of manifests, policies, plans and reports, for editors and pipelines."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import click

from mqinfra.cli.console import Console, Settings, make_folder, write_file
from mqinfra.cli.options import log_option
from mqinfra.cli.parameters import Word
from mqinfra.model.exit_code import ExitCode
from mqinfra.providers.base.catalogue import Catalogue, installed
from mqinfra.providers.base.disk import PUBLIC
from mqinfra.schema import (
    plan_schema,
    policy_schema,
    project_schema,
    report_schema,
    schema_files,
    topology_schema,
    written_schema_files,
)
from mqinfra.schema.variable import Schema

_SCHEMAS: Mapping[str, Callable[[Catalogue], Schema]] = {
    "topology": topology_schema,
    "project": project_schema,
    "policy": lambda _: policy_schema(),
    "plan": lambda _: plan_schema(),
    "report": lambda _: report_schema(),
}


@click.command("schema")
@click.argument("which", type=Word(*_SCHEMAS), required=False)
@click.option(
    "--write", "folder", type=click.Path(file_okay=False, path_type=Path), help="Write all to this folder instead."
)
@log_option
def command(*, which: str | None, folder: Path | None) -> int:
    """Print or write the JSON Schemas of the manifests, the policy, the plan and the report."""
    talk = Console(Settings())
    catalogue = installed()
    if folder is not None:
        make_folder(folder)
        for name, text in {**schema_files(catalogue), **written_schema_files()}.items():
            write_file(folder / name, text, mode=PUBLIC)
            talk.info(f"wrote {folder / name}")
        return ExitCode.OK
    talk.data(json.dumps(_SCHEMAS[which or "topology"](catalogue), indent=2))
    return ExitCode.OK
