"""DLQ_GROWING: messages come that nobody could process."""

from mqinfra.model.health import State
from mqinfra.monitor.series import Series
from mqinfra.monitor.thresholds import Thresholds
from mqinfra.monitor.verdict import Verdict, messages, span
from mqinfra.providers.base.monitoring.sample import Sample
from mqinfra.providers.base.monitoring.watched import Role


def dead_letters_grow(series: Series, _: Thresholds) -> Verdict | None:
    """Some came while it was watched, whether or not others were taken out."""
    if series.watched.role is not Role.DEAD_LETTERS or series.watched.what.reads or len(series.known) < 2:
        return None
    came = _came(series.known[0], series.last)
    if not came:
        return None
    some = f"{messages(came)} came in {span(series.seconds)}" if came > 0 else "some came"
    held = f"; {series.last.length:,} in all" if series.last.length is not None else ""
    return Verdict(State.DLQ_GROWING, "letters-came", f"{some}{held}")


def _came(first: Sample, last: Sample) -> int:
    """How many came: by the counter, and where it was reset or nobody counts, by what it holds."""
    more = [
        after - before
        for before, after in ((first.put, last.put), (first.length, last.length))
        if before is not None and after is not None
    ]
    return max(0, *more, 0)
