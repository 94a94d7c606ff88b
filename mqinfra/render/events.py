"""Progress of an apply: plain lines for CI, JSON lines for programs, one line that rewrites itself for a terminal."""

import json

from mqinfra.model.event import Disconnected, Ended, Event, Finished, Outcome, Sent, Started, Warned
from mqinfra.render.json_text import printable_json
from mqinfra.render.terminal import Style, clean, cut, plural

_CLEAR = "\r\x1b[2K"


def event_line(event: Event, style: Style) -> str:
    """One line about an event, line end included; empty for events that only programs need."""
    match event:
        case Started():
            return f"applying {plural(event.changes, 'change')} to `{clean(event.environment)}`\n"
        case Sent():
            return style.dim(f"sent {clean(event.request)} to {clean(event.cluster)}, {_some(event)}") + "\n"
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


class Progress:
    """The line on a terminal that says how far an apply is; whatever went wrong stays above it."""

    def __init__(self, style: Style) -> None:
        self._style = style
        self._total = 0
        self._done = 0
        self._failed = 0

    def feed(self, event: Event) -> str:
        """Take an event and say what to write to the terminal now, without a line end of its own to add."""
        match event:
            case Started():
                self._total = event.changes
                return self._line("")
            case Sent():
                return self._line(f"sent {event.request}, {_some(event)}")
            case Ended():
                self._done += 1
                if event.outcome is Outcome.APPLIED:
                    return self._line(f"{event.action.value} {event.address.text}")
                self._failed += 1
                return f"{_CLEAR}{_ended(event, self._style)}\n{self._line('')}"
            case Warned():
                return f"{_CLEAR}{_warned(event, self._style)}\n{self._line('')}"
            case Disconnected():
                return _CLEAR + "".join(f"{line}\n" for line in disconnected_lines(event))
            case Finished():
                return _CLEAR

    def _line(self, text: str) -> str:
        failed = f", {self._failed:,} not applied" if self._failed else ""
        line = f"[{self._done:,}/{self._total:,}{failed}] {clean(text)}"
        return _CLEAR + cut(line.rstrip(), max(self._style.width - 1, 1))


def _ended(event: Ended, style: Style) -> str:
    paint = {Outcome.APPLIED: style.created, Outcome.FAILED: style.destroyed}.get(event.outcome, style.changed)
    already = " (already done)" if event.already else ""
    why = f": {clean(event.message)}" if event.message else ""
    return f"{paint(event.outcome.value)} {event.action.value} {clean(event.address.text)}{already}{why}"


def _warned(event: Warned, style: Style) -> str:
    return f"{style.changed('warning')}: {clean(event.cluster)}: {clean(event.message)}"


def disconnected_lines(event: Disconnected) -> list[str]:
    """What came of closing connections, for people."""
    closed = f"closed {plural(len(event.closed), 'connection')} for `{event.address}`: {', '.join(event.closed)}"
    left = [f"a connection that keeps what `{event.address}` took was not closed: {why}" for why in event.left]
    return [clean(line) for line in ([closed] if event.closed else []) + left]


def _some(event: Sent) -> str:
    return plural(len(event.addresses), "resource")
