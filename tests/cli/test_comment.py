"""The comment on a pull request: the plan first, then under the same marker what became of it."""

from tests.cli.conftest import Project

MARKER = "<!-- mqinfra:plan:shop/local -->"


def comment(project: Project, name: str) -> str:
    return (project.root / name).read_text(encoding="utf-8")


def test_a_plan_and_its_outcome_have_one_marker(project: Project) -> None:
    assert project.mq("plan", "-o", "markdown=plan.md", "-o", "json=plan.json").code == 0
    assert project.mq("apply", "plan.json", "-o", "markdown=outcome.md").code == 0
    plan, outcome = comment(project, "plan.md"), comment(project, "outcome.md")
    assert plan.splitlines()[:2] == [MARKER, "### `shop` / `local`: 2 to create, nothing changed or deleted"]
    assert outcome.splitlines()[:2] == [MARKER, "### `shop` / `local` applied: 2 changes"]
    for text in (plan, outcome):
        assert "+ topic orders.cancelled  6 partitions" in text


def test_a_saved_plan_is_shown_as_the_same_comment(project: Project) -> None:
    assert project.mq("plan", "-o", "markdown=plan.md", "-o", "json=plan.json").code == 0
    assert project.mq("show", "plan.json", "-o", "markdown").out == comment(project, "plan.md")


def test_a_plan_that_is_no_longer_true_is_told_as_not_applied(project: Project) -> None:
    project.mq("plan", "-o", "json=plan.json")
    project.mq("apply", "--auto-approve")
    project.by_hand(lambda live: live["kafka/topics/orders.cancelled"]["spec"].update(partitions=3))  # type: ignore[attr-defined]
    ran = project.mq("apply", "plan.json", "-o", "markdown=outcome.md")
    assert ran.code != 0
    text = comment(project, "outcome.md")
    assert text.splitlines()[0] == MARKER
    assert "**not applied as a whole**" in text
    assert "topic orders.cancelled" in text.partition("<details>")[0]


def test_an_apply_of_a_plan_that_is_blocked_shows_what_blocks_it(project: Project) -> None:
    project.mq("apply", "--auto-approve")
    project.topics("    orders.created: {partitions: 3}\n    orders.cancelled: {partitions: 6}\n")
    assert project.mq("apply", "--auto-approve", "-o", "markdown=outcome.md").code == 3
    text = comment(project, "outcome.md")
    assert text.startswith(f"{MARKER}\n### `shop` / `local`: 1 to update, 1 BLOCKED")
    assert "blocked by MQ" in text


def test_where_nothing_changes_the_outcome_says_so(project: Project) -> None:
    project.mq("apply", "--auto-approve")
    assert project.mq("apply", "--auto-approve", "-o", "markdown=outcome.md").code == 0
    assert comment(project, "outcome.md") == f"{MARKER}\n### `shop` / `local` applied: nothing to change\n"
