"""The load that `verify` offers, beside a broker's own load tool at the same rate: both have to see the same broker.

Whoever has few processors measures how the two share them with the server, so turns alternate and the median counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from mqinfra.verify.history import read_history
from mqinfra.verify.load.histogram import Histogram
from mqinfra.verify.load.seen import LATENCY, Phase, phase_of
from tests.bench.process import MQINFRA, WorkNotDoneError, run
from tests.bench.table import Row, Target
from tests.brokers.load_tool import Measured

_RATE_APART, _P50_APART = 2.0, 30.0
"""Percent by which the two may differ."""


def interleaved(
    theirs: Callable[[int], Measured], ours: Callable[[], Measured], times: int
) -> tuple[list[Measured], list[Measured]]:
    """Turns of both, one after the other, so that what else the machine does meets both.

    Args:
        theirs: runs the broker's own tool, given the number of the turn.
        ours: runs `verify`.
        times: turns.
    """
    found = [(theirs(turn), ours()) for turn in range(times)]
    return [one for one, _ in found], [one for _, one in found]


def rows(what: str, theirs: Sequence[Measured], ours: Sequence[Measured]) -> list[Row]:
    """Medians beside one another, and how far they are apart in percent.

    Args:
        what: what is compared, as the rows' titles begin.
        theirs: turns of the broker's own tool.
        ours: turns of `verify`.
    """

    def middle(some: Sequence[Measured], of: Callable[[Measured], float]) -> float:
        return median(of(one) for one in some)

    def apart(of: Callable[[Measured], float]) -> float:
        return abs(middle(ours, of) / middle(theirs, of) - 1) * 100

    return [
        Row(f"{what}: messages consumed per second", middle(ours, _rate), None, middle(theirs, _rate), ""),
        Row(f"{what}: consumed rates apart", apart(_rate), Target(extra=_RATE_APART), None, "%"),
        Row(f"{what}: p50", middle(ours, _p50), None, middle(theirs, _p50), "ms"),
        Row(f"{what}: p50 apart", apart(_p50), Target(extra=_P50_APART), None, "%"),
        Row(f"{what}: p99", middle(ours, _p99), None, middle(theirs, _p99), "ms"),
    ]


def verified(folder: Path, rate: int, seconds: int, latencies: Callable[[Phase], str]) -> Measured:
    """One run of the check of latencies; a bound that holds lets it end with 0.

    Args:
        folder: the project, whose one resource takes the load.
        rate: messages per second.
        seconds: for about how long.
        latencies: which of the phase's histograms counts.

    Raises:
        WorkNotDoneError: it measured none.
    """
    history = folder / "history.jsonl.gz"
    # Two fifths of what a procedure has go for latencies, after the stretches that come before.
    limit = ("--limit", f"{10 + 5 * seconds // 2}s", "--only", "V28")
    load = ("--throughput", str(rate), "--latency", "p50=60s", "--history", str(history))
    run([MQINFRA, "verify", "-q", *limit, *load], folder, within=600)
    phase = phase_of([operation for _, _, operation in read_history(history)], LATENCY)
    if phase is None:
        raise WorkNotDoneError("the run measured no latencies")
    histogram = Histogram(latencies(phase))
    p50, p99 = histogram.quantile("p50"), histogram.quantile("p99")
    if p50 is None or p99 is None:
        raise WorkNotDoneError(f"{histogram.count:,} messages are too few for a p99")
    return Measured(phase.rate, p50, p99)


def _rate(one: Measured) -> float:
    return one.rate


def _p50(one: Measured) -> float:
    return one.p50


def _p99(one: Measured) -> float:
    return one.p99
