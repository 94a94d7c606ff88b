"""How `mqinfra apply` asks, refuses, finishes and reports."""

import json

import pytest

from tests.cli.conftest import Project
from tests.days import SOON


def test_without_a_terminal_it_says_which_flag(project: Project) -> None:
    ran = project.mq("apply")
    assert ran.code == 64
    assert "--auto-approve" in ran.err
    assert not project.live()


def test_the_expected_digest_is_the_approval(project: Project) -> None:
    digest = json.loads(project.mq("plan", "-o", "json").out)["digest"]
    assert project.mq("apply", "--expect", digest).code == 0
    assert len(project.live()) == 2


def test_another_digest_is_stale(project: Project) -> None:
    ran = project.mq("apply", "--expect", "sha256:" + "0" * 64)
    assert ran.code == 5
    assert not project.live()


def test_only_yes_goes_on(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal:
        def __init__(self, answer: str) -> None:
            self.answer = answer

        def isatty(self) -> bool:
            return True

        def readline(self) -> str:
            return self.answer

    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    ran = project.mq("apply")
    assert ran.code == 3
    assert "Apply 2 changes to `local`?" in ran.err
    assert ran.err.endswith("Nothing was applied.\n")
    assert not project.live()
    monkeypatch.setattr("sys.stdin", Terminal("yes\n"))
    assert project.mq("apply").code == 0
    assert len(project.live()) == 2


def test_a_saved_plan_asks_nothing(project: Project) -> None:
    project.mq("plan", "-o", "json=plan.json")
    assert project.mq("apply", "plan.json").code == 0
    assert len(project.live()) == 2


def test_a_saved_plan_applied_twice_is_done_already(project: Project) -> None:
    project.mq("plan", "-o", "json=plan.json")
    project.mq("apply", "plan.json")
    ran = project.mq("apply", "plan.json", "-o", "json")
    assert ran.code == 0
    assert all(result["already"] for result in json.loads(ran.out)["results"])


def test_a_hand_made_change_makes_the_saved_plan_stale_and_names_the_field(project: Project) -> None:
    project.mq("apply", "--auto-approve")
    project.topics(
        "    orders.created: {partitions: 12, config: {retention.ms: 14d}}\n    orders.new: {partitions: 1}\n"
    )
    project.mq("plan", "-o", "json=plan.json")

    def edit(live: dict[str, dict[str, object]]) -> None:
        live["kafka/topics/orders.created"]["spec"]["config"]["retention.ms"] = 5  # type: ignore[index]

    project.by_hand(edit)
    ran = project.mq("apply", "plan.json")
    assert ran.code == 5
    assert "`config.retention.ms` was 604800000 and is now 5" in ran.err
    assert "kafka/topics/orders.new" not in project.live()


def test_a_topic_deleted_and_made_again_makes_the_plan_stale(project: Project) -> None:
    project.mq("apply", "--auto-approve")
    project.topics("    orders.created: {partitions: 12, config: {retention.ms: 14d}}\n")
    project.mq("plan", "-o", "json=plan.json")
    project.by_hand(lambda live: live["kafka/topics/orders.created"].update(identity="another"))
    ran = project.mq("apply", "plan.json")
    assert ran.code == 5
    assert "identity" in ran.err


def test_a_declared_field_that_was_right_and_was_moved_makes_the_plan_stale(project: Project) -> None:
    project.mq("apply", "--auto-approve")
    project.topics("    orders.created: {partitions: 24, config: {retention.ms: 7d}}\n")
    project.mq("plan", "-o", "json=plan.json")

    def edit(live: dict[str, dict[str, object]]) -> None:
        live["kafka/topics/orders.created"]["spec"]["config"]["retention.ms"] = 5  # type: ignore[index]

    project.by_hand(edit)
    ran = project.mq("apply", "plan.json")
    assert ran.code == 5
    assert "`config.retention.ms` was 604800000 and is now 5" in ran.err


def test_a_topic_made_again_is_not_deleted_by_an_old_plan(project: Project) -> None:
    project.mq("apply", "--auto-approve")
    tombstone = f"removed:\n  kafka/topics/orders.created: {{evenIf: [messages, consumers], until: {SOON}}}\n"
    project.topics("    orders.cancelled: {partitions: 6}\n", tombstone)
    project.mq("plan", "-o", "json=plan.json")
    project.by_hand(lambda live: live["kafka/topics/orders.created"].update(identity="another"))
    assert project.mq("apply", "plan.json").code == 5
    assert "kafka/topics/orders.created" in project.live()


def test_a_lifecycle_that_changed_makes_the_plan_stale(project: Project) -> None:
    project.topics("    orders.created: {partitions: 6}\n")
    project.mq("plan", "-o", "json=plan.json")
    project.topics("    orders.created: {partitions: 6, lifecycle: {protect: true}}\n")
    assert project.mq("apply", "plan.json").code == 5
    assert not project.live()


def test_consent_that_was_withdrawn_makes_the_plan_stale(project: Project) -> None:
    project.mq("apply", "--auto-approve")
    kept = "    orders.cancelled: {partitions: 6}\n"
    project.topics(kept, f"removed:\n  kafka/topics/orders.created: {{evenIf: [messages, consumers], until: {SOON}}}\n")
    project.mq("plan", "-o", "json=plan.json")
    project.topics(kept, "removed:\n  kafka/topics/orders.created: {}\n")
    assert project.mq("apply", "plan.json").code == 5
    assert "kafka/topics/orders.created" in project.live()


def test_a_plan_of_another_project_is_refused(project: Project) -> None:
    project.mq("plan", "-o", "json=plan.json")
    manifest = project.root / "mqinfra.yaml"
    manifest.write_text(manifest.read_text().replace("name: shop", "name: stop"))
    ran = project.mq("apply", "plan.json")
    assert ran.code == 5
    assert "the plan is for project `shop`, and this is `stop`" in ran.err
    assert not project.live()


def test_a_plan_without_a_cluster_that_was_down_is_refused(project: Project) -> None:
    manifest = project.root / "mqinfra.yaml"
    down = "{kafka: {type: kafka, sandbox: true}, down: {type: kafka, bootstrap: 127.0.0.1:1}}"
    manifest.write_text(manifest.read_text().replace("{kafka: {type: kafka, sandbox: true}}", down))
    topology = project.root / "topology" / "orders.yaml"
    topology.write_text(topology.read_text().replace("kafka:\n", "kafka:\n  cluster: kafka\n"))
    head = topology.read_text().partition("kafka:")[0]
    project.topology(head + "kafka:\n  cluster: down\n  topics: {orders.there: {}}\n", "there.yaml")
    assert project.mq("plan", "--timeout", "5", "-o", "json=plan.json").code == 1
    ran = project.mq("apply", "plan.json")
    assert ran.code == 1
    assert "the plan is incomplete: `down` could not be read" in ran.err
    assert not project.live()


def test_a_plan_does_not_outlive_the_scope_that_it_was_made_in(project: Project) -> None:
    project.mq("plan", "-o", "json=plan.json")
    manifest = project.root / "mqinfra.yaml"
    manifest.write_text(manifest.read_text().replace("orders.*", "orders.created"))
    ran = project.mq("apply", "plan.json")
    assert ran.code == 3
    assert "`kafka/topics/orders.cancelled` is no longer in the project's scope" in ran.err
    assert not project.live()


def test_messages_that_arrive_make_an_update_not_stale(project: Project) -> None:
    project.mq("apply", "--auto-approve")
    project.topics("    orders.created: {partitions: 12, config: {retention.ms: 14d}}\n")
    project.mq("plan", "-o", "json=plan.json")
    project.by_hand(lambda live: live["kafka/topics/orders.created"].update(messages=5, consumers=["a"]))
    assert project.mq("apply", "plan.json").code == 0


def test_a_message_that_arrives_makes_an_unconsented_delete_stale(project: Project) -> None:
    project.mq("apply", "--auto-approve")
    project.topics("    orders.cancelled: {partitions: 6}\n", "removed:\n  kafka/topics/orders.created: {}\n")
    project.mq("plan", "-o", "json=plan.json")
    project.by_hand(lambda live: live["kafka/topics/orders.created"].update(messages=1, consumers=[]))
    ran = project.mq("apply", "plan.json")
    assert ran.code == 5
    assert "messages" in ran.err
    assert "kafka/topics/orders.created" in project.live()


@pytest.mark.parametrize(
    ("arrives", "what"), [({"messages": 1}, "messages"), ({"consumers": ["billing"]}, "consumers")]
)
def test_what_arrives_makes_a_recreate_stale(project: Project, arrives: dict[str, object], what: str) -> None:
    entry = "    orders.created: {partitions: %d, lifecycle: {replace: recreate}}\n"
    project.topics(entry % 3)
    project.mq("apply", "--auto-approve")
    project.by_hand(lambda live: live["kafka/topics/orders.created"].update(messages=0, consumers=[]))
    project.topics(entry % 1)
    assert project.mq("plan", "-o", "json=plan.json").code == 0
    identity = project.live()["kafka/topics/orders.created"]["identity"]
    project.by_hand(lambda live: live["kafka/topics/orders.created"].update(arrives))
    ran = project.mq("apply", "plan.json")
    assert ran.code == 5
    assert f"`{what}` was none and is now some" in ran.err
    assert project.live()["kafka/topics/orders.created"]["identity"] == identity


def test_changed_manifests_make_the_plan_stale(project: Project) -> None:
    project.mq("plan", "-o", "json=plan.json")
    project.topics("    orders.created: {partitions: 13}\n")
    ran = project.mq("apply", "plan.json")
    assert ran.code == 5
    assert "manifests changed" in ran.err


@pytest.mark.parametrize(
    ("old", "new"), [('"partitions":12', '"partitions":99'), ('"Plan"', '"Plam"'), ('"1.1"', '"2.0"')]
)
def test_an_edited_plan_is_refused(project: Project, old: str, new: str) -> None:
    project.mq("plan", "-o", "json=plan.json")
    path = project.root / "plan.json"
    text = path.read_text().replace(": ", ":")
    assert old in text
    path.write_text(text.replace(old, new))
    ran = project.mq("apply", "plan.json")
    assert ran.code == 5, ran.err
    assert "plan.json" in ran.err
    assert not project.live()


def test_a_blocked_plan_is_refused(project: Project) -> None:
    project.mq("apply", "--auto-approve")
    project.topics("    orders.created: {partitions: 6}\n")
    project.mq("plan", "-o", "json=plan.json")
    ran = project.mq("apply", "plan.json")
    assert ran.code == 3


def test_a_plan_against_a_snapshot_is_refused(project: Project) -> None:
    project.mq("snapshot", "-o", "json=live.json")
    project.mq("plan", "--against", "live.json", "-o", "json=plan.json")
    ran = project.mq("apply", "plan.json")
    assert ran.code == 3
    assert "snapshot" in ran.err
    assert not project.live()


def test_a_held_lock_exits_6_and_names_the_holder(project: Project) -> None:
    import fcntl  # noqa: PLC0415 - only here

    lock = project.sandbox.with_suffix(".lock")
    lock.parent.mkdir(parents=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write("somebody@somewhere")
        file.flush()
        ran = project.mq("apply", "--auto-approve")
    assert ran.code == 6
    assert "somebody@somewhere" in ran.err
    assert not project.live()


def test_events_are_json_lines(project: Project) -> None:
    ran = project.mq("apply", "--auto-approve", "-o", "jsonl")
    events = [json.loads(line)["event"] for line in ran.out.splitlines()]
    assert events[0] == "started"
    assert events[-1] == "finished"
    assert events.count("ended") == 2


def test_export_wipe_apply_export_is_equal(project: Project) -> None:
    project.mq("apply", "--auto-approve")
    first = project.mq("export").out
    project.sandbox.unlink()
    project.topology(first)
    assert project.mq("apply", "--auto-approve").code == 0
    assert project.mq("export").out == first
    assert project.mq("plan", "--detailed-exitcode").code == 0
