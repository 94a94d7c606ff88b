"""A line that consents to a loss counts for one apply: a second loss that is just like the first wants a review."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mqinfra.engine.inventory.journal import Journal
from mqinfra.model.reading import Facts
from mqinfra.providers.kafka.provider import KafkaProvider
from mqinfra.providers.sandbox.session import SandboxSession
from tests.cli.conftest import PROJECT, Project

ORDERS = "kafka/topics/orders.created"
UNTIL = datetime.now(UTC).date() + timedelta(days=5)
LATER = UNTIL + timedelta(days=1)
KEPT = "    orders.kept: {}\n"
LOWERED = KEPT + "    orders.created: {partitions: 3, config: {retention.ms: 1d}}\n"
REMOVED = f"{{evenIf: [messages], until: {UNTIL}}}"


def lowered(project: Project, until: object = UNTIL) -> None:
    consent = f"{{evenIf: [messages], by: {{config.retention.ms: 1d}}, until: {until}}}"
    project.topics(LOWERED, f"allowed: {{{ORDERS}: {consent}}}\n")


def removed(project: Project, line: str = REMOVED) -> None:
    project.topics(KEPT, f"removed: {{{ORDERS}: {line}}}\n")


def holding(project: Project, config: Mapping[str, object]) -> None:
    """Somebody puts messages into the topic, which they make where there is none."""

    def fill(resources: dict[str, dict[str, Any]]) -> None:
        topic = resources.setdefault(ORDERS, {"spec": {"partitions": 3, "replicationFactor": 1}, "identity": "again"})
        topic["spec"] = {**topic["spec"], "config": dict(config)}
        topic["messages"] = 700

    project.by_hand(fill)


def begin(project: Project) -> None:
    project.topics(KEPT + "    orders.created: {partitions: 3, config: {retention.ms: 7d}}\n")
    assert project.mq("apply", "--auto-approve").code == 0
    holding(project, {"retention.ms": 604800000})


def blocked(project: Project) -> list[list[str]]:
    plan: dict[str, Any] = json.loads(project.mq("plan", "-o", "json").out)
    return [change["blockedBy"] for change in plan["changes"]]


def test_a_second_loss_like_the_first_is_blocked_although_its_line_still_stands(project: Project) -> None:
    begin(project)
    lowered(project)
    assert blocked(project) == [[]]
    assert project.mq("apply", "--auto-approve").code == 0
    holding(project, {"retention.ms": 604800000})
    assert blocked(project) == [["MQ209"]]
    ran = project.mq("apply", "--auto-approve")
    assert ran.code == 3
    today = datetime.now(UTC).date()
    assert (
        f"700 messages would be lost (records older than 1d expire); the consent for it was used by apply 2 on {today}"
        in (" ".join(ran.err.split()))
    )


def test_a_line_that_was_reviewed_again_counts_again(project: Project) -> None:
    begin(project)
    lowered(project)
    assert project.mq("apply", "--auto-approve").code == 0
    holding(project, {"retention.ms": 604800000})
    lowered(project, LATER)
    assert blocked(project) == [[]]
    assert project.mq("apply", "--auto-approve").code == 0


def test_a_tombstone_that_took_messages_takes_none_of_what_is_made_again(project: Project) -> None:
    begin(project)
    removed(project)
    assert project.mq("apply", "--auto-approve").code == 0
    holding(project, {})
    assert blocked(project) == [["MQ201", "MQ209"]]
    assert ORDERS in project.live()
    removed(project, REMOVED.replace(str(UNTIL), str(LATER)))
    assert blocked(project) == [[]]


def test_a_line_with_nothing_left_to_do_says_that_it_was_used(project: Project) -> None:
    begin(project)
    lowered(project)
    assert project.mq("apply", "--auto-approve").code == 0
    ran = project.mq("plan")
    assert (
        "`allowed: kafka/topics/orders.created` has nothing left to do, and its consent was used by apply 2" in ran.err
    )


def test_an_apply_that_failed_leaves_the_line_for_the_next_one(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(project)
    lowered(project)
    with monkeypatch.context() as broken:
        broken.setattr(SandboxSession, "send", lambda _, request: dict.fromkeys(request.addresses))
        assert project.mq("apply", "--auto-approve", "--timeout", "1").code != 0
    assert blocked(project) == [[]]
    assert project.mq("apply", "--auto-approve").code == 0
    holding(project, {"retention.ms": 604800000})
    assert blocked(project) == [["MQ209"]]


def test_a_line_without_consent_to_a_loss_is_not_used_up(project: Project) -> None:
    begin(project)
    project.by_hand(lambda resources: resources[ORDERS].update(messages=0))
    removed(project, "{}")
    for _ in range(2):
        assert project.mq("apply", "--auto-approve").code == 0
        holding(project, {})
        project.by_hand(lambda resources: resources[ORDERS].update(messages=0))
    assert blocked(project) == [[]]


def test_a_consent_on_which_something_rests_that_is_left_out_is_not_used_up(project: Project) -> None:
    project.topics(KEPT + "    orders.created: {partitions: 3, deadLetter: true}\n")
    assert project.mq("apply", "--auto-approve").code == 0
    holding(project, {})
    project.by_hand(lambda resources: resources["kafka/topics/orders.created.dlq"].update(messages=700))
    removed(project)
    assert project.mq("apply", "--auto-approve").code == 0  # which leaves what the topic's sugar made
    ran = project.mq("plan", "-o", "json")
    (left,) = json.loads(ran.out)["changes"]
    assert (left["reason"], left["blockedBy"]) == ("sugar-gone", [])
    assert project.mq("apply", "--expect", json.loads(ran.out)["digest"]).code == 0
    assert list(project.live()) == ["kafka/topics/orders.kept"]


class KilledError(BaseException):
    """The process is gone."""


def killed(project: Project, monkeypatch: pytest.MonkeyPatch, at: type, name: str) -> None:
    """Apply, and die where something is called."""

    def dies(*_: object) -> None:
        raise KilledError

    with monkeypatch.context() as crash:
        crash.setattr(at, name, dies)
        with pytest.raises(KilledError):
            project.mq("apply", "--auto-approve")


@pytest.mark.parametrize("name", ["after", "finish"])
def test_a_line_whose_apply_was_killed_after_its_last_change_was_used(
    name: str, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(project)
    lowered(project)
    killed(project, monkeypatch, Journal, name)
    for _ in range(2):
        assert project.mq("apply", "--auto-approve").code == 0  # which has nothing to change
    holding(project, {"retention.ms": 604800000})
    assert blocked(project) == [["MQ209"]]


def test_a_line_whose_apply_was_killed_before_its_change_lets_the_next_one_do_it(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(project)
    lowered(project)
    killed(project, monkeypatch, SandboxSession, "send")
    assert project.mq("apply", "--auto-approve", "--exclude", ORDERS).code == 0
    assert blocked(project) == [[]]
    assert project.mq("apply", "--auto-approve").code == 0
    holding(project, {"retention.ms": 604800000})
    assert blocked(project) == [["MQ209"]]


ME = "User:me"
FIRST = "kafka/acls/name=orders.created,operation=Read,principal=User:billing,resource=topic"


def test_the_first_acl_on_a_resource_is_consented_to_once(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    open_to_all = Facts(cluster_id="it", version="4.1", traits={"allow.everyone.if.no.acl.found": "true", "user": ME})
    monkeypatch.setattr(KafkaProvider, "sandbox_facts", lambda *_: open_to_all)
    (project.root / "mqinfra.yaml").write_text(PROJECT.replace("scope:", "scope: {kafka: {wholeCluster: true}}  #"))
    topic = "    orders.created: {}\n"
    project.topics(topic)
    assert project.mq("apply", "--auto-approve").code == 0
    acl = "  acls: [{principal: 'User:billing', resource: topic, name: orders.created, operation: Read}]\n"
    consent = f"allowed: {{'{FIRST}': {{evenIf: [consumers], by: {{operation: Read}}, until: {UNTIL}}}}}\n"
    project.topics(topic + acl)
    assert blocked(project) == [["MQ740"]]
    project.topics(topic + acl + consent)
    assert blocked(project) == [[]]
    assert project.mq("apply", "--auto-approve").code == 0

    def drop(resources: dict[str, dict[str, Any]]) -> None:
        del resources[FIRST]

    project.by_hand(drop)
    assert blocked(project) == [["MQ740"]]


def test_what_a_project_used_up_is_used_up_under_its_next_name(project: Project) -> None:
    begin(project)
    lowered(project)
    assert project.mq("apply", "--auto-approve").code == 0
    (project.root / "mqinfra.yaml").write_text(PROJECT.replace("name: shop", "name: store"))
    assert project.mq("adopt", "--from", "shop").code == 0
    holding(project, {"retention.ms": 604800000})
    assert blocked(project) == [["MQ209"]]
    ran = " ".join(project.mq("plan").err.split())
    assert "the consent for it was used by an earlier apply" in ran
