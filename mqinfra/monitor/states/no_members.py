"""NO_MEMBERS: messages wait, and nobody is there to take them."""

from mqinfra.model.health import State
from mqinfra.monitor.series import Series, behind, holds_messages, moved, never_committed
from mqinfra.monitor.thresholds import Thresholds
from mqinfra.monitor.verdict import Verdict, span, waiting
from mqinfra.providers.base.monitoring.sample import Sample
from mqinfra.providers.base.monitoring.watched import Role


def no_members(series: Series, thresholds: Thresholds) -> Verdict | None:
    """For a while nobody was there, something waited, and nobody took it who is no member."""
    watched, last = series.watched, series.last
    if not watched.consumed or watched.role is not Role.WORK or watched.promises.batch or last.consumers != 0:
        return None
    tail = series.tail(thresholds.patience)
    if not tail or moved(tail) or any(one.consumers != 0 or not _waits(one) for one in tail):
        return None
    who = "no members" if watched.consumer else "no consumers"
    lasted = span(tail[-1].at - tail[0].at)
    if never_committed(last):
        return Verdict(State.NO_MEMBERS, "nobody-ever", f"{who}, and the group has never committed anything")
    much = waiting(last.waiting) if last.waiting is not None else "something waits"
    return Verdict(State.NO_MEMBERS, "nobody-reads", f"{who} for {lasted}, and {much}")


def _waits(sample: Sample) -> bool:
    return holds_messages(sample.lanes) if never_committed(sample) else behind(sample) is True
