"""Reports of the health of shops of two sizes, as a page."""

from datetime import UTC, datetime, timedelta

from mqinfra.model.address import Address
from mqinfra.model.health import Health, HealthReport, State, WatchedCluster
from mqinfra.model.span import Span

NOW = datetime(2026, 11, 29, 12, 0, 7, tzinfo=UTC)
_REASONS = {
    State.AT_RISK_OF_LOSS: "1,204 messages unread and older than 90% of the retention of 7d",
    State.STALLED: "120,000 messages wait, and nothing moved in 12s, 3 members",
    State.STOPPED: "8,311 messages wait; it moved until 40s ago, and not since, 1 member",
    State.NO_MEMBERS: "no members for 12s, and 300 messages wait",
    State.LAGGING: "120,000 messages wait, and at most 10,000 are promised, growing 300/s, retention reaches it in 4h",
    State.DLQ_GROWING: "12 messages came in 4s; 340 in all",
    State.UNKNOWN: "not allowed: this needs Describe on the group",
    State.CATCHING_UP: "12,000 messages wait; 400/s fewer, caught up in 30s",
    State.EMPTY_OK: "nobody is there, and nobody has to be (`batch`), 40 messages wait",
    State.OK: "12 messages wait, 2,000/s arrive",
}
_FEW = (State.STALLED, State.LAGGING, State.UNKNOWN, State.CATCHING_UP, State.OK)


def report(number: int) -> HealthReport:
    """A report with so many rows; of few, each is in another state."""
    rows = [_row(at, _FEW[at] if number <= len(_FEW) else _state(at)) for at in range(number)]
    cluster = WatchedCluster(alias="kafka", type="kafka", version="4.1", endpoint="broker-1:9092")
    return HealthReport(
        project="shop",
        environment="prod",
        taken=NOW,
        seconds=12.0,
        samples=7,
        clusters=(cluster,),
        rows=tuple(sorted(rows, key=lambda row: row.state.rank)),
    )


def _state(at: int) -> State:
    """One of fifty is not fine."""
    bad = [state for state in _REASONS if state is not State.OK]
    return bad[at // 50 % len(bad)] if at % 50 == 7 else State.OK


def _some(at: int, below: int) -> int:
    """A number that looks like any."""
    return at * 7_919 % below


def _row(at: int, state: State) -> Health:
    reads, level = at % 2 == 1, _some(at, 5_000)
    grows = {State.LAGGING: 300, State.STALLED: 200, State.CATCHING_UP: -400}.get(state, 0)
    backlog = tuple(max(0, level + step * grows + _some(at + step, 80) - 40) for step in range(7))
    name = f"orders.{('created', 'paid', 'sent', 'cancelled')[at % 4]}.{at:04}"
    return Health(
        address=Address("kafka", "topics", (name,)),
        name=name,
        what="group" if reads else "topic",
        consumer="billing" if reads else "",
        role="work",
        owner=("money", "orders", "mail")[at % 3],
        span=Span(f"topology/orders-{at % 9}.yaml", 10 + at % 80, 5),
        state=state,
        rule="rule",
        reason=_REASONS[state],
        since=NOW - timedelta(seconds=90) if state.bad else None,
        since_before=state.bad and at % 2 == 0,
        waiting=None if state is State.UNKNOWN else backlog[-1],
        consumers=3 if reads else None,
        arriving=None if state is State.UNKNOWN else _some(at, 200_000) / 100,
        growing=float(grows),
        delay=_some(at, 900) / 10 if reads else None,
        delay_beyond=at % 5 == 0,
        backlog=() if state is State.UNKNOWN else backlog,
        diagnose="mqinfra verify -e prod --diagnose billing" if state.bad else "",
    )
