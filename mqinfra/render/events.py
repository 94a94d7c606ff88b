"""Progress of an apply: plain lines for people, JSON lines for programs."""

import json

from mqinfra.model.event import Advanced, Disconnected, Ended, Event, Finished, Outcome, Sent, Started, Warned
from mqinfra.render.json_text import printable_json
from mqinfra.render.terminal import Style, clean, plural


def event_line(event: Event, style: Style) -> str:
    """One line about an event, line end included; empty for events that only programs need."""
    match event:
        case Started():
            return f"applying {plural(event.changes, 'change')} to `{clean(event.environment)}`\n"
        case Sent():
            return style.dim(f"sent {clean(event.request)} to {clean(event.cluster)}, {_some(event)}") + "\n"
        case Advanced():
            return _advanced(event, style) + "\n"
        case Ended():
            return _ended(event, style) + "\n"
        case Warned():
            return _warned(event, style) + "\n"
        case Disconnected():
            return "".join(f"{line}\n" for line in disconnected_lines(event))
        case Finished():
            return "interrupted; requests in flight were finished\n" if event.interrupted else ""


def event_json(event: Event) -> str:
    """One line of JSON, line end included."""
    return printable_json(json.dumps(event.model_dump(mode="json", by_alias=True))) + "\n"


def _ended(event: Ended, style: Style) -> str:
    paint = {Outcome.APPLIED: style.created, Outcome.FAILED: style.destroyed}.get(event.outcome, style.changed)
    already = " (already done)" if event.already else ""
    why = f": {clean(event.message)}" if event.message else ""
    return f"{paint(event.outcome.value)} {event.action.value} {clean(event.address.text)}{already}{why}"


def _advanced(event: Advanced, style: Style) -> str:
    stalled = f"; {style.changed('stalled')}: {clean(event.hindrance)}" if event.hindrance else ""
    return style.dim(f"{clean(event.address.text)}: {clean(event.message)}") + stalled


def _warned(event: Warned, style: Style) -> str:
    return f"{style.changed('warning')}: {clean(event.cluster)}: {clean(event.message)}"


def disconnected_lines(event: Disconnected) -> list[str]:
    """What came of closing connections, for people."""
    closed = f"closed {plural(len(event.closed), 'connection')} for `{event.address}`: {', '.join(event.closed)}"
    left = [f"a connection that keeps what `{event.address}` took was not closed: {why}" for why in event.left]
    return [clean(line) for line in ([closed] if event.closed else []) + left]


def _some(event: Sent) -> str:
    return plural(len(event.addresses), "resource")
