"""What a command says, as lines of JSON for those who collect logs, in the names of the Elastic Common Schema.

Fields are dotted, as ecs-logging writes them, so that Elasticsearch, Loki and `jq` read them alike; ours stand under
`mqinfra.`. Source of the names: the field reference of ECS 8.11.
"""

import json
from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, datetime
from types import MappingProxyType

from pydantic import JsonValue

from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.model.event import Advanced, Disconnected, Ended, Event, Finished, Outcome, Sent, Started, Warned
from mqinfra.model.frozen import dataclass
from mqinfra.render.events import event_line
from mqinfra.render.json_text import printable_json
from mqinfra.render.terminal import Style

ECS_VERSION = "8.11.0"
_PLAIN = Style(width=10_000)
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warn", Severity.INFO: "info"}
_OUTCOMES = {Outcome.APPLIED: "success", Outcome.FAILED: "failure"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a log.

    Attributes:
        level: `debug`, `info`, `warn` or `error`.
        message: what happened, for people.
        fields: by ECS name; None is left out.
    """

    level: str
    message: str
    fields: Mapping[str, JsonValue] = field(default_factory=lambda: MappingProxyType({}))


def entry_line(entry: Entry, moment: datetime, common: Mapping[str, JsonValue]) -> str:
    """One line of JSON, line end included.

    Args:
        entry: the entry.
        moment: when, with its zone.
        common: fields of every line of the process.
    """
    said = {
        "@timestamp": moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "log.level": entry.level,
        "message": entry.message,
        "ecs.version": ECS_VERSION,
        **common,
        **{name: value for name, value in entry.fields.items() if value is not None},
    }
    return printable_json(json.dumps(said)) + "\n"


def diagnostic_entry(found: Diagnostic) -> Entry:
    """The entry of a diagnostic: its code, and where it is in a manifest or on a cluster."""
    span = found.span
    return Entry(
        _LEVELS[found.severity],
        found.message,
        {
            "event.code": found.code,
            "file.path": span.file if span else None,
            "mqinfra.line": span.line if span else None,
            "mqinfra.column": span.column if span else None,
            "mqinfra.address": found.address,
            "mqinfra.help": list(found.help) or None,
        },
    )


def event_entry(event: Event, seconds: float | None) -> Entry | None:
    """The entry of what happened during an apply; None for what says nothing by itself.

    Args:
        event: what happened.
        seconds: since its request was sent; None where that is not known.
    """
    message = event_line(event, _PLAIN).strip()
    match event:
        case Started():
            common: Mapping[str, JsonValue] = {
                "mqinfra.project": event.project,
                "mqinfra.environment": event.environment,
                "mqinfra.digest": event.digest,
            }
            return Entry("info", message, {"event.action": "started", **common})
        case Sent():
            return Entry("debug", message, {"event.action": "sent", "mqinfra.cluster": event.cluster})
        case Advanced():
            level = "warn" if event.hindrance else "info"
            return Entry(level, message, {"event.action": "advanced", **_place(event)})
        case Ended():
            return _ended(event, message, seconds)
        case Warned():
            fields: Mapping[str, JsonValue] = {"mqinfra.cluster": event.cluster, "mqinfra.help": list(event.help)}
            return Entry("warn", event.message, {"event.action": "warned", **fields})
        case Disconnected():
            return Entry("warn" if event.left else "info", message, {"event.action": "disconnected", **_place(event)})
        case Finished():
            return Entry("warn", message, {"event.action": "interrupted"}) if event.interrupted else None


def _ended(event: Ended, message: str, seconds: float | None) -> Entry:
    outcome = _OUTCOMES.get(event.outcome, "unknown")
    return Entry(
        "info" if event.outcome is Outcome.APPLIED else "error",
        message,
        {
            "event.action": event.action.value,
            "event.outcome": outcome,
            "event.duration": nanoseconds(seconds),
            "mqinfra.outcome": event.outcome.value,
            **_place(event),
            "mqinfra.already": event.already or None,
            "error.message": event.message or None if outcome != "success" else None,
            "mqinfra.help": list(event.help) or None,
        },
    )


def nanoseconds(seconds: float | None) -> int | None:
    """What `event.duration` counts in."""
    return None if seconds is None else round(seconds * 1_000_000_000)


def _place(event: Advanced | Ended | Disconnected) -> Mapping[str, JsonValue]:
    return {"mqinfra.cluster": event.address.cluster, "mqinfra.address": str(event.address)}
