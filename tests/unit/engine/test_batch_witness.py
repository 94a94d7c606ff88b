"""A batch of many looks for the one that was sent last, and for all of them only when that one is seen.

While it is not, those that were sent first are read as they come.
"""

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from mqinfra.engine.batch import Batch
from mqinfra.engine.pace import Pace
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
ALL = [Address("kafka", "topics", (f"orders.{number:04d}",)) for number in range(2_100)]
TOPICS = ALL[:MANY]
LAST = TOPICS[-1]
QUICK = Pace(settle=0.3, lost=0.02, first_wait=0.001, longest_wait=0.01)


class Slow(SandboxSession):
    """Shows nothing in its first reads, some resources never, or so many more of them with each read."""

    def __init__(
        self, folder: Path, *, blind: int, never: Sequence[Address] = (), silent: bool = False, each: int = 0
    ) -> None:
        facts = installed().providers["kafka"].sandbox_facts("kafka", "test", SandboxOptions(brokers=1))
        empty = Reading("kafka", "kafka", facts, Source.SANDBOX, {"topics": Coverage.COMPLETE})
        super().__init__(folder / "kafka.json", Snapshot(empty), installed().providers["kafka"].kinds)
        self.blind, self.never, self.silent, self.each = blind, never, silent, each
        self.looks: list[list[Address]] = []

    def read(self, wanted: Wanted) -> Reading:
        self.looks.append(list(wanted["topics"] or ()))
        if self.silent:
            raise UserError([Diagnostic(code="MQ450", message="nobody answers")])
        seen = super().read(wanted)
        hidden = len(self.looks) <= self.blind
        come = self.each * len(self.looks) if self.each else len(ALL)
        unseen = {*self.never, *ALL[come:]}
        shown = {} if hidden else {a: live for a, live in seen.resources.items() if a not in unseen}
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


def test_those_that_are_there_are_read_while_others_are_to_come(tmp_path: Path) -> None:
    session = Slow(tmp_path, blind=0, each=400)
    ended = run_batch(session, ALL)
    assert {one.outcome for one in ended.values()} == {Outcome.APPLIED}
    both = [ALL[999], ALL[-1]]
    # 1,000 are there at the third look, and read; at the fifth 2,000, and so the second thousand; at the end the rest.
    assert session.looks[:4] == [both, both, both, ALL[:1_000]]
    assert session.looks[4:6] == [[ALL[1_999], ALL[-1]], ALL[1_000:2_000]]
    assert session.looks[6:] == [[ALL[-1]], ALL[2_000:]]


def test_what_is_missing_among_the_first_is_looked_for_again_with_the_rest(tmp_path: Path) -> None:
    session = Slow(tmp_path, blind=0, each=400, never=ALL[:3])
    ended = run_batch(session, ALL)
    assert {address for address, one in ended.items() if one.outcome is not Outcome.APPLIED} == {*ALL[:3]}
    assert {ended[address].outcome for address in ALL[:3]} == {Outcome.UNKNOWN}
