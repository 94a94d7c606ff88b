"""Diagnoses for people on a terminal, and as JSON."""

import json
from collections.abc import Mapping

from pydantic import JsonValue

from mqinfra.model.diagnosis import Diagnoses, Diagnosis, Likelihood
from mqinfra.render.json_text import printable_json
from mqinfra.render.terminal import Style, clean, document
from mqinfra.render.verification.words import span_text

FORMAT_VERSION = "1.0"
_INDENT = 4
_NOTHING = "no problem found in what could be read"


def diagnoses_text(found: Diagnoses, style: Style) -> str:
    """Print diagnoses: what was seen, then causes, the likeliest first."""
    lines: list[str] = []
    for one in found.diagnoses:
        lines += [*_one(one, style), ""]
    return document(lines[:-1])


def _one(one: Diagnosis, style: Style) -> list[str]:
    group = f", group {clean(one.consumer)}" if one.consumer else ""
    lines = style.wrap(f"{style.bold(clean(one.address.text) + group)}  {span_text(one.span)}")
    for fact in one.facts:
        lines += style.wrap(clean(fact), indent=_INDENT)
    for why in one.unread:
        lines += style.wrap(f"not seen: {clean(why)}", indent=_INDENT)
    if not one.causes:
        return [*lines, "", *style.wrap(f"{_NOTHING}." if one.unread else "no problem found.")]
    paint: Mapping[Likelihood, str] = {
        Likelihood.SEEN: style.destroyed(Likelihood.SEEN.value),
        Likelihood.PROBABLE: style.changed(Likelihood.PROBABLE.value),
    }
    for number, cause in enumerate(one.causes, start=1):
        word = paint.get(cause.likelihood, cause.likelihood.value)
        lines += ["", *style.wrap(f"{number}. {cause.symptom.value}: {style.bold(cause.suspect.value)} ({word})")]
        lines += style.wrap(f"observed {clean(cause.evidence)}", indent=_INDENT)
        if cause.fix:
            lines += style.wrap(f"fix      {clean(cause.fix)}", indent=_INDENT)
    return lines


def diagnoses_json(found: Diagnoses) -> str:
    """Write diagnoses; their form is `schemas/diagnoses.schema.json`."""
    head: dict[str, JsonValue] = {"kind": "Diagnoses", "formatVersion": FORMAT_VERSION}
    return printable_json(json.dumps(head | found.model_dump(mode="json", by_alias=True), indent=1)) + "\n"
