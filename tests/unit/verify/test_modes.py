"""How near a procedure comes: never nearer than the caller says, and on production less."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

import pytest

from mqinfra.model.judgement import Mode, Result
from mqinfra.model.promises import Promises
from mqinfra.providers.base.verification.message import Message
from mqinfra.providers.base.verification.place import Promised
from mqinfra.providers.base.verification.procedure import Amount, Procedure, Trial
from mqinfra.providers.base.verification.recorded import RecordedProducer
from mqinfra.verify.history import History, Page
from mqinfra.verify.load.seen import CEILING, THROUGHPUT
from mqinfra.verify.modes import amount_in, mode_of
from mqinfra.verify.options import Options
from tests.unit.verify.fake import FakeMessenger, FakeProducer, Faults, Log
from tests.unit.verify.test_run import ORDERS, run

RATE = Promised.asked(40, {}, "")
CONSENTING = replace(ORDERS, promised=Promised(Promises(canary="accept")))


class Copies(Procedure):
    """Works on copies, and may come nearer."""

    name = "copies"
    modes: ClassVar[Sequence[Mode]] = (Mode.CLONE, Mode.IN_PLACE)

    def carry_out(self, trial: Trial) -> None:
        """Nothing."""


class Real(Copies):
    """Works on what is in use alone."""

    modes = (Mode.SHADOW_BIND,)


class Loads(Copies):
    """Sends as much as is promised."""

    loads = True


@pytest.mark.parametrize(
    ("procedure", "most", "mode"),
    [
        (Copies(), Mode.CLONE, Mode.CLONE),
        (Copies(), Mode.SHADOW_BIND, Mode.CLONE),
        (Copies(), Mode.IN_PLACE, Mode.IN_PLACE),
        (Copies(), Mode.PASSIVE, None),
        (Real(), Mode.CLONE, None),
        (Real(), Mode.SHADOW_BIND, Mode.SHADOW_BIND),
        (Real(), Mode.IN_PLACE, Mode.SHADOW_BIND),
    ],
)
def test_a_procedure_comes_as_near_as_it_may(procedure: Procedure, most: Mode, mode: Mode | None) -> None:
    assert mode_of(procedure, CONSENTING, Options(most), sends=True)[0] is mode


class Binds(Copies):
    """Works on copies, and may bind queues of the run's own on the way of what is in use."""

    modes: ClassVar[Sequence[Mode]] = (Mode.CLONE, Mode.SHADOW_BIND)


def test_nothing_is_bound_where_nothing_can_be() -> None:
    near, plain = Options(Mode.SHADOW_BIND), replace(ORDERS, unbindable="it has no exchange")
    assert mode_of(Binds(), ORDERS, near, sends=True) == (Mode.SHADOW_BIND, "")
    assert mode_of(Binds(), plain, near, sends=True) == (Mode.CLONE, "")
    assert mode_of(Real(), plain, near, sends=True) == (None, "it has no exchange")


class Sends(Copies):
    """Works through what is in use alone."""

    modes: ClassVar[Sequence[Mode]] = (Mode.IN_PLACE,)


def test_nothing_goes_through_what_is_in_use_without_the_manifests_consent() -> None:
    near = Options(Mode.IN_PLACE)
    assert mode_of(Copies(), ORDERS, near, sends=True) == (Mode.CLONE, "")
    assert mode_of(Sends(), CONSENTING, near, sends=True) == (Mode.IN_PLACE, "")
    why = "its consumers would receive it: the manifest has to say `promises: {canary: accept}`"
    assert mode_of(Sends(), ORDERS, near, sends=True) == (None, why)


def test_what_is_taken_by_whoever_reads_it_is_never_read_in_place() -> None:
    queue = replace(CONSENTING, takes="whoever reads a queue takes its messages from its consumers")
    assert mode_of(Copies(), queue, Options(Mode.IN_PLACE), sends=True) == (Mode.CLONE, "")
    assert mode_of(Sends(), queue, Options(Mode.IN_PLACE), sends=True) == (None, queue.takes)


def test_what_takes_minutes_is_done_only_where_that_is_asked_for() -> None:
    class Waits(Copies):
        """Waits for cleaners."""

        slow = True

    assert mode_of(Waits(), ORDERS, Options(Mode.CLONE), sends=True)[1].endswith("`--slow`")
    assert mode_of(Waits(), ORDERS, Options(Mode.CLONE, slow=True), sends=True) == (Mode.CLONE, "")


def test_what_consumers_see_is_little() -> None:
    assert amount_in(Mode.IN_PLACE, Amount(messages=1_000)).messages == 100
    assert amount_in(Mode.IN_PLACE, Amount(messages=7)).messages == 7
    assert amount_in(Mode.CLONE, Amount(messages=1_000)).messages == 1_000


def test_load_is_offered_to_production_only_at_a_rate_that_the_caller_gives() -> None:
    assert mode_of(Loads(), ORDERS, Options(Mode.CLONE), sends=True)[0] is Mode.CLONE
    assert mode_of(Loads(), ORDERS, Options(Mode.CLONE, production=True), sends=True) == (
        None,
        "an environment marked production gets load only with `--throughput N`",
    )
    asked = Options(Mode.CLONE, promised=RATE, production=True)
    assert mode_of(Loads(), ORDERS, asked, sends=True)[0] is Mode.CLONE


def test_what_is_sent_too_fast_waits_its_turn() -> None:
    page = Page(History(), "traffic", ORDERS.address)
    with RecordedProducer(FakeProducer(Log(), Faults()), page, "producer", rate=200) as producer:
        began = time.monotonic()
        for batch in range(3):
            producer.send([Message(f"{batch}-{at}", "", b"") for at in range(20)], 5.0)
    assert time.monotonic() - began >= 0.2


def test_with_a_limit_nobody_looks_how_much_goes() -> None:
    for rate, seen in ((0, {CEILING, THROUGHPUT}), (500, {THROUGHPUT})):
        history = History()
        amount = Amount(messages=20, keys=2, seconds=8.0, rate=rate)
        run(FakeMessenger([replace(ORDERS, promised=RATE)]), Options(Mode.CLONE, amount=amount, promised=RATE), history)
        observed = {one.subject for _, _, one in history if one.act == "observe"}
        assert observed & {CEILING, THROUGHPUT} == seen


def test_production_says_why_nothing_was_sent() -> None:
    found = run(FakeMessenger([ORDERS]), Options(Mode.PASSIVE, production=True))
    assert {one.result for one in found} == {Result.SKIPPED}
    assert "which is how an environment that is marked production is verified" in found[0].evidence
