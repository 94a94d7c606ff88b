"""From the moment that an apply was approved it reports, whatever happens to it."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mqinfra.providers.sandbox.session import SandboxSession
from tests.cli.conftest import Project
from tests.cli.test_streams import started, unread
from tests.command import Ran

ADDRESSES = ["kafka/topics/orders.cancelled", "kafka/topics/orders.created"]


def outcomes(ran: Ran) -> dict[str, str]:
    return {result["address"]: result["outcome"] for result in json.loads(ran.out)["results"]}


@pytest.fixture
def fails(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, BaseException], None]]:
    """Let a method of the sandbox raise."""

    def let(name: str, error: BaseException) -> None:
        def raises(*_: object, **__: object) -> None:
            raise error

        monkeypatch.setattr(SandboxSession, name, raises)

    yield let
    monkeypatch.undo()


@pytest.mark.parametrize("where", ["lock", "look", "send"])
def test_a_bug_is_reported_with_what_was_done(
    project: Project, fails: Callable[[str, BaseException], None], where: str
) -> None:
    fails(where, KeyError("hunter2"))
    ran = project.mq("apply", "--auto-approve", "-o", "json")
    expected = "not attempted" if where == "lock" else "unknown"  # with the lock, nothing is looked at before a create
    assert outcomes(ran) == dict.fromkeys(ADDRESSES, expected)
    assert ran.code == json.loads(ran.out)["exitCode"] == (1 if where == "lock" else 4)
    assert "error[MQ195]: internal error: KeyError in " in ran.err
    assert "hunter2" not in ran.err + ran.out
    assert "Traceback" not in ran.err


def test_an_interrupt_before_the_first_write_is_reported(
    project: Project, fails: Callable[[str, BaseException], None]
) -> None:
    fails("lock", KeyboardInterrupt())
    ran = project.mq("apply", "--auto-approve", "-o", "json")
    assert ran.code == json.loads(ran.out)["exitCode"] == 130
    assert outcomes(ran) == dict.fromkeys(ADDRESSES, "not attempted")
    assert json.loads(ran.out)["interrupted"] is True


def test_a_lock_that_is_held_is_reported_and_its_exit_code_stays(project: Project) -> None:
    project.mq("apply", "--auto-approve")
    project.topics("    orders.created: {partitions: 24}\n    orders.cancelled: {partitions: 6}\n")
    with project.sandbox.with_suffix(".lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert project.mq("apply", "--auto-approve", "-o", "json=report.json").code == 6
    report = json.loads(Path("report.json").read_text())
    assert report["exitCode"] == 6
    assert "another apply is running" in report["reason"]
    assert {result["outcome"] for result in report["results"]} == {"not attempted"}


def test_a_stale_plan_is_reported_with_its_reason(project: Project) -> None:
    project.mq("apply", "--auto-approve")
    project.topics("    orders.created: {partitions: 24}\n    orders.cancelled: {partitions: 6}\n")
    project.mq("plan", "-o", "json=plan.json")
    project.by_hand(lambda live: live["kafka/topics/orders.created"].update(identity="another"))
    ran = project.mq("apply", "plan.json", "-o", "json")
    assert ran.code == json.loads(ran.out)["exitCode"] == 5
    assert "changed since the plan was made" in json.loads(ran.out)["reason"]


def test_events_end_with_every_change_also_when_it_fails(
    project: Project, fails: Callable[[str, BaseException], None]
) -> None:
    fails("send", KeyError())
    events = [json.loads(line) for line in project.mq("apply", "--auto-approve", "-o", "jsonl").out.splitlines()]
    assert [event["event"] for event in events] == ["started", "sent", "ended", "ended", "finished"]


def test_many_changes_that_were_not_begun_are_counted(
    project: Project, fails: Callable[[str, BaseException], None]
) -> None:
    project.topics("".join(f"    orders.t{number}: {{}}\n" for number in range(60)))
    fails("lock", KeyError())
    ran = project.mq("apply", "--auto-approve")
    assert "not attempted 60 changes: create 60 topics" in ran.out
    assert "Ended early: internal error" in ran.out
    assert len(ran.out.splitlines()) < 10


def test_a_report_that_nobody_reads_goes_to_stderr(project: Project) -> None:
    assert project.root.exists()
    gone = unread()
    running = started("apply", "--auto-approve", "-q", stdout=gone, stderr=subprocess.PIPE)
    os.close(gone)
    _, said = running.communicate(timeout=30)
    assert running.returncode == 0
    assert "Apply: 2 applied" in said


def test_a_report_that_can_not_be_written_goes_to_stderr_too(project: Project) -> None:
    ran = project.mq("apply", "--auto-approve", "-o", "json=missing/report.json")
    assert ran.code == 1
    assert "error[MQ190]" in ran.err
    assert "Apply: 2 applied" in ran.err
    assert len(project.live()) == 2


def test_a_second_interrupt_reports_before_it_ends_at_once(project: Project) -> None:
    """In a process of its own, because it ends that process."""
    script = project.root / "hangs.py"
    script.write_text(HANGS, encoding="utf-8")
    running = subprocess.Popen(
        [sys.executable, str(script), "apply", "--auto-approve", "-o", "json=report.json", "-o", "text"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stderr is not None
    killer = threading.Timer(30, running.kill)
    killer.start()
    for line in running.stderr:
        if "hanging" in line:
            running.send_signal(signal.SIGINT)
        if "sending nothing new" in line:
            time.sleep(0.3)  # nobody presses it again while the line is still being written
            running.send_signal(signal.SIGINT)
            break
    out, err = running.communicate(timeout=30)
    killer.cancel()
    assert running.returncode == 130, err
    report = json.loads(Path("report.json").read_text())
    assert [result["outcome"] for result in report["results"]] == ["unknown", "unknown"]
    assert (report["interrupted"], report["exitCode"]) == (True, 130)
    assert "2 unknown" in out


HANGS = """\
import sys, time
from mqinfra.cli.main import entry
from mqinfra.providers.sandbox.session import SandboxSession

def hang(self, request):
    print("hanging", file=sys.stderr, flush=True)
    time.sleep(60)

SandboxSession.send = hang
entry()
"""
