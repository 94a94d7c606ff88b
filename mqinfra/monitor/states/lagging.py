"""LAGGING and CATCHING_UP: a reader is further behind than was promised, or gets further and further behind."""

from mqinfra.model.health import State
from mqinfra.model.unit import format_ms
from mqinfra.monitor.series import Series
from mqinfra.monitor.states.at_risk import forecast
from mqinfra.monitor.thresholds import Thresholds
from mqinfra.monitor.verdict import Verdict, rate, span, waiting
from mqinfra.providers.base.monitoring.watched import Role


def lagging(series: Series, thresholds: Thresholds) -> Verdict | None:
    """Against the promises where there are some, else against what arrives."""
    watched = series.watched
    if watched.role is not Role.WORK or not watched.consumed:
        return None
    broken = _broken(series)
    if _falls(series, thresholds) and (broken or _much(series, thresholds)):
        return _catching_up(series, broken)
    if broken:
        return Verdict(State.LAGGING, "promise", f"{broken}{_trend(series, thresholds)}{forecast(series)}")
    if _grows(series, thresholds) and _much(series, thresholds):
        waits = waiting(series.last.waiting or 0)
        return Verdict(State.LAGGING, "growing", f"{waits}{_trend(series, thresholds)}{forecast(series)}")
    return None


def _broken(series: Series) -> str:
    """Which promise does not hold; empty while all do."""
    promises, last = series.watched.promises, series.last
    if promises.max_lag is not None and last.waiting is not None and last.waiting > promises.max_lag:
        return f"{waiting(last.waiting)}, and at most {promises.max_lag:,} are promised"
    if promises.max_delay is None:
        return ""
    promised = f"the promised {format_ms(promises.max_delay)}"
    if last.overdue:
        return f"{waiting(last.overdue)} for longer than {promised}"
    if last.age is not None and last.waiting != 0 and last.age * 1_000 > promises.max_delay:
        return f"the oldest message waits for {span(last.age)}, longer than {promised}"
    return ""


def _much(series: Series, thresholds: Thresholds) -> bool:
    """Whether more waits than at any time may."""
    usual = thresholds.few if series.arriving is None else series.arriving * thresholds.behind
    return series.last.waiting is not None and series.last.waiting > usual


def _grows(series: Series, thresholds: Thresholds) -> bool:
    least = (series.arriving or 0.0) * thresholds.share
    enough = series.growing is not None and series.growing > least and series.steadiness >= thresholds.steady
    return enough and bool(series.tail(thresholds.patience))


def _falls(series: Series, thresholds: Thresholds) -> bool:
    slope, steadiness = series.lately
    return slope is not None and slope < 0 and steadiness <= -thresholds.steady


def _catching_up(series: Series, broken: str) -> Verdict:
    speed, left = -(series.lately[0] or 0.0), series.last.waiting or 0
    eta = left / speed if speed else None
    told = broken or waiting(left)
    soon = f", caught up in {span(eta)}" if eta is not None else ""
    return Verdict(State.CATCHING_UP, "falling", f"{told}; {rate(speed)} fewer{soon}", eta)


def _trend(series: Series, thresholds: Thresholds) -> str:
    grows = series.growing is not None and series.growing > 0 and series.steadiness >= thresholds.steady
    return f", growing {rate(series.growing)}" if grows and series.growing is not None else ""
