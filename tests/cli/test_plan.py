"""What `mqinfra plan` shows and how it ends."""

import json
import shlex

import pytest

from tests.cli.conftest import Project
from tests.days import SOON


def test_pending_changes_exit_0_or_2_on_request(project: Project) -> None:
    assert project.mq("plan").code == 0
    ran = project.mq("plan", "--detailed-exitcode")
    assert ran.code == 2
    assert "2 to create" in ran.out


def test_a_plan_writes_nothing(project: Project) -> None:
    project.mq("plan")
    assert not project.live()


def test_nothing_to_do_exits_0_even_in_detail(project: Project) -> None:
    project.mq("apply", "--auto-approve")
    ran = project.mq("plan", "--detailed-exitcode")
    assert (ran.code, "No changes. 2 resources are as declared." in ran.out) == (0, True)


def test_a_blocked_change_exits_3_and_names_the_line(project: Project) -> None:
    project.mq("apply", "--auto-approve")
    project.topics("    orders.created: {partitions: 6}\n    orders.new: {partitions: 1}\n")
    ran = project.mq("plan")
    assert ran.code == 3
    assert "topology/orders.yaml:6:34" in ran.err
    assert "MQ301" in ran.err
    assert "--exclude kafka/topics/orders.created" in ran.out


def test_excluding_the_blocked_change_lets_the_rest_go(project: Project) -> None:
    project.mq("apply", "--auto-approve")
    project.topics("    orders.created: {partitions: 6}\n    orders.new: {partitions: 1}\n")
    assert project.mq("apply", "--auto-approve").code == 3
    assert "kafka/topics/orders.new" not in project.live()
    ran = project.mq("apply", "--auto-approve", "--exclude", "kafka/topics/orders.created")
    assert ran.code == 0, ran.err
    assert "kafka/topics/orders.new" in project.live()


def test_text_errors_exit_1_with_their_place(project: Project) -> None:
    project.topics("    orders.created: {config: {retention.ms: 7 dayz}}\n")
    ran = project.mq("plan")
    assert ran.code == 1
    assert "topology/orders.yaml:6:45" in ran.err
    assert "7 dayz" in ran.err


def test_an_unknown_key_and_too_many_replicas_are_found(project: Project) -> None:
    project.topics("    orders.a: {config: {retention.msec: 1}}\n    orders.b: {replicationFactor: 4}\n")
    ran = project.mq("plan")
    assert ran.code == 3
    assert "did you mean `retention.ms`" in ran.err
    assert "topology/orders.yaml:6:25" in ran.err
    assert "topology/orders.yaml:7:35" in ran.err


def test_the_same_is_found_against_a_snapshot(project: Project) -> None:
    project.mq("apply", "--auto-approve")
    assert project.mq("snapshot", "-o", "json=live.json").code == 0
    project.topics(
        "    orders.created: {partitions: 6}\n"
        "    orders.a: {config: {retention.msec: 1}}\n"
        "    orders.b: {replicationFactor: 4}\n"
    )
    ran = project.mq("plan", "--against", "live.json")
    assert ran.code == 3
    for place in ("6:34", "7:25", "8:35"):
        assert f"topology/orders.yaml:{place}" in ran.err


def test_a_plan_file_is_json_and_private(project: Project) -> None:
    ran = project.mq("plan", "-o", "json=plan.json")
    assert "2 to create" in ran.out
    path = project.root / "plan.json"
    assert path.stat().st_mode & 0o777 == 0o600
    document = json.loads(path.read_text())
    assert document["kind"] == "Plan"
    assert document["digest"].startswith("sha256:")


def test_json_on_stdout_is_nothing_but_json(project: Project) -> None:
    ran = project.mq("plan", "-o", "json")
    assert json.loads(ran.out)["project"] == "shop"


def test_an_output_that_can_not_be_written_is_an_error(project: Project) -> None:
    ran = project.mq("plan", "-o", "json=nowhere/plan.json")
    assert ran.code == 1
    assert "nowhere/plan.json" in ran.err


def test_selecting_narrows_and_says_so(project: Project) -> None:
    ran = project.mq("plan", "--select", "name:orders.created", "-o", "json")
    plan = json.loads(ran.out)
    assert [change["address"] for change in plan["changes"]] == ["kafka/topics/orders.created"]
    assert plan["selection"] == ["--select name:orders.created"]


def test_requests_are_listed(project: Project) -> None:
    ran = project.mq("plan", "--requests")
    assert "CreateTopics" in ran.out


