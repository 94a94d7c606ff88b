"""Drift for people and programs."""

import json
from collections.abc import Sequence

from pydantic import JsonValue

from mqinfra.model.drift import Drift, DriftedField
from mqinfra.model.record import Owner
from mqinfra.render.json_text import printable_json
from mqinfra.render.terminal import Style, clean, document, plural

FORMAT_VERSION = "1.1"


def drift_text(found: Sequence[Drift], unknown: Sequence[str], style: Style) -> str:
    """Print what drifted, each field with both values, what differs without a record, and what can't be told."""
    lines: list[str] = []
    for item in found:
        lines += style.wrap(clean(f"{item.address}{what_happened(item)}"))
        for field in item.fields:
            lines += style.wrap(clean(f"{'.'.join(field.path)}: {values_of(item, field)}"), indent=2)
    lines += [clean(line) for line in unknown_lines(unknown)]
    return document([*lines, style.bold(drift_verdict(found))])


def what_happened(item: Drift) -> str:
    """What happened to a resource as a whole, behind its name; empty where only its fields moved."""
    if not item.recorded:
        return " is declared, and is not there" if item.gone else " differs from the manifest; no record tells why"
    return " was deleted" if item.gone else " was deleted and made again" if item.remade else ""


def values_of(item: Drift, field: DriftedField) -> str:
    """Both values of a field."""
    said = "was applied" if item.recorded else "is declared"
    return f"{json.dumps(field.applied)} {said}, {json.dumps(field.live)} is there"


def unknown_lines(unknown: Sequence[str]) -> list[str]:
    """Say of which clusters it is not known what moved."""
    return [f"not known of {alias}: its records can't be read; held against the manifests" for alias in unknown]


def drift_verdict(found: Sequence[Drift]) -> str:
    """Say how much drifted."""
    drifted = sum(item.recorded for item in found)
    others = len(found) - drifted
    if not found:
        return "No drift."
    parts = [f"{plural(drifted, 'resource')} drifted"] if drifted else []
    if others:
        parts.append(f"{plural(others, 'resource')} without a record {'differs' if others == 1 else 'differ'}")
    return ", ".join(parts)


def drift_json(owner: Owner, found: Sequence[Drift], unknown: Sequence[str]) -> str:
    """Write it; minor versions of the format only add."""
    resources: list[JsonValue] = [
        {
            "address": str(item.address),
            "gone": item.gone,
            "remade": item.remade,
            "recorded": item.recorded,
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
