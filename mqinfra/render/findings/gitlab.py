"""Findings as GitLab's code quality report, which merge requests show beside the lines.

The one choke point of this format: a description holds harmless texts only, and `printable_json` writes it all.
"""

import json
from collections.abc import Iterable

from pydantic import JsonValue

from mqinfra.model.diagnostic import Severity
from mqinfra.render.findings.checkout import Checkout
from mqinfra.render.findings.finding import Finding
from mqinfra.render.json_text import printable_json

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.INFO: "info"}


def render_gitlab(findings: Iterable[Finding], checkout: Checkout) -> str:
    """Write a report; `[]` when there is nothing to say, by which GitLab sees that all is mended."""
    return printable_json(json.dumps([_issue(finding, checkout) for finding in findings], indent=1)) + "\n"


def _issue(finding: Finding, checkout: Checkout) -> JsonValue:
    place = finding.or_at(checkout)
    return {
        "description": "; ".join(finding.texts),
        "check_name": finding.diagnostic.code,
        "fingerprint": finding.fingerprint,
        "severity": _SEVERITIES[finding.diagnostic.severity],
        "location": {"path": place.path, "lines": {"begin": place.line}},
    }
