"""What a run makes of places and faults."""

import threading
import time
from collections.abc import Sequence
from dataclasses import replace

import pytest

from mqinfra.model.address import Address
from mqinfra.model.judgement import Judgement, Mode, Result
from mqinfra.model.operation import Act
from mqinfra.model.reading import Facts, Reading
from mqinfra.providers.base.verification.canary import Run
from mqinfra.providers.base.verification.place import Place, Promised
from mqinfra.providers.base.verification.procedure import Amount
from mqinfra.verify.history import History
from mqinfra.verify.lists import Wish, checks_of
from mqinfra.verify.options import Options
from mqinfra.verify.run import Subject, verify
from tests.unit.verify.fake import FakeMessenger, Faults

ORDERS = Place(Address("kafka", "topics", ("orders",)), "orders", lanes=2, replays=True)
FEW = Amount(messages=60, keys=5, seconds=0.5)
CHECKS_OF_MESSAGES = tuple(check for check in checks_of([]) if check.id != "V01")
OF_TRAFFIC = {"V02", "V03", "V04", "V05", "V06", "V07", "V11"}
ALL = OF_TRAFFIC | {"V08", "V09", "V45"}
OF_THE_RUN = {"V40"}


def run(messenger: FakeMessenger | None, options: Options, history: History | None = None) -> list[Judgement]:
    facts = Facts(cluster_id="c", version="4.3", endpoint="localhost:1")
    subject = Subject("kafka", facts, messenger, {}, Reading("kafka", "kafka", facts), CHECKS_OF_MESSAGES)
    noted = History() if history is None else history
    return verify([subject], options, Run.new(), noted, lambda *_: None, threading.Event())


def results(judgements: Sequence[Judgement]) -> dict[str, Result]:
    return {one.check: one.result for one in judgements}


def of_messages(judgements: Sequence[Judgement]) -> list[Judgement]:
    return [one for one in judgements if one.check not in OF_THE_RUN]


def test_healthy_traffic_passes_every_check_and_leaves_nothing() -> None:
    messenger = FakeMessenger([ORDERS])
    found = run(messenger, Options(Mode.CLONE, amount=FEW))
    assert results(found) == dict.fromkeys(ALL | OF_THE_RUN, Result.PASS)
    assert len(messenger.made) == 5
    assert messenger.there == []


@pytest.mark.parametrize(
    ("faults", "failed"),
    [
        (Faults(lose=7), {"V03"}),
        (Faults(double=9), {"V04"}),
        (Faults(change=11), {"V07"}),
        (Faults(swap=True), {"V11"}),
        (Faults(early=True), {"V08"}),
        (Faults(forgetful=True), {"V09"}),
    ],
)
def test_each_fault_fails_its_check(faults: Faults, failed: set[str]) -> None:
    # Longer than elsewhere: on a busy machine a deadline would cut it short, and decide nothing.
    amount = replace(FEW, seconds=2.0)
    found = results(run(FakeMessenger([ORDERS], faults), Options(Mode.CLONE, amount=amount)))
    assert {check for check, result in found.items() if result is Result.FAIL} >= failed


def test_what_no_consumer_and_no_fresh_client_finds_is_lost() -> None:
    found = results(run(FakeMessenger([ORDERS], Faults(mute=True)), Options(Mode.CLONE, amount=FEW)))
    assert (found["V02"], found["V03"], found["V07"]) == (Result.FAIL, Result.FAIL, Result.INCONCLUSIVE)


def test_a_deadline_decides_nothing() -> None:
    found = of_messages(run(FakeMessenger([ORDERS], Faults(slow=True)), Options(Mode.CLONE, amount=FEW)))
    assert set(results(found).values()) == {Result.INCONCLUSIVE}
    assert "not finished within 0.5 s" in found[0].evidence


def test_nothing_acknowledged_passes_nothing() -> None:
    found = of_messages(run(FakeMessenger([ORDERS], Faults(refuse=True)), Options(Mode.CLONE, amount=FEW)))
    assert set(results(found).values()) == {Result.INCONCLUSIVE}
    assert "not enough replicas" in found[0].evidence


@pytest.mark.parametrize(
    ("messenger", "mode", "result", "why"),
    [
        (FakeMessenger([ORDERS]), Mode.PASSIVE, Result.SKIPPED, "`--mode passive` sends none"),
        (
            FakeMessenger([ORDERS], trouble=("an alarm is on",)),
            Mode.CLONE,
            Result.INCONCLUSIVE,
            "nothing is sent while an alarm is on",
        ),
    ],
)
def test_nothing_is_sent_where_nothing_may_be(messenger: FakeMessenger, mode: Mode, result: Result, why: str) -> None:
    found = run(messenger, Options(mode, amount=FEW))
    assert set(results(found).values()) == {result}
    assert why in found[0].evidence
    assert messenger.made == []


def test_a_seed_sends_the_same_messages_again() -> None:
    histories = [History(), History(), History()]
    for seed, history in zip((1, 1, 2), histories, strict=True):
        run(FakeMessenger([ORDERS]), Options(Mode.CLONE, seed=seed, amount=FEW), history)
    # Procedures run side by side, so what they wrote down is held against each other one by one.
    first, again, other = (
        sorted((procedure, one.uid) for procedure, _, one in history if one.act == "publish") for history in histories
    )
    assert first == again != other


def test_a_copy_that_stays_is_seen_at_the_end() -> None:
    messenger = FakeMessenger([ORDERS], Faults(leave=True))
    wishes = (Wish.parse("V03"), Wish.parse("V40"))
    found = {one.check: one for one in run(messenger, Options(Mode.CLONE, wishes, amount=FEW))}
    assert (found["V03"].result, found["V40"].result) == (Result.PASS, Result.FAIL)
    assert list(found["V40"].offenders) == messenger.made[:1]


@pytest.mark.parametrize(
    ("wish", "checks"),
    [("V03", {"V03"}), ("loss:orders", {"V03"}), (":ord*", ALL), ("V03:payments", set()), ("V99", set())],
)
def test_only_what_is_asked_for_is_made(wish: str, checks: set[str]) -> None:
    options = Options(Mode.CLONE, (Wish.parse(wish),), amount=FEW)
    assert set(results(run(FakeMessenger([ORDERS]), options))) == checks


def test_nobody_restarts_a_broker_that_has_not_written_down_that_there_is_a_copy() -> None:
    messenger, history = FakeMessenger([ORDERS], settles=0.2), History()
    options = Options(Mode.CLONE, (Wish("V25"),), amount=replace(FEW, seconds=2.0), promised=Promised(restart="true"))
    began = time.monotonic_ns()
    run(messenger, options, history)
    sent = [one.began for one in history.of("restart", ORDERS.address) if one.act is Act.PUBLISH]
    assert min(sent) - began >= 0.2 * 10**9
