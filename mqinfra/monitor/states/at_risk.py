"""AT_RISK_OF_LOSS: messages go away before anybody reads them, by their age or because there are too many."""

from mqinfra.model.health import State
from mqinfra.model.unit import format_ms
from mqinfra.monitor.series import Series
from mqinfra.monitor.thresholds import Thresholds
from mqinfra.monitor.trend import slope
from mqinfra.monitor.verdict import Verdict, messages, span
from mqinfra.providers.base.monitoring.sample import RETENTION_USED, Lane, Sample
from mqinfra.providers.base.monitoring.watched import Role, What

_HORIZON = 3_600.0
"""Seconds within which a retention that overtakes is told of where nobody says how long it is."""
_LONG_ENOUGH = 60.0
"""Seconds of samples that a forecast needs: logs lose whole segments at a time."""


def at_risk(series: Series, thresholds: Thresholds) -> Verdict | None:
    """What is gone, what is about to be, and what will be if it goes on so."""
    if series.watched.role is Role.DELAY:
        return None
    return _gone(series) or _old(series) or _full(series, thresholds) or _overtaken(series)


def _gone(series: Series) -> Verdict | None:
    last = series.last
    lost = last.lost if last.lost is not None else sum(_lost(lane, last) for lane in last.lanes)
    if not lost or not series.watched.consumer:
        return None
    return Verdict(State.AT_RISK_OF_LOSS, "expired-unread", f"{messages(lost)} went away before the group read them")


def _lost(lane: Lane, sample: Sample) -> int:
    """What went away of a lane; of one that is empty, its last offset may have been the end of a transaction."""
    if lane.committed is None or lane.earliest is None or lane.committed >= lane.earliest:
        return 0
    gone = lane.earliest - lane.committed
    return 0 if gone <= sample.marked and lane.earliest == lane.end else gone


def _old(series: Series) -> Verdict | None:
    endangered, kept = series.last.endangered, series.watched.limits.retention_ms
    if not endangered or kept is None:
        return None
    reason = f"{messages(endangered)} unread and older than {RETENTION_USED:.0%} of the retention of {format_ms(kept)}"
    return Verdict(State.AT_RISK_OF_LOSS, "near-retention", reason)


def _full(series: Series, thresholds: Thresholds) -> Verdict | None:
    """A queue is nearly full; or what a group has not read is nearly all that its stream should hold."""
    watched, most = series.watched, series.watched.limits.max_length
    number = series.last.length if watched.what is What.QUEUE else series.last.waiting
    if watched.what is What.STREAM or most is None or number is None or number < thresholds.full * most or not number:
        return None
    what = "held" if watched.what is What.QUEUE else "unread"
    return Verdict(State.AT_RISK_OF_LOSS, "near-length", f"{messages(number)} {what}, and at most {most:,} are kept")


def _overtaken(series: Series) -> Verdict | None:
    """The beginning of a log moves faster than its reader."""
    left = overtaken_in(series)
    kept = series.watched.limits.retention_ms
    horizon = kept / 1_000 * (1 - RETENTION_USED) if kept else _HORIZON
    if left is None or left > horizon:
        return None
    return Verdict(State.AT_RISK_OF_LOSS, "overtaken", f"what expires reaches the group in {span(left)}")


def overtaken_in(series: Series) -> float | None:
    """Seconds until what expires reaches the position of a reader; None where it does not, or nobody could tell."""
    if series.seconds < _LONG_ENOUGH or not series.watched.consumer:
        return None
    left = [seconds for lane in series.last.lanes if (seconds := _left(series, lane)) is not None]
    return min(left, default=None)


def _left(series: Series, lane: Lane) -> float | None:
    stood = [(one.at, now) for one in series.known for now in one.lanes if now.name == lane.name]
    begins = [(at, float(now.earliest)) for at, now in stood if now.earliest is not None]
    reads = [(at, float(now.committed)) for at, now in stood if now.committed is not None]
    # Nothing follows from a beginning that moved once.
    if len({first for _, first in begins}) < 3 or lane.committed is None or lane.earliest is None or not lane.lag:
        return None
    expires, read = slope(begins), slope(reads)
    if expires is None or read is None or expires <= read:
        return None
    return max(0, lane.committed - lane.earliest) / (expires - read)


def forecast(series: Series) -> str:
    """When what expires reaches a reader who is behind, as a clause to go on with; empty where nobody could tell."""
    left = overtaken_in(series)
    return f", retention reaches it in {span(left)}" if left is not None else ""
