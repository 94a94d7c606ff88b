"""The health of what is declared as JSON."""

import json

from pydantic import JsonValue

from mqinfra.model.health import HealthReport, State
from mqinfra.render.json_text import printable_json

FORMAT_VERSION = "1.0"


def health_json(report: HealthReport) -> str:
    """Write a report; its form is `schemas/health.schema.json`."""
    document: dict[str, JsonValue] = {
        "kind": "Health",
        "formatVersion": FORMAT_VERSION,
        "counts": {state.value: report.counts[state] for state in State},
        **report.model_dump(mode="json", by_alias=True),
    }
    return printable_json(json.dumps(document, indent=1)) + "\n"
