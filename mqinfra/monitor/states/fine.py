"""OK and EMPTY_OK: what there is to say where nothing is wrong."""

from mqinfra.model.health import State
from mqinfra.monitor.series import Series
from mqinfra.monitor.thresholds import Thresholds
from mqinfra.monitor.verdict import Verdict, messages, rate, waiting
from mqinfra.providers.base.monitoring.watched import Role


def fine(series: Series, _: Thresholds) -> Verdict:
    """Say what waits, what comes, and who is there."""
    watched, last = series.watched, series.last
    if watched.promises.batch and last.consumers == 0:
        some = f", {waiting(last.waiting)}" if last.waiting else ""
        return Verdict(State.EMPTY_OK, "batch", f"nobody is there, and nobody has to be (`batch`){some}")
    parts = [_waits(series)]
    if series.arriving:
        parts.append(f"{rate(series.arriving)} arrive")
    if last.held:
        parts.append(f"{last.held:,} in work")
    if watched.role is Role.DELAY:
        parts.append("they go on by themselves")
    return Verdict(State.OK, "ok", ", ".join(filter(None, parts)))


def _waits(series: Series) -> str:
    watched, last = series.watched, series.last
    if watched.what.reads or not (watched.replays or watched.role is not Role.WORK):
        return waiting(last.waiting) if last.waiting is not None else "how many wait nobody can tell"
    if last.length is None:
        return ""
    return f"{messages(last.length)} held" if last.length else "empty"
