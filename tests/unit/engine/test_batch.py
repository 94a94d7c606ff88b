"""How one batch ends when replies are lost, brokers hesitate, refuse or fall silent: on a sandbox that misbehaves."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from mqinfra.engine.batch import Batch
from mqinfra.engine.pace import Pace
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference, Reason
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.errors import UserError
from mqinfra.model.event import Ended, Event, Outcome, Sent
from mqinfra.model.reading import Coverage, Reading, Source
from mqinfra.model.setting import Unit
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.provider import SandboxOptions
from mqinfra.providers.base.request import Accepted, Lost, Refused, Request, Result
from mqinfra.providers.base.session import Wanted
from mqinfra.providers.base.snapshot import Snapshot
from mqinfra.providers.sandbox.session import SandboxSession

QUICK = Pace(settle=0.2, lost=0.02, first_wait=0.001, longest_wait=0.01, attempts=3)
ORDERS, BILLING = Address("kafka", "topics", ("orders",)), Address("kafka", "topics", ("billing",))

Answer = Callable[["Misbehaving", Request], Mapping[Address, Result]]


class Misbehaving(SandboxSession):
    """A sandbox whose answers follow a script, and then are honest."""

    def __init__(self, path: Path, script: Sequence[Answer] = (), *, silent_reads: int = 0, chunk: int = 100) -> None:
        facts = installed().providers["kafka"].sandbox_facts("kafka", "test", SandboxOptions(brokers=1))
        empty = Reading("kafka", "kafka", facts, Source.SANDBOX, {"topics": Coverage.COMPLETE})
        super().__init__(path / "kafka.json", Snapshot(empty), installed().providers["kafka"].kinds)
        self.script, self.silent_reads, self.chunk = list(script), silent_reads, chunk
        self.sent: list[Request] = []

    def requests(self, changes: Sequence[Change]) -> list[Request]:
        chunked: list[Request] = []
        for start in range(0, len(changes), self.chunk):
            chunked += super().requests(changes[start : start + self.chunk])
        return chunked

    def send(self, request: Request) -> Mapping[Address, Result]:
        self.sent.append(request)
        return self.script.pop(0)(self, request) if self.script else self.honest(request)

    def honest(self, request: Request) -> Mapping[Address, Result]:
        return super().send(request)

    def read(self, wanted: Wanted) -> Reading:
        if self.silent_reads:
            self.silent_reads -= 1
            raise UserError([Diagnostic(code="MQ450", message="nobody answers")])
        return super().read(wanted)


def honest(session: Misbehaving, request: Request) -> Mapping[Address, Result]:
    return session.honest(request)


def reply_lost(session: Misbehaving, request: Request) -> Mapping[Address, Result]:
    session.honest(request)
    return dict.fromkeys(request.body, Lost("timed out"))


def request_lost(_session: Misbehaving, request: Request) -> Mapping[Address, Result]:
    return dict.fromkeys(request.body, Lost("timed out"))


def throttled(_session: Misbehaving, request: Request) -> Mapping[Address, Result]:
    return dict.fromkeys(request.body, Refused("quota exceeded", retry=True))


def forbidden(_session: Misbehaving, request: Request) -> Mapping[Address, Result]:
    return dict.fromkeys(request.body, Refused("not allowed", ("ask for Alter",)))


def accepted_and_forgotten(_session: Misbehaving, request: Request) -> Mapping[Address, Result]:
    return dict.fromkeys(request.body, Accepted())


def creation(address: Address) -> Change:
    return Change(
        address=address,
        action=Action.CREATE,
        reason=Reason.ABSENT,
        after={"partitions": 2},
        differences=(FieldDifference(path=("partitions",), after=2),),
    )


def run(
    session: Misbehaving, *addresses: Address, stop: threading.Event | None = None, events: list[Event] | None = None
) -> dict[Address, Ended]:
    emit = (events if events is not None else []).append
    batch = Batch(session, [creation(a) for a in addresses or (ORDERS,)], stop or threading.Event(), QUICK, emit)
    return {ended.address: ended for ended in batch.run()}


@pytest.mark.parametrize(
    ("script", "sends"),
    [
        ([honest], 1),
        ([reply_lost], 1),
        ([request_lost, honest], 2),
        ([request_lost, reply_lost], 2),
        ([throttled, throttled, honest], 3),
        ([throttled, reply_lost], 2),
    ],
)
def test_what_can_be_brought_about_is_and_is_sent_no_more_than_needed(
    script: list[Answer], sends: int, tmp_path: Path
) -> None:
    session = Misbehaving(tmp_path, script)
    ended = run(session)[ORDERS]
    assert ended.outcome is Outcome.APPLIED
    assert len(session.sent) == sends


def test_a_refusal_is_final_and_keeps_the_brokers_words(tmp_path: Path) -> None:
    session = Misbehaving(tmp_path, [forbidden])
    ended = run(session)[ORDERS]
    assert (ended.outcome, ended.message, ended.help) == (Outcome.FAILED, "not allowed", ("ask for Alter",))
    assert len(session.sent) == 1


def test_what_is_throttled_for_ever_fails_after_a_few_tries(tmp_path: Path) -> None:
    session = Misbehaving(tmp_path, [throttled] * 9)
    assert run(session)[ORDERS].outcome is Outcome.FAILED
    assert len(session.sent) == QUICK.attempts


def test_what_is_lost_for_ever_fails_as_not_done(tmp_path: Path) -> None:
    session = Misbehaving(tmp_path, [request_lost] * 9)
    ended = run(session)[ORDERS]
    assert ended.outcome is Outcome.FAILED
    assert "not done" in ended.message
    assert len(session.sent) == QUICK.attempts


def test_accepted_but_never_seen_is_unknown_and_never_success(tmp_path: Path) -> None:
    assert run(Misbehaving(tmp_path, [accepted_and_forgotten]))[ORDERS].outcome is Outcome.UNKNOWN


def test_a_read_back_that_fails_once_is_tried_again(tmp_path: Path) -> None:
    assert run(Misbehaving(tmp_path, silent_reads=3))[ORDERS].outcome is Outcome.APPLIED


def test_a_cluster_that_falls_silent_leaves_unknown_with_its_reason(tmp_path: Path) -> None:
    ended = run(Misbehaving(tmp_path, silent_reads=10_000))[ORDERS]
    assert ended.outcome is Outcome.UNKNOWN
    assert "nobody answers" in ended.message


def test_one_refused_resource_does_not_stop_the_others(tmp_path: Path) -> None:
    ended = run(Misbehaving(tmp_path, [forbidden], chunk=1), ORDERS, BILLING)
    assert sorted(item.outcome.value for item in ended.values()) == ["applied", "failed"]


def test_an_interrupt_sends_nothing_new_and_reads_back_what_was_sent(tmp_path: Path) -> None:
    stop = threading.Event()

    def then_stop(session: Misbehaving, request: Request) -> Mapping[Address, Result]:
        stop.set()
        return session.honest(request)

    session = Misbehaving(tmp_path, [then_stop], chunk=1)
    events: list[Event] = []
    ended = run(session, BILLING, ORDERS, stop=stop, events=events)
    assert [event.addresses for event in events if isinstance(event, Sent)] == [(BILLING,)]
    assert ended[BILLING].outcome is Outcome.APPLIED
    assert ended[ORDERS].outcome is Outcome.NOT_ATTEMPTED


def test_exists_with_other_settings_is_no_success(tmp_path: Path) -> None:
    session = Misbehaving(tmp_path)
    other = replace(
        creation(ORDERS),
        after={"partitions": 5},
        differences=(FieldDifference(path=("partitions",), after=5),),
    )
    session.honest(session.requests([other])[0])
    ended = run(session)[ORDERS]
    assert ended.outcome is Outcome.FAILED
    assert "already exists" in ended.message


def grown(**before: int) -> Change:
    return Change(
        address=ORDERS,
        action=Action.UPDATE,
        reason=Reason.DIFFERS,
        before={"partitions": before["partitions"]},
        after={"partitions": 5},
        differences=(FieldDifference(path=("partitions",), before=before["partitions"], after=5),),
    )


def test_what_somebody_changed_since_the_plan_is_left_unchanged_and_their_value_named(tmp_path: Path) -> None:
    session = Misbehaving(tmp_path)
    run(session)  # somebody else has it at 2
    sent = len(session.sent)
    batch = Batch(session, [grown(partitions=1)], threading.Event(), QUICK, list[Event]().append)
    (ended,) = batch.run()
    assert ended.outcome is Outcome.FAILED
    assert "`partitions` was 1 and is now 2" in ended.message
    assert len(session.sent) == sent


def test_what_is_as_the_plan_saw_it_is_written_after_a_look_that_failed_once(tmp_path: Path) -> None:
    session = Misbehaving(tmp_path)
    run(session)
    session.silent_reads = 1
    batch = Batch(session, [grown(partitions=2)], threading.Event(), QUICK, list[Event]().append)
    assert [ended.outcome for ended in batch.run()] == [Outcome.APPLIED]


def exists(session: Misbehaving, request: Request) -> Mapping[Address, Result]:
    """Somebody made the topic first, with a setting of theirs."""
    theirs = creation(ORDERS)
    (first,) = SandboxSession.requests(
        session, [replace(theirs, after={"partitions": 2, "config": {"retention.ms": 1}})]
    )
    session.honest(first)
    return dict.fromkeys(request.body, Refused("Topic `orders` already exists"))


def test_a_create_that_came_second_fails_and_names_what_else_is_set(tmp_path: Path) -> None:
    ended = run(Misbehaving(tmp_path, [exists]))[ORDERS]
    assert ended.outcome is Outcome.FAILED
    assert "already exists" in ended.message
    assert "`config.retention.ms` was not set and is now 1" in ended.message


def overtaken(session: Misbehaving, request: Request) -> Mapping[Address, Result]:
    """The update is taken, and somebody else's of 12 hours comes right after it."""
    session.honest(request)
    (theirs,) = SandboxSession.requests(session, [retention(after=43_200_000)])
    session.honest(theirs)
    return dict.fromkeys(request.body, Accepted())


def retention(after: int) -> Change:
    return Change(
        ORDERS,
        Action.UPDATE,
        Reason.DIFFERS,
        before={"config": {"retention.ms": None}},
        after={"config": {"retention.ms": after}},
        differences=(FieldDifference(("config", "retention.ms"), None, after, unit=Unit.MS),),
    )


def test_an_update_that_another_writer_overtook_fails_at_once_and_names_their_value(tmp_path: Path) -> None:
    session = Misbehaving(tmp_path)
    run(session)
    session.script = [overtaken]
    batch = Batch(session, [retention(after=39_600_000)], threading.Event(), QUICK, list[Event]().append)
    (ended,) = batch.run()
    assert ended.outcome is Outcome.FAILED
    assert ended.message == "another value was read back: `config.retention.ms` 12h; someone else is changing it"
    assert ended.help == ("find out who else changes this cluster, then plan again",)
