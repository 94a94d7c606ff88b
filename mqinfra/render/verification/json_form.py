"""A verification as JSON, and back."""

import json

from pydantic import JsonValue, ValidationError

from mqinfra.model.judgement import Result
from mqinfra.model.verification import Verification
from mqinfra.render.json_text import printable_json

FORMAT_VERSION = "1.0"


class VerificationFileError(ValueError):
    """A file that is no report of a verification. The message says why."""


def verification_json(report: Verification) -> str:
    """Write a report; its form is `schemas/verification.schema.json`."""
    document: dict[str, JsonValue] = {
        "kind": "Verification",
        "formatVersion": FORMAT_VERSION,
        "counts": {result.value: report.counts[result] for result in Result},
        **report.model_dump(mode="json", by_alias=True),
    }
    return printable_json(json.dumps(document, indent=1)) + "\n"


def read_verification(text: str) -> Verification:
    """Read a report.

    Raises:
        VerificationFileError: it is none, or of a format that this version can't read.
    """
    try:
        given = json.loads(text)
    except ValueError as error:
        raise VerificationFileError(f"it is no JSON: {error}") from None
    if not isinstance(given, dict) or given.get("kind") != "Verification":
        raise VerificationFileError("it holds another document")
    version = str(given.get("formatVersion", ""))
    if version.partition(".")[0] != FORMAT_VERSION.partition(".")[0]:
        raise VerificationFileError(f"its format is {version or 'not said'}, and this version reads {FORMAT_VERSION}")
    known = {field.alias or name for name, field in Verification.model_fields.items()}
    try:
        return Verification.model_validate({name: value for name, value in given.items() if name in known})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise VerificationFileError(f"{where}: {first['msg']}" if where else str(first["msg"])) from None
