"""Numbers on the command line: what is none, or out of range, is wrong usage before anything is opened."""

import pytest

from tests.cli.conftest import Project

TIMED = ("plan", "apply", "export", "snapshot")
NONSENSE = ("nan", "NaN", "-nan", "inf", "-inf", "1e999", "-1", "0", "3601", "", "1,5", "ten")


@pytest.mark.parametrize("value", NONSENSE)
@pytest.mark.parametrize("command", TIMED)
def test_a_timeout_is_a_number_in_its_range(project: Project, command: str, value: str) -> None:
    refused(project, command, f"--timeout={value}", "--timeout")


def test_what_is_no_number_is_told_how_to_write_one(project: Project) -> None:
    said = project.mq("plan", "--timeout=soon").err
    assert "Invalid value for '--timeout': must be a number of seconds such as 30, got `soon`" in said


@pytest.mark.parametrize("value", [value for value in NONSENSE if value not in ("0", "3601")] + ["86401"])
def test_so_is_the_time_to_wait_for_a_lock(project: Project, value: str) -> None:
    refused(project, "apply", f"--lock-timeout={value}", "--lock-timeout")


@pytest.mark.parametrize("value", ["nan", "-1", "inf", "1.5", "1e3", "9999999999", "", "\u00b2"])
@pytest.mark.parametrize("command", ["plan", "apply"])
def test_so_is_a_limit_on_deletes(project: Project, command: str, value: str) -> None:
    refused(project, command, f"--max-deletes=kafka/topics={value}", "--max-deletes")


def refused(project: Project, command: str, option: str, name: str) -> None:
    ran = project.mq(command, option)
    assert (ran.code, ran.out) == (64, "")
    assert name in ran.err
    assert not project.live()
