"""What a run does to brokers that nobody depends on: nodes that are stopped, and many connections."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from mqinfra.model.judgement import Judgement, Mode, Result
from mqinfra.providers.base.verification.place import Lab, Place
from mqinfra.providers.base.verification.procedure import Amount
from mqinfra.verify.lists import Wish
from mqinfra.verify.options import Options
from mqinfra.verify.procedures import node_loss, rolling_restart
from tests.unit.verify.fake import FakeMessenger, Faults
from tests.unit.verify.test_run import ORDERS, run

TWO = replace(ORDERS, nodes=2)


def judged(check: str, faults: Faults, lab: Lab, place: Place = TWO, seconds: float = 5) -> Judgement:
    options = Options(Mode.CLONE, (Wish.parse(check),), amount=Amount(messages=60, keys=5, seconds=seconds), lab=lab)
    (one,) = run(FakeMessenger([place], faults), options)
    return one


@pytest.fixture
def down(tmp_path: Path) -> Path:
    """A folder that has a file per node that is down."""
    folder = tmp_path / "down"
    folder.mkdir()
    return folder


def lab(down: Path, stop: Sequence[str] = ("touch",)) -> Lab:
    return Lab(" ".join((*stop, f"'{down}/{{node}}'")), f"rm -f '{down}/{{node}}'")


def test_clients_that_go_on_without_the_leader_pass(down: Path) -> None:
    one = judged("V41", Faults(down=down), lab(down))
    assert one.result is Result.PASS, one
    assert one.evidence.startswith("node 1 stopped, publishing and consuming resumed after ")
    assert list(down.iterdir()) == []


def test_clients_that_stand_still_without_the_leader_fail_and_it_is_started_again(
    down: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(node_loss, "WITHIN", 0.3)
    one = judged("V41", Faults(down=down, stands=True), lab(down))
    assert one.result is Result.FAIL, one
    assert "no message was sent afterwards" in one.offenders
    assert list(down.iterdir()) == []


@pytest.mark.parametrize(
    ("stop", "why"),
    [(("false",), "the stop command failed (1)"), (("test", "-n"), "node 1 was up all the time")],
)
def test_a_node_that_does_not_go_decides_nothing(
    stop: Sequence[str], why: str, down: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(node_loss, "_NOTICED", 0.1)
    one = judged("V41", Faults(down=down), lab(down, stop))
    assert (one.result, why in one.evidence) == (Result.INCONCLUSIVE, True), one


def test_one_node_alone_is_not_stopped(down: Path) -> None:
    one = judged("V41", Faults(down=down), lab(down), ORDERS)
    assert (one.result, one.evidence) == (Result.SKIPPED, "the cluster has one node")


def test_a_lag_that_stays_small_through_restarts_passes(down: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rolling_restart, "_BOTH", 0.2)
    one = judged("V43", Faults(down=down), lab(down))
    assert one.result is Result.PASS, one
    assert "2 nodes restarted" in one.evidence


def test_messages_that_never_come_after_the_restarts_fail(down: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_BOTH", "_REST"):
        monkeypatch.setattr(rolling_restart, name, 0.3)
    one = judged("V43", Faults(down=down, mute=True), lab(down))
    assert one.result is Result.FAIL, one
    assert "none delivered" in one.evidence


def test_a_storm_of_connections_passes_below_the_limit_and_fails_at_it() -> None:
    assert judged("V47", Faults(), Lab(connections=120)).result is Result.PASS
    one = judged("V47", Faults(most=60), Lab(connections=120))
    assert one.result is Result.FAIL
    assert "refused: too many connections" in one.offenders
