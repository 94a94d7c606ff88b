"""Two applies at once: never both, the loser says who holds the lock, and a holder that lost it stops."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from mqinfra.model.record import Owner
from mqinfra.providers.base.records import Lock
from mqinfra.providers.sandbox.session import SandboxSession
from tests.brokers.fixtures import is_matrix
from tests.cli.conftest import Project
from tests.cli.records import recorded

SOME, ALL = 5, 20
"""Pairs of applies that meet, in an ordinary run and in the matrix."""
APPLY = """
import os, sys, time
from pathlib import Path
from mqinfra.cli.main import run
from mqinfra.providers.sandbox.session import SandboxSession

def wait_for(*names):
    deadline = time.monotonic() + 60
    while not all(Path(name).exists() for name in names) and time.monotonic() < deadline:
        time.sleep(0.005)

lock, send = SandboxSession.lock, SandboxSession.send

def locking(self, owner, holder, timeout):
    Path("ready-" + sys.argv[1]).touch()
    wait_for("ready-0", "ready-1")  # both have planned the same
    return lock(self, owner, holder, timeout)

def sending(self, request):
    wait_for("lost")  # until the other one has given up
    return send(self, request)

SandboxSession.lock, SandboxSession.send = locking, sending
code = run(["apply", "--auto-approve", "-q"])
Path("lost").touch()
sys.exit(code)
"""


def test_of_two_applies_at_once_one_applies_and_the_other_names_it(
    project: Project, request: pytest.FixtureRequest
) -> None:
    pairs = ALL if is_matrix(request.config) else SOME
    for number in range(pairs):
        for mark in ("ready-0", "ready-1", "lost"):
            (project.root / mark).unlink(missing_ok=True)
        project.topics(f"    orders.created: {{partitions: {number + 1}}}\n")
        pair = [
            subprocess.Popen(
                [sys.executable, "-c", APPLY, str(one)],
                cwd=project.root,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
            for one in range(2)
        ]
        said = {process.wait(60): process.communicate()[1] for process in pair}
        assert sorted(process.returncode for process in pair) == [0, 6]
        assert "another apply is running" in said[6]
        assert "applying shop/local, plan sha256:" in said[6]
    runs = recorded(project).runs
    assert [run.number for run in runs] == list(range(pairs, 0, -1))
    assert {(run.changes, *run.outcome.items()) for run in runs} == {(1, ("applied", 1))}


class _Lost(Lock):
    caveat = "best effort"

    def lost(self) -> str:
        return "the connection broke"


@pytest.fixture
def losing(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def lock(_: SandboxSession, owner: Owner, holder: str, timeout: float) -> Iterator[Lock]:  # noqa: ARG001
        yield _Lost()

    monkeypatch.setattr(SandboxSession, "lock", lock)


@pytest.mark.usefixtures("losing")
def test_whoever_lost_the_lock_sends_nothing_more_and_says_why(project: Project) -> None:
    ran = project.mq("apply", "--auto-approve")
    assert (ran.code, project.live()) == (1, {})
    assert "the lock was lost first: the connection broke" in ran.out
    assert ran.err.count("the lock on kafka: best effort") == 1


@pytest.mark.usefixtures("losing")
def test_without_a_lock_none_is_taken(project: Project) -> None:
    assert project.mq("apply", "--auto-approve", "--no-lock").code == 0


@pytest.mark.usefixtures("losing")
def test_without_changes_no_lock_is_taken(project: Project) -> None:
    project.mq("apply", "--auto-approve", "--no-lock")
    assert "the lock on" not in project.mq("apply", "--auto-approve").err
