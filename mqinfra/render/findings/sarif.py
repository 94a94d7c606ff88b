"""Findings as SARIF 2.1.0, which GitHub's code scanning and other tools read.

The one choke point of this format is `_message`: in its texts, braces are placeholders and brackets are links, so
that both are escaped as the standard says, and what a terminal or a person would fall for is made visible first.
Paths are percent-encoded, and `printable_json` writes it all.
"""

import json
import re
from collections.abc import Mapping, Sequence
from textwrap import indent
from urllib.parse import quote

from pydantic import JsonValue

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity
from mqinfra.model.frozen import dataclass
from mqinfra.render.findings.checkout import Checkout
from mqinfra.render.findings.finding import Finding, Place
from mqinfra.render.json_text import printable_json
from mqinfra.render.terminal import clean

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_LINK = re.compile(r"(\\*)\]\(")


@dataclass(frozen=True, slots=True)
class Tool:
    """Who found it.

    Attributes:
        version: of mqinfra.
        codes: what the codes of the findings mean, by id.
        about: what was looked at, `shop/prod`: hosts keep the findings of each apart; empty when not known.
    """

    version: str
    codes: Mapping[str, Code]
    about: str = ""


def render_sarif(findings: Sequence[Finding], checkout: Checkout, tool: Tool) -> str:
    """Write a log of one run, with the rules that its findings are of."""
    used = sorted({finding.diagnostic.code for finding in findings} & tool.codes.keys())
    numbers = {code: number for number, code in enumerate(used)}
    rules: list[JsonValue] = [_rule(tool.codes[code]) for code in used]
    run: dict[str, JsonValue] = {
        "tool": {"driver": {"name": "mqinfra", "version": tool.version, "rules": rules}},
        "automationDetails": {"id": "/".join(("mqinfra", *(clean(tool.about).split("/") if tool.about else ()), ""))},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "results": [_result(finding, checkout, numbers) for finding in findings],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return printable_json(json.dumps(log, indent=1)) + "\n"


def _rule(code: Code) -> JsonValue:
    examples = [(title, text) for title, text in (("Triggers it:", code.bad), ("Fixed:", code.good)) if text]
    shown = [f"{title}\n\n{indent(text.strip(chr(10)), '    ')}" for title, text in examples]
    help_ = _message("\n\n".join([code.explanation, *shown]))
    return {
        "id": code.id,
        "shortDescription": _message(code.title),
        "fullDescription": _message(code.explanation),
        "help": {**help_, "markdown": help_["text"]},
        "defaultConfiguration": {"level": _LEVELS[code.severity]},
    }


def _result(finding: Finding, checkout: Checkout, numbers: Mapping[str, int]) -> JsonValue:
    found = finding.diagnostic
    location: dict[str, JsonValue] = {"physicalLocation": _physical(finding.or_at(checkout))}
    if found.address:
        location["logicalLocations"] = [{"fullyQualifiedName": clean(found.address), "kind": "resource"}]
    result: dict[str, JsonValue] = {
        "ruleId": found.code,
        "level": _LEVELS[found.severity],
        "message": _message("\n".join(finding.texts)),
        "locations": [location],
        "partialFingerprints": {"primaryLocationLineHash": finding.fingerprint},
    }
    if found.code in numbers:
        result["ruleIndex"] = numbers[found.code]
    if finding.related:
        result["relatedLocations"] = [
            {"physicalLocation": _physical(place), **({"message": _message(label)} if label else {})}
            for place, label in finding.related
        ]
    return result


def _physical(place: Place) -> dict[str, JsonValue]:
    region: dict[str, JsonValue] = {"startLine": place.line}
    if place.column:
        region["startColumn"] = place.column
    if place.end_column:
        region["endColumn"] = place.end_column
    uri = quote(place.path.encode("utf-8", "surrogatepass"), safe="/")
    return {"artifactLocation": {"uri": uri, "uriBaseId": _ROOT}, "region": region}


def _message(text: str) -> dict[str, JsonValue]:
    shown = "\n".join(map(clean, text.split("\n"))).replace("{", "{{").replace("}", "}}")
    return {"text": _LINK.sub(lambda match: f"{match[1]}{match[1]}\\](", shown)}
