"""`status`, `history`, `adopt` and `forget`: what they say of records, and what they change of them."""

import json

import pytest

from tests.cli.conftest import PROJECT, Project
from tests.cli.records import origins, recorded

ORDERS, CANCELLED = "kafka/topics/orders.created", "kafka/topics/orders.cancelled"


@pytest.fixture
def applied(project: Project) -> Project:
    assert project.mq("apply", "--auto-approve").code == 0
    return project


def test_status_counts_records_by_origin_and_names_their_place_and_rights(applied: Project) -> None:
    ran = applied.mq("status")
    assert ran.code == 0
    assert "2 resources: 2 created, 0 adopted, 0 found" in ran.out
    assert "needs: read and write the" in ran.out
    assert "2 changes: 2 applied" in ran.out


def test_status_before_the_first_apply_makes_nothing(project: Project) -> None:
    ran = project.mq("status", "-o", "json")
    cluster = json.loads(ran.out)["clusters"][0]
    assert (ran.code, cluster["exists"], cluster["runs"]) == (0, False, [])
    assert not project.sandbox.exists()


def kill_the_run(project: Project) -> None:
    """Leave the run as an apply that was killed leaves it."""
    document = json.loads(project.sandbox.read_text())
    texts = document["clusters"]["kafka"]["records"][0]["texts"]
    run = json.loads(texts["=run/01"])
    del run["finished"], run["outcome"]
    texts["=run/01"] = json.dumps(run)
    project.sandbox.write_text(json.dumps(document))


def test_status_tells_a_run_that_was_killed_by_the_free_lock(applied: Project) -> None:
    kill_the_run(applied)
    assert "the lock is free, so it was killed" in applied.mq("status").out


def test_history_lists_the_newest_run_first(applied: Project) -> None:
    applied.topics("    orders.created: {partitions: 24}\n    orders.cancelled: {partitions: 6}\n")
    applied.mq("apply", "--auto-approve")
    runs = json.loads(applied.mq("history", "-o", "json").out)["clusters"][0]["runs"]
    assert [(run["number"], run["outcome"]) for run in runs] == [(2, {"applied": 1}), (1, {"applied": 2})]
    lines = applied.mq("history").out.splitlines()
    assert lines[:3] == ["shop/local", "", "kafka"]
    assert [line.split()[0] for line in lines[3:]] == ["#2", "#1"]


def test_what_is_forgotten_stays_and_is_found_again(applied: Project) -> None:
    assert applied.mq("forget", ORDERS).code == 0
    assert list(origins(applied)) == ["orders.cancelled"]
    assert ORDERS in applied.live()
    applied.mq("apply", "--auto-approve")
    assert origins(applied) == {"orders.created": "found", "orders.cancelled": "created"}


def test_forgetting_what_nobody_claimed_says_so(applied: Project) -> None:
    ran = applied.mq("forget", "kafka/topics/orders.other")
    assert (ran.code, "nothing is recorded of it" in ran.err) == (3, True)


def test_adopting_claims_what_was_found(applied: Project) -> None:
    applied.mq("forget", ORDERS, CANCELLED)
    assert applied.mq("adopt", ORDERS).code == 0
    assert origins(applied) == {"orders.created": "adopted"}


def test_adopting_everything_leaves_what_was_created(applied: Project) -> None:
    applied.mq("forget", ORDERS)
    assert applied.mq("adopt").code == 0
    assert origins(applied) == {"orders.created": "adopted", "orders.cancelled": "created"}


def test_what_is_not_declared_is_not_adopted_since_it_would_go(applied: Project) -> None:
    applied.topics("    orders.created: {partitions: 12, config: {retention.ms: 7d}}\n")
    applied.mq("forget", CANCELLED)
    ran = applied.mq("adopt", CANCELLED)
    assert (ran.code, "no manifest declares it" in ran.err) == (3, True)
    assert "orders.cancelled" not in origins(applied)


def renamed(project: Project) -> None:
    (project.root / "mqinfra.yaml").write_text(PROJECT.replace("name: shop", "name: store"))


def test_another_projects_claim_is_not_adopted_and_is_named(applied: Project) -> None:
    renamed(applied)
    ran = applied.mq("adopt", ORDERS)
    assert (ran.code, "`shop/local` claims it" in ran.err) == (3, True)
    assert not origins(applied, "store")


def test_a_renamed_project_takes_its_claims_over(applied: Project) -> None:
    renamed(applied)
    assert applied.mq("adopt", "--from", "shop").code == 0
    assert origins(applied, "store") == {"orders.created": "created", "orders.cancelled": "created"}
    assert not recorded(applied).records


def test_claims_outside_the_scope_stay_with_the_other_project(applied: Project) -> None:
    (applied.root / "mqinfra.yaml").write_text(
        PROJECT.replace("name: shop", "name: store").replace('"orders.*"', '"orders.created"')
    )
    applied.topics("    orders.created: {partitions: 12, config: {retention.ms: 7d}}\n")
    ran = applied.mq("adopt", "--from", "shop/local")
    assert (ran.code, "outside the project's scope" in ran.err) == (3, True)
    assert (list(origins(applied, "store")), list(origins(applied))) == (["orders.created"], ["orders.cancelled"])


@pytest.mark.parametrize("arguments", [["adopt", "--from", "a/b/c"], ["adopt", "--from", "shop"], ["forget", "x"]])
def test_what_names_nothing_is_wrong_usage(project: Project, arguments: list[str]) -> None:
    assert project.mq(*arguments).code == 64
