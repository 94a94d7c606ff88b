"""Findings as annotations of GitHub Actions: workflow commands, one line each.

The one choke point of this format is `_data`: what a line may hold is made harmless and escaped as GitHub documents.
"""

from collections.abc import Iterable

from mqinfra.model.diagnostic import Severity
from mqinfra.render.findings.finding import Finding
from mqinfra.render.terminal import clean

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render_github(findings: Iterable[Finding]) -> str:
    """Write one command per finding; nothing when there is none."""
    return "".join(f"{_command(finding)}\n" for finding in findings)


def _command(finding: Finding) -> str:
    found, place = finding.diagnostic, finding.place
    properties: dict[str, str] = {}
    if place is not None:
        properties |= {"file": place.path, "line": str(place.line), "col": str(place.column)}
        if place.end_column:
            properties |= {"endLine": str(place.line), "endColumn": str(place.end_column)}
    properties["title"] = f"{found.code} {found.address}" if found.address else found.code
    written = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{_COMMANDS[found.severity]} {written}::" + "%0A".join(map(_data, finding.texts))


def _data(text: str) -> str:
    return clean(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
