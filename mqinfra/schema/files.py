"""The schemas as the text of files."""

import json

from mqinfra.providers.base.catalogue import Catalogue
from mqinfra.schema.policy import policy_schema
from mqinfra.schema.project import project_schema
from mqinfra.schema.topology import topology_schema
from mqinfra.schema.variable import Schema
from mqinfra.schema.written import diagnoses_schema, health_schema, plan_schema, report_schema, verification_schema


def schema_files(catalogue: Catalogue) -> dict[str, str]:
    """The text of each schema file of what people write, by its name."""
    return {
        "topology.schema.json": _text(topology_schema(catalogue)),
        "project.schema.json": _text(project_schema(catalogue)),
        "policy.schema.json": _text(policy_schema()),
    }


def written_schema_files() -> dict[str, str]:
    """The text of each schema file of what mqinfra writes, by its name."""
    return {
        "plan.schema.json": _text(plan_schema()),
        "report.schema.json": _text(report_schema()),
        "verification.schema.json": _text(verification_schema()),
        "diagnoses.schema.json": _text(diagnoses_schema()),
        "health.schema.json": _text(health_schema()),
    }


def _text(schema: Schema) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
