"""Drift for people and programs."""

import json
from collections.abc import Sequence

from pydantic import JsonValue

from mqinfra.model.drift import Drift
from mqinfra.model.record import Owner
from mqinfra.render.json_text import printable_json
from mqinfra.render.terminal import Style, clean, document, plural

FORMAT_VERSION = "1.0"


def drift_text(found: Sequence[Drift], unknown: Sequence[str], style: Style) -> str:
    """Print what drifted, each field with both values, and the clusters of which it can't be told."""
    lines: list[str] = []
    for item in found:
        what = " was deleted" if item.gone else " was deleted and made again" if item.remade else ""
        lines += style.wrap(f"{clean(str(item.address))}{what}")
        for field in item.fields:
            values = f"{json.dumps(field.applied)} was applied, {json.dumps(field.live)} is there"
            lines += style.wrap(clean(f"{'.'.join(field.path)}: {values}"), indent=2)
    lines += [f"not known of {clean(alias)}: its records can't be read" for alias in unknown]
    return document([*lines, style.bold(f"{plural(len(found), 'resource')} drifted" if found else "No drift.")])


def drift_json(owner: Owner, found: Sequence[Drift], unknown: Sequence[str]) -> str:
    """Write it; minor versions of the format only add."""
    resources: list[JsonValue] = [
        {
            "address": str(item.address),
            "gone": item.gone,
            "remade": item.remade,
            "fields": [
                {"path": list(field.path), "applied": field.applied, "live": field.live} for field in item.fields
            ],
        }
        for item in found
    ]
    content = {
        "kind": "Drift",
        "formatVersion": FORMAT_VERSION,
        "project": owner.project,
        "environment": owner.environment,
        "resources": resources,
        "unknown": list(unknown),
    }
    return printable_json(json.dumps(content, indent=1)) + "\n"
