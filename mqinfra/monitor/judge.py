"""From samples to a verdict: the rules in order, and two evaluations in a row before anything counts as bad. Pure."""

from collections.abc import Callable

from mqinfra.model.frozen import dataclass
from mqinfra.model.health import State
from mqinfra.monitor.series import Series
from mqinfra.monitor.states.at_risk import at_risk
from mqinfra.monitor.states.dead_letters import dead_letters_grow
from mqinfra.monitor.states.fine import fine
from mqinfra.monitor.states.lagging import lagging
from mqinfra.monitor.states.no_members import no_members
from mqinfra.monitor.states.pending import pending_stuck
from mqinfra.monitor.states.rebalancing import rebalancing
from mqinfra.monitor.states.rewound import rewound
from mqinfra.monitor.states.stuck import stuck
from mqinfra.monitor.states.unknown import cannot_judge, uncommitted, unknown
from mqinfra.monitor.thresholds import DEFAULT, EAGER, Thresholds
from mqinfra.monitor.verdict import Verdict

Rule = Callable[[Series, Thresholds], Verdict | None]

_RULES: tuple[Rule, ...] = (
    at_risk,
    rewound,
    rebalancing,
    no_members,
    stuck,
    pending_stuck,
    dead_letters_grow,
    lagging,
    uncommitted,
)

_LOOKED_AT_LONGER = frozenset({State.REBALANCING, State.NO_MEMBERS, State.STALLED, State.LAGGING})
"""What may only seem so because it was watched for too short a time; what moved once is not stuck."""
_FURTHEST = 12
"""Evaluations that are looked back for since when something is so."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict with since when it holds.

    Attributes:
        verdict: the verdict.
        since: when what is bad was first seen to be so, in seconds since 1970; None of what is not.
        before: it was so from the first sample on.
        open: it would be bad if it stayed so, and was not watched long enough to tell.
    """

    verdict: Verdict
    since: float | None = None
    before: bool = False
    open: bool = False


def judge(series: Series, thresholds: Thresholds = DEFAULT) -> Judged:
    """Say how something is doing.

    What is bad counts only if it was bad one sample ago too: once is a look at the wrong moment.
    """
    early = unknown(series, thresholds) or cannot_judge(series, thresholds)
    if early is not None:
        return Judged(early)
    verdict = _evaluated(series, thresholds)
    if not verdict.state.bad:
        return Judged(verdict, open=_evaluated(series, EAGER).state in _LOOKED_AT_LONGER)
    streak = _streak(series, verdict, thresholds)
    if streak < 2:
        return Judged(fine(series, thresholds), open=True)
    first = series.samples[len(series.samples) - streak]
    return Judged(verdict, first.at, before=first is series.known[0] or streak >= len(series.known) - 1)


def _evaluated(series: Series, thresholds: Thresholds) -> Verdict:
    for rule in _RULES:
        verdict = rule(series, thresholds)
        if verdict is not None:
            return verdict
    return fine(series, thresholds)


def _streak(series: Series, verdict: Verdict, thresholds: Thresholds) -> int:
    """How many evaluations in a row say something bad, up to this one, as far back as the state is the same."""
    number, earlier = 1, series.before
    while earlier.known and not earlier.last.unknown and number < _FURTHEST:
        state = _evaluated(earlier, thresholds).state
        if not state.bad or (number >= 2 and state is not verdict.state):
            break
        number, earlier = number + 1, earlier.before
    return number
