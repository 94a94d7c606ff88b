"""`verify` on a sandbox: what is declared is held against what is there, and nothing is said of messages."""

import json

import pytest

from mqinfra.cli.verify import command
from mqinfra.verify.checks.all import CHECKS
from mqinfra.verify.history import read_history
from tests.cli.conftest import Project

CREATED = "kafka/topics/orders.created"


def judgements(out: str) -> dict[str, str]:
    return {one["address"]: one["result"] for one in json.loads(out)["judgements"] if one["check"] == "V01"}


def test_what_was_applied_holds_and_messages_are_said_not_to_be_proven(project: Project) -> None:
    assert project.mq("apply", "--auto-approve").code == 0
    ran = project.mq("verify")
    assert ran.code == 0
    assert "kafka orders.cancelled, orders.created: V01 settings\n" in ran.out
    assert "kafka is a sandbox: no messages sent, only settings checked.\n" in ran.out


def test_what_somebody_changed_does_not_hold_and_exits_7(project: Project) -> None:
    assert project.mq("apply", "--auto-approve").code == 0

    def edit(live: dict[str, dict[str, object]]) -> None:
        live[CREATED]["spec"]["config"]["retention.ms"] = 5  # type: ignore[index]

    project.by_hand(edit)
    ran = project.mq("verify", "-o", "json")
    assert ran.code == 7
    assert judgements(ran.out) == {CREATED: "fail", "kafka/topics/orders.cancelled": "pass"}
    told = project.mq("verify", "--seed", "3").out
    assert f"V01 {CREATED}: live settings equal the declared ones  topology/orders.yaml:6\n" in told
    assert "which    config.retention.ms\n" in told
    assert "rerun    mqinfra verify -e local --only V01:orders.created --seed 3\n" in told


def test_what_was_never_applied_does_not_hold(project: Project) -> None:
    ran = project.mq("verify", "-o", "json")
    assert (ran.code, set(judgements(ran.out).values())) == (7, {"fail"})


def test_a_wish_for_what_is_not_made_proves_nothing_and_exits_8(project: Project) -> None:
    assert project.mq("apply", "--auto-approve").code == 0
    ran = project.mq("verify", "--only", "V03")
    assert ran.code == 8
    assert "0 passed" in ran.out


def test_a_history_is_written_as_it_happens_and_read_back(project: Project) -> None:
    assert project.mq("apply", "--auto-approve").code == 0
    assert project.mq("verify", "--history", "history.jsonl.gz").code == 0

    assert [(procedure, str(address)) for procedure, address, _ in read_history(project.root / "history.jsonl.gz")] == [
        ("compare", "kafka/topics/orders.cancelled"),
        ("compare", CREATED),
    ]


def test_a_diagnosis_of_a_sandbox_says_that_nobody_reads_there(project: Project) -> None:
    assert project.mq("apply", "--auto-approve").code == 0
    ran = project.mq("verify", "--diagnose", "orders.created")
    assert (ran.code, ran.out) == (0, "")
    assert "kafka is a sandbox: nobody reads there, and nothing waits" in ran.err


def test_a_diagnosis_of_a_name_that_nobody_declares_names_the_closest(project: Project) -> None:
    ran = project.mq("verify", "--diagnose", "orders.craeted")
    assert ran.code == 64
    assert "did you mean `orders.created`?" in ran.err


def test_a_diagnosis_is_written_as_text_and_json_only(project: Project) -> None:
    ran = project.mq("verify", "--diagnose", "orders.created", "-o", "junit")
    assert ran.code == 64
    assert "`--diagnose` writes text and JSON, not junit" in ran.err


def in_production(project: Project) -> None:
    file = project.root / "mqinfra.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("  local:\n", "  local:\n    production: true\n", 1), encoding="utf-8")
    assert "production: true" in file.read_text(encoding="utf-8")


def test_an_environment_marked_production_is_only_read_and_the_report_says_why(project: Project) -> None:
    in_production(project)
    assert project.mq("apply", "--auto-approve").code == 0
    ran = project.mq("verify")
    assert ran.code == 0
    assert (
        "No messages were sent: settings, rights and states were read. The environment is marked `production`"
        in ran.out
    )
    assert "mode passive" in ran.out
    report = json.loads(project.mq("verify", "-o", "json", "--mode", "clone").out)
    assert (report["mode"], report["production"]) == ("clone", True)
    told = project.mq("verify", "--mode", "clone", "-o", "markdown").out
    assert "`--mode clone` asked for it" in told


@pytest.mark.parametrize(
    "disturbing",
    [
        ("--restart-cmd", "true"),
        ("--stop-cmd", "true", "--start-cmd", "true"),
        ("--connections", "5"),
        ("--alarm-cmd", "true", "--calm-cmd", "true"),
    ],
)
def test_what_disturbs_brokers_is_refused_in_production(project: Project, disturbing: tuple[str, ...]) -> None:
    in_production(project)
    assert project.mq("apply", "--auto-approve").code == 0
    ran = project.mq("verify", "--mode", "clone", *disturbing)
    assert ran.code == 1
    assert (
        f"error[MQ187]: `{disturbing[0]}` is refused on `local`, which mqinfra.yaml marks `production: true`" in ran.err
    )


def test_checks_that_nothing_asked_for_are_run_by_options_that_exist() -> None:
    options = {name for one in command.params for name in one.opts}
    named = {word for check in CHECKS for word in check.option.split() if word.startswith("--")}
    assert named
    assert named <= options