def test_wrong_usage_exits_64(project: Project) -> None:
    for arguments in (
        ("plan", "--selct", "x"),
        ("plam",),
        ("plan", "--select", "nonsense"),
        ("plan", "-o", "yaml"),
        ("plan", "--max-deletes", "kafka=3"),
    ):
        ran = project.mq(*arguments)
        assert ran.code == 64, arguments
        assert ran.err


def test_tombstones_want_consent_for_messages(project: Project) -> None:
    project.mq("apply", "--auto-approve")
    project.by_hand(lambda live: live["kafka/topics/orders.created"].update(messages=12, consumers=["billing"]))
    project.topics(
        "    orders.cancelled: {partitions: 6}\n", "removed:\n  kafka/topics/orders.created: {reason: OPS-1}\n"
    )
    ran = project.mq("plan")
    assert ran.code == 3
    assert "12 messages would be lost" in ran.out
    assert "MQ201" in ran.err
    assert f"evenIf: [consumers, messages], until: {SOON}" in ran.err
    assert "MQ202" in ran.err
    project.topics(
        "    orders.cancelled: {partitions: 6}\n",
        f"removed:\n  kafka/topics/orders.created: {{evenIf: [messages, consumers], until: {SOON}}}\n",
    )
    ran = project.mq("plan")
    assert (ran.code, "1 to delete" in ran.out) == (0, True), ran.err
    assert project.mq("apply", "--auto-approve").code == 0
    assert set(project.live()) == {"kafka/topics/orders.cancelled"}


def test_more_deletes_than_the_limit_are_refused(project: Project) -> None:
    names = [f"orders.t{number}" for number in range(6)]
    project.topics("".join(f"    {name}: {{partitions: 1}}\n" for name in names))
    project.mq("apply", "--auto-approve")
    project.topics("", "removed:\n" + "".join(f"  kafka/topics/{name}: {{}}\n" for name in names))
    ran = project.mq("plan")
    assert ran.code == 3
    assert "--max-deletes kafka/topics=6" in ran.err
    assert project.mq("apply", "--auto-approve").code == 3
    assert len(project.live()) == 6
    assert project.mq("apply", "--auto-approve", "--max-deletes", "kafka/topics=6").code == 0
    assert not project.live()


def test_recreating_wants_an_empty_topic(project: Project) -> None:
    project.topics("    orders.created: {partitions: 3}\n")
    project.mq("apply", "--auto-approve")
    project.topics("    orders.created: {partitions: 2}\n")
    ran = project.mq("plan")
    assert (ran.code, "MQ301" in ran.err) == (3, True)
    project.topics("    orders.created: {partitions: 2, lifecycle: {replace: recreate}}\n")
    project.by_hand(lambda live: live["kafka/topics/orders.created"].update(messages=3))
    assert project.mq("plan").code == 3
    project.by_hand(lambda live: live["kafka/topics/orders.created"].update(messages=0))
    ran = project.mq("apply", "--auto-approve")
    assert ran.code == 0, ran.err
    assert project.live()["kafka/topics/orders.created"]["spec"]["partitions"] == 2  # type: ignore[index]


def test_a_protected_topic_is_never_replaced(project: Project) -> None:
    project.topics("    orders.created: {partitions: 3}\n")
    project.mq("apply", "--auto-approve")
    project.topics("    orders.created: {partitions: 2, lifecycle: {replace: recreate, protect: true}}\n")
    ran = project.mq("plan")
    assert (ran.code, "MQ205" in ran.err) == (3, True)


def test_ignored_fields_are_left_alone(project: Project) -> None:
    project.mq("apply", "--auto-approve")
    project.topics(
        "    orders.created: {partitions: 12, config: {retention.ms: 1d}, lifecycle: {ignore: [config.retention.ms]}}\n"
    )
    ran = project.mq("plan", "--detailed-exitcode")
    assert ran.code == 0, ran.out


def test_an_output_name_that_is_too_long_is_an_error_and_no_bug(project: Project) -> None:
    ran = project.mq("plan", "-o", "json=" + "a" * 300)
    assert ran.code == 1
    assert "can't be written: the name is too long" in ran.err


def test_a_misspelt_command_is_suggested(project: Project) -> None:
    ran = project.mq("aply")
    assert ran.code == 64
    assert "unknown command `aply`; did you mean `apply`?" in ran.err


