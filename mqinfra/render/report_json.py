"""A report as JSON, for pipelines: the report itself, with its counts and the exit code that follows from them."""

import json

from pydantic import JsonValue

from mqinfra.model.event import Outcome, Report
from mqinfra.render.json_text import printable_json

FORMAT_VERSION = "1.1"


def report_to_json(report: Report) -> str:
    """Write a report; minor versions of the format only add."""
    content = report.model_dump(mode="json", by_alias=True)
    document: dict[str, JsonValue] = {
        "kind": content.pop("kind"),
        "formatVersion": FORMAT_VERSION,
        "exitCode": int(report.exit_code),
        "counts": {
            **{outcome.key: report.count(outcome) for outcome in Outcome},
            "doneAlready": sum(result.already for result in report.results),
        },
        **content,
    }
    return printable_json(json.dumps(document, indent=1)) + "\n"
