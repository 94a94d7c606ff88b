"""JSON Schemas of what people write, and of the plan and the report: for editors, pipelines and other tools.

Those of what people write are generated from the catalogue. Separate from `manifest`, which reads the same documents:
a schema can say less than the reader (a pattern for a duration, not which variables exist), and never refuses what the
reader takes. A model with a validator that rewrites its input says what that takes with `json_schema_extra`. Draft
2020-12.
"""

from mqinfra.schema.files import schema_files, written_schema_files
from mqinfra.schema.policy import policy_schema
from mqinfra.schema.project import project_schema
from mqinfra.schema.topology import topology_schema
from mqinfra.schema.written import plan_schema, report_schema

__all__ = [
    "plan_schema",
    "policy_schema",
    "project_schema",
    "report_schema",
    "schema_files",
    "topology_schema",
    "written_schema_files",
]