def test_null_on_create_asks_for_nothing(project: Project) -> None:
    project.topics("    orders.new: {partitions: 3, config: {segment.ms: null}}\n")
    ran = project.mq("plan", "--requests", "-o", "text", "-o", "json=plan.json")
    assert "segment.ms" not in ran.out
    (change,) = json.loads((project.root / "plan.json").read_text())["changes"]
    assert [item["path"] for item in change["differences"]] == [["partitions"]]


def test_a_tombstone_is_something_that_a_selector_matches(project: Project) -> None:
    project.topics("    orders.created: {}\n", "removed:\n  kafka/topics/orders.old: {}\n")
    assert "MQ192" not in project.mq("plan", "--select", "kafka/topics/orders.old").err


def test_a_limit_for_what_the_environment_does_not_have_is_wrong_usage(project: Project) -> None:
    ran = project.mq("plan", "--max-deletes", "kafak/topics=3")
    assert ran.code == 64
    assert "--max-deletes: the environment has no `kafak/topics`; did you mean `kafka/topics`?" in ran.err


def test_a_missing_secret_is_said_with_its_cluster(project: Project) -> None:
    manifest = project.root / "mqinfra.yaml"
    sasl = "{mechanism: SCRAM-SHA-512, username: u, password: {env: NOT_SET_ANYWHERE}}"
    block = f"{{type: kafka, bootstrap: 127.0.0.1:1, security: {{tls: true, sasl: {sasl}}}}}"
    manifest.write_text(manifest.read_text().replace("{type: kafka, sandbox: true}", block))
    ran = project.mq("plan")
    assert ran.code == 1
    assert "error[MQ702]: the environment variable `NOT_SET_ANYWHERE` is not set\n --> kafka\n" in ran.err


@pytest.mark.parametrize("command", [("snapshot", "json"), ("export", "yaml"), ("render", "yaml")])
def test_data_that_went_to_a_file_is_not_printed_too(project: Project, command: tuple[str, str]) -> None:
    name, form = command
    assert project.mq(name).out
    ran = project.mq(name, "-o", f"{form}=file")
    assert (ran.code, ran.out) == (0, "")
    assert (project.root / "file").read_text() == project.mq(name).out


def test_a_snapshot_of_another_type_of_cluster_is_refused(project: Project) -> None:
    project.mq("snapshot", "-o", "json=live.json")
    path = project.root / "live.json"
    path.write_text(path.read_text().replace('"type": "kafka"', '"type": "redis"'))
    ran = project.mq("plan", "--against", "live.json")
    assert ran.code == 1
    assert "`kafka` is a redis cluster in the snapshot, and a kafka cluster here" in ran.err


def test_the_command_that_a_plan_prints_applies_it(project: Project) -> None:
    names = [f"orders.old{number}" for number in range(3)]
    project.topics("".join(f"    {name}: {{}}\n" for name in (*names, "orders.new")))
    project.mq("apply", "--auto-approve", "--select", "name:orders.old*")

    def drain(live: dict[str, dict[str, object]]) -> None:
        for entry in live.values():
            entry.update(messages=0, consumers=[])

    project.by_hand(drain)
    project.topics("    orders.new: {}\n", "removed:\n" + "".join(f"  kafka/topics/{name}: {{}}\n" for name in names))
    ran = project.mq("plan", "--max-deletes", "kafka/topics=3", "--select", "name:orders.old*")
    line = ran.out.partition("Apply with:")[2].strip().splitlines()[0]
    assert project.mq(*shlex.split(line)[1:]).code == 0
    assert not project.live()


def test_a_snapshot_of_another_cluster_is_refused(project: Project) -> None:
    project.mq("snapshot", "-o", "json=live.json")
    assert project.mq("plan", "--against", "live.json").code == 0
    manifest = project.root / "mqinfra.yaml"
    block = "{type: kafka, bootstrap: 127.0.0.1:1, clusterId: ours}"
    manifest.write_text(manifest.read_text().replace("{type: kafka, sandbox: true}", block))
    ran = project.mq("plan", "--against", "live.json")
    assert ran.code == 1
    assert "`kafka` has the id `sandbox:local/kafka` in the snapshot, and `ours` is expected here" in ran.err


def test_a_saved_plan_says_what_people_call_its_resources(project: Project) -> None:
    (change, *_) = json.loads(project.mq("plan", "-o", "json").out)["changes"]
    assert (change["title"], change["label"]) == ("topic", "orders.cancelled")
    assert isinstance(change["labels"], dict)
