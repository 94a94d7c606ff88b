"""REBALANCING: a group does not come to share its partitions out, and reads nothing meanwhile."""

from mqinfra.model.health import State
from mqinfra.monitor.series import Series
from mqinfra.monitor.thresholds import Thresholds
from mqinfra.monitor.verdict import Verdict, span

_MORE_THAN = 2
"""Samples: a group may be caught at it twice although it is quick."""


def rebalancing(series: Series, thresholds: Thresholds) -> Verdict | None:
    """It was so in every sample of a while, and in more than two."""
    tail = series.tail(thresholds.rebalancing)
    if len(tail) <= _MORE_THAN or any(one.settled is not False for one in tail):
        return None
    unsettled = list(tail)
    for one in reversed(series.known[: len(series.known) - len(tail)]):
        if one.settled is not False:
            break
        unsettled.insert(0, one)
    lasted = span(unsettled[-1].at - unsettled[0].at)
    reason = f"`{series.last.state}` in all of {len(unsettled)} samples, for {lasted}; nothing is read meanwhile"
    return Verdict(State.REBALANCING, "not-stable", reason)
