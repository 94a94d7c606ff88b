"""The live list of an apply: what each cluster's line says, at any width, and what stays to be read above."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, Reason
from mqinfra.model.event import Advanced, Ended, Event, Finished, Outcome, Sent, Started, Warned
from mqinfra.model.plan import Plan
from mqinfra.render.live import LiveList
from mqinfra.render.terminal import Style, cells
from tests.unit.render import hostile
from tests.unit.render.hostile import assert_harmless, some


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def topic(name: str, cluster: str = "kafka") -> Change:
    address = Address(cluster, "topics", (name,))
    return Change(address, Action.CREATE, Reason.ABSENT, title="topic", label=name)


def plan(*changes: Change) -> Plan:
    return Plan(tool_version="1", project="shop", environment="prod", changes=changes)


def ended(change: Change, outcome: Outcome = Outcome.APPLIED, message: str = "") -> Ended:
    return Ended(address=change.address, action=change.action, outcome=outcome, message=message)


def sent(*changes: Change) -> Sent:
    return Sent(
        cluster=changes[0].address.cluster,
        request="CreateTopics",
        addresses=tuple(change.address for change in changes),
    )


ONE, TWO, THREE = topic("orders"), topic("billing"), topic("mail", "other")


def test_a_line_per_cluster_says_how_far_it_is_for_how_long_and_what_it_does() -> None:
    clock = Clock()
    live = LiveList(plan(ONE, TWO, THREE), clock)
    assert live.lines(80, 9) == [
        "kafka  [                    ]  0/2  0:00  waiting",
        "other  [                    ]  0/1  0:00  waiting",
    ]
    live.feed(sent(ONE, TWO), Style())
    clock.now += 65
    assert live.lines(80, 9)[0] == "kafka  [                    ]  0/2  1:05  topic orders and 1 more"
    live.feed(ended(ONE), Style())
    assert live.lines(80, 9)[0] == "kafka  [==========          ]  1/2  1:05  topic billing"
    live.feed(ended(TWO), Style())
    clock.now += 60
    assert live.lines(80, 9) == [
        "kafka  [====================]  2/2  1:05  done",
        "other  [                    ]  0/1  2:05  waiting",
    ]


def test_what_goes_wrong_stays_to_be_read_and_is_counted() -> None:
    live = LiveList(plan(ONE, TWO), Clock())
    assert live.feed(sent(ONE), Style()) == ""
    assert live.feed(ended(TWO), Style()) == ""
    failed = live.feed(ended(ONE, Outcome.FAILED, "no right to"), Style())
    assert failed == "failed create kafka/topics/orders: no right to\n"
    assert live.feed(Warned(cluster="kafka", message="no record"), Style()) == "warning: kafka: no record\n"
    assert live.lines(80, 9) == ["kafka  [====================]  2/2  0:00  1 not applied  done"]


def test_with_v_every_event_stays_to_be_read() -> None:
    live = LiveList(plan(ONE), Clock(), verbose=True)
    assert live.feed(sent(ONE), Style()) == "sent CreateTopics to kafka, 1 resource\n"
    assert live.feed(ended(ONE), Style()) == "applied create kafka/topics/orders\n"


@pytest.mark.parametrize(
    ("columns", "line"),
    [
        (59, "kafka  0/2  0:00  topic orders and 1 more"),
        (34, "kafka  0/2  0:00  topic orders..."),
        (33, "kafka  0/2  0:00"),
        (12, "kafka  0..."),
    ],
)
def test_a_narrow_terminal_gets_what_fits(columns: int, line: str) -> None:
    live = LiveList(plan(ONE, TWO), Clock())
    live.feed(sent(ONE, TWO), Style())
    assert live.lines(columns, 9) == [line]


def test_where_not_all_clusters_fit_those_that_work_are_shown() -> None:
    changes = [topic("orders", f"c{number:02}") for number in range(20)]
    live = LiveList(plan(*changes), Clock())
    live.feed(ended(changes[0]), Style())
    live.feed(sent(changes[13]), Style())
    assert live.lines(80, 4) == [
        "c13  [                    ]  0/1  0:00  topic orders",
        "c01  [                    ]  0/1  0:00  waiting",
        "c02  [                    ]  0/1  0:00  waiting",
        "and 17 more",
    ]
    assert len(live.lines(80, 20)) == 20


@some
@given(hostile.plans(), hostile.event_lists, st.integers(8, 120), st.integers(1, 5), st.booleans())
def test_nothing_of_a_name_is_obeyed_or_wraps(
    made: Plan,
    events: list[Event],
    columns: int,
    most: int,
    verbose: bool,  # noqa: FBT001 - drawn
) -> None:
    live = LiveList(made, Clock(), verbose=verbose)
    told = [Sent(cluster=c.address.cluster, request="r", addresses=(c.address,)) for c in made.changes]
    for event in (Started(project="p", environment="e", digest="d", changes=1), *told, *events, Finished()):
        assert_harmless(live.feed(event, Style()))
        lines = live.lines(columns, most)
        assert len(lines) <= most
        for line in lines:
            assert_harmless(line)
            assert cells(line) < columns


def test_what_takes_long_says_how_far_it_is_and_what_keeps_it_stays_to_be_read() -> None:
    live = LiveList(plan(ONE, TWO), Clock())
    live.feed(sent(TWO, ONE), Style())
    moved = Advanced(address=ONE.address, message="1 of 3 partitions moved")
    assert live.feed(moved, Style()) == ""
    assert live.lines(100, 9)[0].endswith("topic orders: 1 of 3 partitions moved and 1 more")
    stalled = moved.model_copy(update={"hindrance": "broker 3 is down"})
    assert live.feed(stalled, Style()) == "kafka/topics/orders: 1 of 3 partitions moved; stalled: broker 3 is down\n"
