"""The schemas as files. Separate because only this touches the disk."""

import json
from pathlib import Path

from mqinfra.providers.base.catalogue import Catalogue
from mqinfra.schema.project import project_schema
from mqinfra.schema.topology import topology_schema
from mqinfra.schema.variable import Schema


def schema_files(catalogue: Catalogue) -> dict[str, str]:
    """The text of each schema file by its name."""
    return {
        "topology.schema.json": _text(topology_schema(catalogue)),
        "project.schema.json": _text(project_schema(catalogue)),
    }


def write_schemas(folder: Path, catalogue: Catalogue) -> tuple[Path, ...]:
    """Write the schemas into a folder, which is made if need be.

    Returns:
        the files.

    Raises:
        OSError: a file can't be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in schema_files(catalogue).items():
        path = folder / name
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return tuple(written)


def _text(schema: Schema) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
