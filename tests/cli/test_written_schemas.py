"""Plans and reports of whole projects agree with the published schemas."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from mqinfra.cli.main import run
from tests.cli.conftest import Project
from tests.cli.test_examples import example, plan
from tests.cli.test_reading import mixed
from tests.command import Ran
from tests.unit.schema.written import SCHEMAS, problems

__all__ = ["example", "mixed", "plan"]


def test_an_example_agrees(example: Path, mq: Callable[..., Ran]) -> None:
    assert example.is_dir()
    assert problems(mq("plan", "--topology", "-o", "json").out) == []
    assert problems(mq("apply", "--auto-approve", "-o", "json").out) == []
    assert problems(mq("plan", "-o", "json").out) == []


def test_a_plan_of_changes_of_all_kinds_agrees(mixed: str) -> None:
    assert problems(mixed) == []


def test_what_is_blocked_refused_and_cut_short_agrees(project: Project) -> None:
    project.mq("apply", "--auto-approve")
    project.topics("    orders.created: {partitions: 6}\n", "removed: {kafka/topics/orders.cancelled: }\n")
    saved = project.root / "plan.json"
    assert project.mq("plan", "-o", f"json={saved}").code == 3
    assert problems(saved.read_text()) == []
    assert problems(project.mq("show", str(saved), "-o", "json").out) == []
    project.topics("    orders.created: {partitions: 24}\n")
    project.mq("plan", "-o", f"json={saved}")
    project.by_hand(lambda resources: resources.clear())
    ran = project.mq("apply", str(saved), "-o", "json")
    assert json.loads(ran.out)["exitCode"] == ran.code == 5
    assert problems(ran.out) == []


@pytest.mark.parametrize("name", ["plan", "report"])
def test_a_schema_is_printed(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema", name]) == 0
    assert json.loads(capsys.readouterr().out) == SCHEMAS[name]
