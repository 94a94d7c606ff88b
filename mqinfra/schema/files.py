"""The schemas as the text of files."""

import json

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


def _text(schema: Schema) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
