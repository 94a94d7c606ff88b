"""PEL_STUCK: what consumers took they neither acknowledge nor take again, so nobody processes it."""

from mqinfra.model.health import State
from mqinfra.monitor.series import Series
from mqinfra.monitor.thresholds import Thresholds
from mqinfra.monitor.verdict import Verdict, messages, span
from mqinfra.providers.base.monitoring.watched import What


def pending_stuck(series: Series, thresholds: Thresholds) -> Verdict | None:
    """The entry that was delivered first lies for longer than is promised, or than anybody should hold one."""
    last, promised = series.last, series.watched.promises.max_delay
    most = promised / 1_000 if promised is not None else thresholds.held
    if series.watched.what is not What.STREAM_GROUP or last.idle is None or not last.held or last.idle <= most:
        return None
    reason = f"{messages(last.held)} pending, the first untouched for {span(last.idle)} (at most {span(most)})"
    return Verdict(State.PEL_STUCK, "pending-idle", reason)
