"""UNKNOWN: what can't be looked at, and what one look can't tell."""

from mqinfra.model.health import State
from mqinfra.monitor.series import Series, holds_messages, never_committed
from mqinfra.monitor.thresholds import Thresholds
from mqinfra.monitor.verdict import Verdict

LEAST = 2
"""Samples without which nothing is judged: one can't tell what moves from what is stuck."""


def unknown(series: Series, _: Thresholds) -> Verdict | None:
    """The newest sample says why nothing is known."""
    if series.last.unknown:
        return Verdict(State.UNKNOWN, "unseen", series.last.unknown)
    return None


def cannot_judge(series: Series, _: Thresholds) -> Verdict | None:
    """There is only one sample, because only one was asked for, or since it was made anew."""
    if len(series.known) >= LEAST:
        return None
    why = " since it was made anew" if series.anew else ""
    return Verdict(State.UNKNOWN, "one-sample", f"1 sample{why}: cannot judge")


def uncommitted(series: Series, _: Thresholds) -> Verdict | None:
    """A group has members and no position: that is no lag of 0, and no other one either."""
    last = series.last
    if not series.watched.consumer or not never_committed(last) or not holds_messages(last.lanes) or not last.consumers:
        return None
    members = f"{last.consumers:,} {'member' if last.consumers == 1 else 'members'}"
    return Verdict(State.UNKNOWN, "never-committed", f"{members}, and nothing committed yet")
