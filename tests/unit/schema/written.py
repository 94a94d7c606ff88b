"""Holds a document against the schema of what mqinfra writes, more strictly than a reader does."""

import json
from typing import Any

from jsonschema import Draft202012Validator

from mqinfra.schema.files import written_schema_files

SCHEMAS: dict[str, dict[str, Any]] = {
    name.partition(".")[0]: json.loads(text) for name, text in written_schema_files().items()
}


def closed(schema: Any) -> Any:
    """The same schema without room for fields that it does not describe."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: closed(value) for key, value in schema.items()}
    named = isinstance(schema.get("properties"), dict) and "type" in schema
    return found | ({"additionalProperties": False} if named else {})


STRICT = {name: Draft202012Validator(closed(schema)) for name, schema in SCHEMAS.items()}


def problems(text: str) -> list[str]:
    """What is wrong with a document, by its kind."""
    document = json.loads(text)
    return [
        f"{error.json_path}: {error.message[:300]}" for error in STRICT[document["kind"].lower()].iter_errors(document)
    ]
