"""STALLED and STOPPED: messages wait, somebody may be there, and nothing moves. Of the latter it was seen to move."""

from itertools import pairwise

from mqinfra.model.health import State
from mqinfra.monitor.series import Series, behind, counts_moves, moved, moves
from mqinfra.monitor.thresholds import Thresholds
from mqinfra.monitor.verdict import Verdict, span, waiting
from mqinfra.providers.base.monitoring.sample import Sample
from mqinfra.providers.base.monitoring.watched import Role, Watched


def stuck(series: Series, thresholds: Thresholds) -> Verdict | None:
    """Something waited all the time, and nothing moved for longer than it ever paused before.

    How far a reader is behind is known anew in each sample, so one message after a silence is none that waited.
    """
    watched, last = series.watched, series.last
    if watched.role is not Role.WORK or not watched.consumed:
        return None
    if watched.promises.batch and not last.consumers:
        return None
    seen = list(moves(series.known))
    pauses = [later - earlier for earlier, later in pairwise(seen)]
    tail = series.tail(max(thresholds.patience, 2 * max(pauses, default=0.0)))
    if not tail or not counts_moves(tail) or moved(tail) or any(behind(one) is not True for one in tail):
        return None
    waits = waiting(last.waiting) if last.waiting is not None else "something waits"
    who = _readers(watched, last)
    if seen:
        lasted = span(last.at - seen[-1])
        return Verdict(State.STOPPED, "stopped", f"{waits}; it moved until {lasted} ago, and not since{who}")
    return Verdict(State.STALLED, "never-moved", f"{waits}, and nothing moved in {span(series.seconds)}{who}")


def _readers(watched: Watched, last: Sample) -> str:
    """Who should move it, and what they keep, as a clause to go on with."""
    if last.consumers is None:
        return ""
    one = "member" if watched.consumer else "consumer"
    held = f" with {last.held:,} unacknowledged" if last.held and not watched.consumer else ""
    return f", {last.consumers:,} {one if last.consumers == 1 else f'{one}s'}{held}"
