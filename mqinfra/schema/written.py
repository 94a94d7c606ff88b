"""The schemas of what mqinfra writes as JSON, the plan and the report, generated from the models that are written.

Minor versions of a format only add, so that these schemas are open: a reader that validates passes over what it does
not know, as our own reader does. Every field that is written today is required.
"""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.alias_generators import to_camel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from mqinfra.model.diagnosis import Diagnoses
from mqinfra.model.docstring import attributes, summary
from mqinfra.model.event import Outcome, Report
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.health import HealthReport, State
from mqinfra.model.judgement import Result
from mqinfra.model.plan import LEFT_OUT, Plan
from mqinfra.model.verification import Verification
from mqinfra.schema.common import DRAFT
from mqinfra.schema.model import tidied
from mqinfra.schema.variable import Schema

_VERSION: Schema = {
    "type": "string",
    "pattern": r"^1\.[0-9]+$",
    "description": "Version of this document's format; minor versions only add.",
}
_WORDS = {"None": "null", "True": "true", "False": "false"}
_WORD = re.compile(rf"\b({'|'.join(_WORDS)})\b")
_DIGEST = "^sha256:[0-9a-f]{64}$"


class _Generator(GenerateJsonSchema):
    """Pydantic's generator with the words of docstrings, for models and plain records alike."""

    def field_is_required(
        self,
        field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField,
        total: bool,  # noqa: ARG002, FBT001 - pydantic's signature
    ) -> bool:
        return not field.get("serialization_exclude")

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        aliases = {name: info.alias for name, info in schema["cls"].model_fields.items() if info.alias}
        return _described(super().model_schema(schema), schema["cls"], aliases)

    def dataclass_schema(self, schema: core_schema.DataclassSchema) -> JsonSchemaValue:
        return _described(super().dataclass_schema(schema), schema["cls"], {})


def plan_schema() -> Schema:
    """Describe what `-o json` of `plan` and `show` writes.

    Returns:
        a JSON Schema, draft 2020-12, as plain data.
    """
    checksum = {
        "type": "string",
        "pattern": _DIGEST,
        "description": "Checksum of the text before it, by which `apply` sees that a saved plan is whole.",
    }
    schema = _document("plan", Plan)
    schema["properties"] |= {"kind": {"const": "Plan"}, "formatVersion": _VERSION, "checksum": checksum}
    schema["required"] = [name for name in schema["required"] if name not in LEFT_OUT] + ["checksum"]
    return schema


def report_schema() -> Schema:
    """Describe what `apply -o json` writes."""
    number = {"type": "integer", "minimum": 0}
    counts = [*(outcome.key for outcome in Outcome), "doneAlready"]
    schema = _document("report", Report)
    schema["properties"] |= {
        "kind": {"const": "Report"},
        "formatVersion": _VERSION,
        "exitCode": {"enum": [int(code) for code in ExitCode], "description": "Exit code of the command."},
        "counts": {
            "type": "object",
            "description": "Number of changes by how they ended, and of those that were done before this run.",
            "properties": dict.fromkeys(counts, number),
            "required": counts,
        },
    }
    schema["required"] = list(schema["properties"])
    return schema


def verification_schema() -> Schema:
    """Describe what `verify -o json` writes."""
    number = {"type": "integer", "minimum": 0}
    words = [result.value for result in Result]
    schema = _document("verification", Verification)
    schema["properties"] |= {
        "kind": {"const": "Verification"},
        "formatVersion": _VERSION,
        "counts": {
            "type": "object",
            "description": "Number of checks by how they ended.",
            "properties": dict.fromkeys(words, number),
            "required": words,
        },
    }
    schema["required"] = list(schema["properties"])
    return schema


def diagnoses_schema() -> Schema:
    """Describe what `verify --diagnose -o json` writes."""
    schema = _document("diagnoses", Diagnoses)
    schema["properties"] |= {"kind": {"const": "Diagnoses"}, "formatVersion": _VERSION}
    schema["required"] = list(schema["properties"])
    return schema


def health_schema() -> Schema:
    """Describe what `monitor status -o json` writes."""
    words = [state.value for state in State]
    schema = _document("health", HealthReport)
    schema["properties"] |= {
        "kind": {"const": "Health"},
        "formatVersion": _VERSION,
        "counts": {
            "type": "object",
            "description": "Number of topics, queues, streams and groups by their state.",
            "properties": {word: {"type": "integer", "minimum": 0} for word in words},
            "required": words,
        },
    }
    schema["required"] = list(schema["properties"])
    return schema


def _document(name: str, model: type[BaseModel]) -> Schema:
    own: Schema = model.model_json_schema(by_alias=True, mode="serialization", schema_generator=_Generator)
    definitions = own.pop("$defs", {})
    head = {"$schema": DRAFT, "$id": f"urn:mqinfra:v1:{name}", "title": f"mqinfra {name}"}
    opened: Schema = _open(tidied({**head, **own, "$defs": definitions}))
    return opened | {"title": f"mqinfra {name}"}


def _described(schema: JsonSchemaValue, made: type[Any], aliases: Mapping[str, str]) -> JsonSchemaValue:
    """Say what a type and its fields are in the words of its docstring; of a type the first sentence, which says it."""
    for name, text in attributes(made).items():
        field = schema.get("properties", {}).get(aliases.get(name, to_camel(name)))
        if field is not None:
            field["description"] = _WORD.sub(lambda word: _WORDS[word[0]], text)
    schema["description"] = f"{summary(made).partition('. ')[0].removesuffix('.')}."
    return schema


def _open(schema: Any) -> Any:  # noqa: ANN401 - a schema is a mapping, a list, a text or a boolean
    if isinstance(schema, list):
        return [_open(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: value for key, value in schema.items() if (key, value) != ("additionalProperties", False)}
    return {key: _open(value) for key, value in kept.items() if key != "default"}
