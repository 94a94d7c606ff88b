"""What goes on for long after the broker said yes is driven on, told how far it is, and given up with a way on."""

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from mqinfra.engine.batch import Batch
from mqinfra.engine.pace import Pace
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference, Reason
from mqinfra.model.errors import UserError
from mqinfra.model.event import Advanced, Ended, Event, Outcome, Sent
from mqinfra.model.reading import Coverage, Live, Reading, Source
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.connecting.codes import NOT_READ
from mqinfra.providers.base.provider import SandboxOptions
from mqinfra.providers.base.request import Lost, Refused, UnderWay
from mqinfra.providers.base.snapshot import Snapshot
from mqinfra.providers.kafka.topics.spec import TopicSpec
from mqinfra.providers.sandbox.session import SandboxSession

QUICK = Pace(settle=0.2, lost=0.02, first_wait=0.001, longest_wait=0.01, attempts=2, gradual=0.2)
TOPIC = Address("kafka", "topics", ("orders",))
Standing = UnderWay | Refused | Lost
HALF = UnderWay("1 of 2 partitions moved", (1,))


class Slow(SandboxSession):
    """A sandbox that is done with changes only when its script is at its end; the last of it holds for ever."""

    def __init__(self, path: Path, *script: Standing | UserError | None) -> None:
        provider = installed().providers["kafka"]
        facts = provider.sandbox_facts("kafka", "test", SandboxOptions(brokers=3))
        live = Live(TopicSpec(partitions=2, replication_factor=1, config={}))
        reading = Reading("kafka", "kafka", facts, Source.SANDBOX, {"topics": Coverage.COMPLETE}, {TOPIC: live})
        super().__init__(path / "kafka.json", Snapshot(reading), provider.kinds)
        self.script = list(script)

    def go_on(self, changes: Sequence[Change]) -> Mapping[Address, Standing]:
        said = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(said, UserError):
            raise said
        return {change.address: said for change in changes} if said is not None else {}


def run(session: Slow, stop: threading.Event | None = None) -> tuple[Ended, list[Event]]:
    change = Change(
        TOPIC,
        Action.UPDATE,
        Reason.DIFFERS,
        (FieldDifference(("replicationFactor",), 1, 3),),
        before={"replicationFactor": 1},
        after={"replicationFactor": 3},
    )
    events: list[Event] = []
    stop = stop or threading.Event()

    def emit(event: Event) -> None:
        events.append(event)
        if isinstance(event, Sent) and session.alias == "stopped":
            stop.set()

    [ended] = Batch(session, [change], stop, QUICK, emit).run()
    return ended, [event for event in events if isinstance(event, Advanced)]


def test_it_is_applied_when_nothing_is_left_to_go_on_with(tmp_path: Path) -> None:
    ended, told = run(Slow(tmp_path, HALF, HALF, None))
    assert ended.outcome is Outcome.APPLIED
    assert told == [Advanced(address=TOPIC, message="1 of 2 partitions moved")]


def test_what_takes_longer_than_the_user_waits_is_unknown_and_gone_on_with_by_the_next(tmp_path: Path) -> None:
    ended, _ = run(Slow(tmp_path, HALF))
    assert ended.outcome is Outcome.UNKNOWN
    assert ended.message == "not finished within 0.2 s, and still under way: 1 of 2 partitions moved"
    assert ended.help == ("run the same command again: it goes on where this one stopped",)


def test_what_keeps_it_from_going_on_is_said_at_once_and_at_the_end(tmp_path: Path) -> None:
    ended, told = run(Slow(tmp_path, HALF, UnderWay("1 of 2 partitions moved", (1,), "broker 3 is down")))
    assert ended.outcome is Outcome.UNKNOWN
    assert ended.message.endswith("1 of 2 partitions moved; it does not go on: broker 3 is down")
    assert [event.hindrance for event in told if isinstance(event, Advanced)] == ["", "broker 3 is down"]


def test_a_refusal_on_the_way_ends_it(tmp_path: Path) -> None:
    ended, _ = run(Slow(tmp_path, HALF, Refused("not allowed", ("ask",))))
    assert (ended.outcome, ended.message, ended.help) == (Outcome.FAILED, "not allowed", ("ask",))


@pytest.mark.parametrize("silence", [Lost("no answer"), UserError([NOT_READ.at("no answer", address="kafka")])])
def test_a_cluster_that_is_silent_for_a_while_ends_nothing(tmp_path: Path, silence: Standing | UserError) -> None:
    ended, _ = run(Slow(tmp_path, HALF, silence, None))
    assert ended.outcome is Outcome.APPLIED


def test_an_interrupt_leaves_it_under_way(tmp_path: Path) -> None:
    session = Slow(tmp_path, HALF)
    session.alias = "stopped"
    ended, _ = run(session)
    assert ended.outcome is Outcome.UNKNOWN
    assert ended.message.startswith("the apply was interrupted first, and still under way: 1 of 2 partitions moved")
