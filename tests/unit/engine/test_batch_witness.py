"""A batch of many looks for the one that was sent last, and for all of them only when that one is seen."""

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from mqinfra.engine.batch import Batch, Pace
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference, Reason
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.errors import UserError
from mqinfra.model.event import Ended, Outcome
from mqinfra.model.reading import Coverage, Reading, Source
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.provider import SandboxOptions
from mqinfra.providers.base.session import Wanted
from mqinfra.providers.base.snapshot import Snapshot
from mqinfra.providers.sandbox.session import SandboxSession

MANY = 150
TOPICS = [Address("kafka", "topics", (f"orders.{number:03d}",)) for number in range(MANY)]
LAST = TOPICS[-1]
QUICK = Pace(settle=0.3, lost=0.02, first_wait=0.001, longest_wait=0.01)


class Slow(SandboxSession):
    """Shows nothing in its first reads, and some resources never."""

    def __init__(self, folder: Path, *, blind: int, never: Sequence[Address] = (), silent: bool = False) -> None:
        facts = installed().providers["kafka"].sandbox_facts("kafka", "test", SandboxOptions(brokers=1))
        empty = Reading("kafka", "kafka", facts, Source.SANDBOX, {"topics": Coverage.COMPLETE})
        super().__init__(folder / "kafka.json", Snapshot(empty), installed().providers["kafka"].kinds)
        self.blind, self.never, self.silent = blind, never, silent
        self.looks: list[list[Address]] = []

    def read(self, wanted: Wanted) -> Reading:
        self.looks.append(list(wanted["topics"] or ()))
        if self.silent:
            raise UserError([Diagnostic(code="MQ450", message="nobody answers")])
        seen = super().read(wanted)
        hidden = len(self.looks) <= self.blind
        shown = {} if hidden else {a: live for a, live in seen.resources.items() if a not in self.never}
        return Reading(seen.alias, seen.type, seen.facts, seen.source, seen.coverage, shown)


def run_batch(session: Slow, topics: Sequence[Address] = TOPICS) -> dict[Address, Ended]:
    changes = [
        Change(
            address=address,
            action=Action.CREATE,
            reason=Reason.ABSENT,
            after={"partitions": 2},
            differences=(FieldDifference(path=("partitions",), after=2),),
        )
        for address in topics
    ]
    batch = Batch(session, changes, threading.Event(), QUICK, lambda _: None)
    return {ended.address: ended for ended in batch.run()}


def test_many_are_read_once_when_the_last_is_seen(tmp_path: Path) -> None:
    session = Slow(tmp_path, blind=7)
    assert {ended.outcome for ended in run_batch(session).values()} == {Outcome.APPLIED}
    assert session.looks == [[LAST]] * 8 + [TOPICS]


def test_few_are_read_together_at_once(tmp_path: Path) -> None:
    session = Slow(tmp_path, blind=2)
    run_batch(session, TOPICS[:5])
    assert session.looks == [TOPICS[:5]] * 3


@pytest.mark.parametrize("never", [LAST, TOPICS[0]])
def test_one_that_never_appears_holds_up_no_other(never: Address, tmp_path: Path) -> None:
    session = Slow(tmp_path, blind=0, never=[never])
    ended = run_batch(session)
    assert ended.pop(never).outcome is Outcome.UNKNOWN
    assert {one.outcome for one in ended.values()} == {Outcome.APPLIED}


def test_silence_is_waited_for_once_and_not_once_per_way_of_looking(tmp_path: Path) -> None:
    session = Slow(tmp_path, blind=0, silent=True)
    assert {ended.outcome for ended in run_batch(session).values()} == {Outcome.UNKNOWN}
    assert all(look == [LAST] for look in session.looks)
