"""What a reviewer sees of whole projects, from the saved plan, at the widths of terminals."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mqinfra.model.change import Action, Undo
from mqinfra.model.form import Form
from mqinfra.model.holding import Holding
from mqinfra.render.markdown.comment import render_plan_markdown
from mqinfra.render.plan_json import plan_from_json
from mqinfra.render.plan_text import render_plan
from mqinfra.render.terminal import Style
from tests.command import Ran

CASES = Path(__file__).parents[1] / "cases" / "plans"
EXAMPLES = Path(__file__).parents[2] / "examples"
WIDTHS = (80, 120, 200)


def saved(folder: Path) -> str:
    return (folder / "plan.json").read_text(encoding="utf-8")


@pytest.fixture
def mixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mq: Callable[..., Ran]) -> str:
    """A plan of 62 changes of all kinds over what an apply made of earlier manifests."""
    shutil.copytree(CASES / "mixed", tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    for name in ("SHOP_WORKER", "SHOP_OPS"):
        monkeypatch.setenv(name, "secret")
    shutil.copytree(tmp_path / "before", tmp_path / "topology")
    assert mq("apply", "--auto-approve").code == 0
    shutil.rmtree(tmp_path / "topology")
    shutil.copytree(tmp_path / "after", tmp_path / "topology")
    ran = mq("plan", "--max-deletes", "kafka/topics=3", "-o", "json=plan.json")
    assert ran.code == 0, ran.err
    return saved(tmp_path)


@pytest.fixture
def queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mq: Callable[..., Ran]) -> str:
    """A plan of a work queue with retry."""
    shutil.copytree(EXAMPLES / "work-queue", tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".mqinfra"))
    monkeypatch.chdir(tmp_path)
    assert mq("plan", "-o", "json=plan.json").code == 0
    return saved(tmp_path)


def assert_reads_as(request: pytest.FixtureRequest, name: str, text: str) -> None:
    file = CASES / name
    if request.config.getoption("--update-golden"):
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", WIDTHS)
def test_many_changes_of_all_kinds_read_as_approved(request: pytest.FixtureRequest, mixed: str, width: int) -> None:
    text = render_plan(plan_from_json(mixed), Style(width=width))
    assert_reads_as(request, f"mixed.{width}.txt", text)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_work_queue_with_retry_reads_as_approved(request: pytest.FixtureRequest, queue: str, width: int) -> None:
    text = render_plan(plan_from_json(queue), Style(width=width))
    assert_reads_as(request, f"queue.{width}.txt", text)


def test_a_work_queue_with_retry_is_a_comment_of_at_most_2_kb(request: pytest.FixtureRequest, queue: str) -> None:
    text = render_plan_markdown(plan_from_json(queue))
    assert_reads_as(request, "queue.md", text)
    assert len(text.encode()) <= 2000


def test_many_changes_of_all_kinds_are_a_comment_of_at_most_2_5_kb(request: pytest.FixtureRequest, mixed: str) -> None:
    text = render_plan_markdown(plan_from_json(mixed))
    assert_reads_as(request, "mixed.md", text)
    assert len(text.encode()) <= 2500


@pytest.mark.parametrize("entry", ["mail.send", "/mail mail.send", "rabbitmq/queues/%2Fmail/mail.send", "all"])
def test_an_entry_lists_what_it_makes_when_it_is_expanded(queue: str, entry: str) -> None:
    plan = plan_from_json(queue)
    folded, listed = render_plan(plan, Style()), render_plan(plan, Style(), expand=(entry,))
    assert ("mail.send.return" in folded, "mail.send.return" in listed) == (False, True)
    assert "--expand mail.send" in folded
    assert "--expand" not in listed


def test_nothing_is_left_out_when_all_is_expanded(mixed: str) -> None:
    plan = plan_from_json(mixed)
    text = render_plan(plan, Style(width=200), expand=("all",))
    words = {word for word in re.split(r"[\s,]+", text) if len(word) > 1}
    for change in plan.changes:
        name = change.label.split()[-1]
        assert any(name.endswith(word) for word in words), change.label


def test_a_plan_says_of_what_its_values_are_made_and_what_its_resources_hold(mixed: str) -> None:
    plan = plan_from_json(mixed)
    forms = {(change.title, item.path): item.form for change in plan.changes for item in change.differences}
    assert forms["user", ("commands",)] is Form.RULES
    assert forms["permission", ("read",)] is Form.REGEX
    assert forms["topic", ("partitions",)] is None
    holding = {change.title: change.holding for change in plan.changes}
    assert (holding["topic"], holding["policy"], holding["binding"], holding["user"]) == (
        Holding.DATA,
        Holding.SETTINGS,
        Holding.ROUTE,
        Holding.RIGHT,
    )


def test_only_what_held_something_that_is_gone_cannot_be_undone(mixed: str) -> None:
    deletes = [change for change in plan_from_json(mixed).changes if change.action is Action.DELETE]
    assert {change.title for change in deletes if change.undo is Undo.NO} == {"topic", "queue"}
    assert {change.title for change in deletes if change.undo is Undo.YES} == {"policy", "binding"}
