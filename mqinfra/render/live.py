"""The live list of an apply on a terminal: a line per cluster that says how far it is, for how long, and what it does.

What went wrong, and what else stays to be read, goes above the list; the list itself is drawn again and again.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from mqinfra.model.address import Address
from mqinfra.model.event import Advanced, Disconnected, Ended, Event, Finished, Outcome, Sent, Started, Warned
from mqinfra.model.label import label_of
from mqinfra.model.plan import Plan
from mqinfra.render.events import event_line
from mqinfra.render.terminal import Style, cells, clean, cut
from mqinfra.render.view.changes import called

_BAR = 20
_BAR_FROM = 60
_TEXT_FROM = 34
_ALIASES = 24


@dataclass
class _Row:
    """How far one cluster is."""

    alias: str
    total: int
    done: int = 0
    failed: int = 0
    ended: float | None = None
    in_flight: dict[Address, str] = field(default_factory=dict)


class LiveList:
    """Takes events and says at any moment what the list shows."""

    def __init__(self, plan: Plan, clock: Callable[[], float], *, colour: bool = False, verbose: bool = False) -> None:
        """Begin.

        Args:
            plan: what is applied.
            clock: seconds, from any moment on.
            colour: use ANSI colours.
            verbose: every event stays to be read, and not only what went wrong.
        """
        totals = Counter(change.address.cluster for change in plan.changes)
        self._rows = {alias: _Row(alias, number) for alias, number in sorted(totals.items())}
        self._names: Mapping[Address, str] = {change.address: called(change) for change in plan.changes}
        self._clock, self._colour, self._verbose = clock, colour, verbose
        self._started = clock()

    def feed(self, event: Event, style: Style) -> str:
        """Take an event, and say what stays to be read of it, line end included; empty when nothing does."""
        match event:
            case Sent():
                row = self._rows.get(event.cluster)
                if row is not None:
                    row.in_flight |= dict.fromkeys(event.addresses, "")
            case Advanced():
                row = self._rows.get(event.address.cluster)
                if row is not None:
                    row.in_flight[event.address] = event.message
                if event.hindrance:
                    return event_line(event, style)
            case Ended():
                self._end(event)
                if event.outcome is not Outcome.APPLIED:
                    return event_line(event, style)
            case Started() | Finished():
                return ""
            case Warned() | Disconnected():
                return event_line(event, style)
        return event_line(event, style) if self._verbose else ""

    def _end(self, event: Ended) -> None:
        row = self._rows.get(event.address.cluster)
        if row is None:
            return
        row.in_flight.pop(event.address, None)
        row.done += 1
        row.failed += event.outcome is not Outcome.APPLIED
        if row.done == row.total:
            row.ended = self._clock()

    def lines(self, columns: int, most: int) -> list[str]:
        """What the list shows now: those that work first where not all have room.

        Args:
            columns: width of the terminal; no line is as wide, so that none wraps.
            most: lines at most.
        """
        style = Style(self._colour, columns)
        rows = list(self._rows.values())
        hidden = 0
        if len(rows) > most:
            rows.sort(key=lambda row: (row.ended is not None, not row.in_flight))
            hidden = len(rows) - most + 1
            rows = rows[: most - 1]
        width = min(max((cells(clean(row.alias)) for row in rows), default=0), _ALIASES)
        digits = max((len(f"{row.total:,}") for row in rows), default=1)
        lines = [self._line(row, width, digits, style) for row in rows]
        return lines + ([_short(f"and {hidden:,} more", style)] if hidden else [])

    def _line(self, row: _Row, width: int, digits: int, style: Style) -> str:
        alias = cut(clean(row.alias), width)
        seconds = int((row.ended if row.ended is not None else self._clock()) - self._started)
        counted = f"{row.done:>{digits},}/{row.total:<{digits},}"
        words = [alias + " " * (width - cells(alias)), counted, f"{seconds // 60}:{seconds % 60:02}"]
        if style.width >= _BAR_FROM:
            filled = _BAR * row.done // row.total
            words.insert(1, f"[{'=' * filled}{' ' * (_BAR - filled)}]")
        if row.failed:
            words.append(f"{row.failed:,} not applied")
        if style.width >= _TEXT_FROM:
            words.append(self._doing(row))
        text = _short("  ".join(words), style)
        paint = style.destroyed if row.failed else style.created if row.ended is not None else None
        return paint(text) if paint is not None else text

    def _doing(self, row: _Row) -> str:
        if row.ended is not None:
            return "done"
        doing = list(row.in_flight.items())  # at once: events come in while the list is drawn
        if not doing:
            return "waiting"
        # What says how far it is takes longest.
        address, far = next((one for one in doing if one[1]), doing[0])
        more = f" and {len(doing) - 1:,} more" if len(doing) > 1 else ""
        return clean(f"{self._names.get(address, label_of(address))}{f': {far}' if far else ''}{more}")


def _short(text: str, style: Style) -> str:
    return cut(text, max(style.width - 1, 1)).rstrip()
