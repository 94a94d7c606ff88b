"""STALLED and STOPPED: messages wait, somebody may be there, and nothing moves. Of the latter it was seen to move."""

from itertools import pairwise

from mqinfra.model.health import State
from mqinfra.monitor.series import Series, behind, counts_moves, moved, moves
from mqinfra.monitor.thresholds import Thresholds
from mqinfra.monitor.verdict import Verdict, messages, span
from mqinfra.providers.base.monitoring.watched import Role, What


def stuck(series: Series, thresholds: Thresholds) -> Verdict | None:
    """Something waited all the time, and nothing moved for longer than it ever paused before.

    How far a reader is behind is known anew in each sample, so one message after a silence is none that waited.
    """
    watched, last = series.watched, series.last
    if watched.role is not Role.WORK or watched.replays is (watched.what is What.QUEUE):
        return None
    if watched.promises.batch and not last.consumers:
        return None
    seen = list(moves(series.known))
    pauses = [later - earlier for earlier, later in pairwise(seen)]
    tail = series.tail(max(thresholds.patience, 2 * max(pauses, default=0.0)))
    if not tail or not counts_moves(tail) or moved(tail) or any(behind(one) is not True for one in tail):
        return None
    waits = f"{messages(last.waiting)} wait" if last.waiting is not None else "something waits"
    who = "" if last.consumers is None else f", {last.consumers:,} {'member' if last.consumers == 1 else 'members'}"
    if watched.what is What.QUEUE and last.held:
        who += f", who hold {last.held:,} unacknowledged"
    if seen:
        lasted = span(last.at - seen[-1])
        return Verdict(State.STOPPED, "stopped", f"{waits}; it moved until {lasted} ago, and not since{who}")
    return Verdict(State.STALLED, "never-moved", f"{waits}, and nothing moved in {span(series.seconds)}{who}")
