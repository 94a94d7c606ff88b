"""`-q` takes talk from stderr; what a command was asked for stands on stdout all the same."""

import re
from pathlib import Path

import pytest

from tests.cli.conftest import Project

COMMANDS = (("validate",), ("render",), ("plan",), ("export",), ("snapshot",), ("apply", "--auto-approve"))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_the_result_is_the_same(project: Project, command: tuple[str, ...]) -> None:
    if command[0] != "apply":
        project.mq("apply", "--auto-approve")
    loud = project.mq(*command)
    if command[0] == "apply":
        project.sandbox.unlink()
    quiet = project.mq(*command, "-q")
    assert (quiet.code, quiet.err) == (0, "")
    assert _timeless(quiet.out) == _timeless(loud.out) != ""


def _timeless(text: str) -> str:
    """Without the times of day that a snapshot says."""
    return re.sub(r"\d\d:\d\d:\d\d", "", text)


def test_a_saved_plan_is_shown(project: Project) -> None:
    project.mq("plan", "-q", "-o", "json=plan.json")
    assert project.mq("show", "plan.json", "-q").out == project.mq("show", "plan.json").out != ""


def test_what_is_wrong_is_said(project: Project) -> None:
    project.topics("    orders.created: {partitons: 12}\n")
    ran = project.mq("validate", "-q")
    assert ran.code == 1
    assert "error[MQ112]" in ran.out


@pytest.mark.parametrize(
    ("command", "file"), [(("plan",), "json=p.json"), (("apply", "--auto-approve"), "json=r.json")]
)
def test_text_for_people_beside_a_file_is_talk(project: Project, command: tuple[str, ...], file: str) -> None:
    ran = project.mq(*command, "-q", "-o", file)
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert Path(file.partition("=")[2]).stat().st_size > 0
