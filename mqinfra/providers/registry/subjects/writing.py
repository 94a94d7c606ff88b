"""The schema of a subject as people keep it: in a file, and in lines."""

import json

from mqinfra.providers.base.capabilities import TextFile
from mqinfra.providers.registry.schemas.located import located
from mqinfra.providers.registry.schemas.schema import SchemaError
from mqinfra.providers.registry.subjects.spec import SubjectSpec

_ENDINGS = {"avro": "avsc", "protobuf": "proto", "json": "json"}
_SHORT = 100


def text_file(spec: SubjectSpec) -> TextFile:
    """The text and what its file ends in."""
    return TextFile("schema", _ENDINGS[spec.type], _in_lines(spec))


def _in_lines(spec: SubjectSpec) -> str:
    """A schema that came on one line in several; one that was written in lines stays as it is."""
    text = spec.definition
    if spec.type == "protobuf" or "\n" in text.strip() or len(text) <= _SHORT:
        return text if text.endswith("\n") else f"{text}\n"
    try:
        return json.dumps(located(text).value, indent=2, ensure_ascii=False) + "\n"
    except SchemaError:
        return f"{text}\n"
