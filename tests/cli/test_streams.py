"""What a command does when its own streams fail: nobody reads, the disk is full, or there are none."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Project

MQINFRA = (sys.executable, "-m", "mqinfra")


def started(*arguments: str, stdout: int | None = None, stderr: int | None = None) -> subprocess.Popen[str]:
    return subprocess.Popen([*MQINFRA, *arguments], stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, text=True)


def unread() -> int:
    """The writing end of a pipe whose reader has gone."""
    reading, writing = os.pipe()
    os.close(reading)
    return writing


@pytest.mark.parametrize(("arguments", "code"), [(["plan"], 0), (["plan", "--detailed-exitcode"], 2)])
def test_a_reader_that_goes_away_does_not_change_the_exit_code(
    project: Project, arguments: list[str], code: int
) -> None:
    assert project.root.exists()
    gone = unread()
    running = started(*arguments, stdout=gone, stderr=subprocess.PIPE)
    os.close(gone)
    _, said = running.communicate(timeout=30)
    assert (running.returncode, said) == (code, "")


def test_an_apply_goes_on_when_nobody_reads_its_events(project: Project) -> None:
    gone = unread()
    running = started("apply", "--auto-approve", "-o", "jsonl", stdout=gone, stderr=subprocess.PIPE)
    os.close(gone)
    _, said = running.communicate(timeout=30)
    assert running.returncode == 0
    assert "2 applied" in said
    assert len(project.live()) == 2


def test_streams_that_are_closed_are_no_matter(project: Project) -> None:
    assert project.root.exists()
    shell = f"exec {' '.join(MQINFRA)} apply --auto-approve >&- 2>&- <&-"
    assert subprocess.run(["/bin/sh", "-c", shell], check=False, timeout=30).returncode == 0
    assert len(project.live()) == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_full_disk_is_said(project: Project) -> None:
    assert project.root.exists()
    with Path("/dev/full").open("w") as full:
        running = started("plan", "-o", "json", stdout=full.fileno(), stderr=subprocess.PIPE)
        _, said = running.communicate(timeout=30)
    assert running.returncode == 1
    assert "`stdout` can't be written: the disk is full" in said
    assert "bug" not in said
