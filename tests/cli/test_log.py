"""`--log-format json`: every line of stderr is one of a log, whatever a command says and however it ends."""

import json
from typing import Any

import click
import pytest

from mqinfra.cli.main import COMMANDS, main
from tests.cli.conftest import Project

ALWAYS = {"@timestamp", "log.level", "message", "ecs.version", "service.name", "mqinfra.run.id", "mqinfra.command"}
JSON = ("--log-format", "json")


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_it(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert isinstance(command, click.Command)
    leaves = command.commands.values() if isinstance(command, click.Group) else [command]
    for leaf in leaves:
        assert "--log-format" in {option for parameter in leaf.params for option in parameter.opts}, leaf.name


def test_an_apply_says_what_became_of_each_change_and_how_long_it_took(project: Project) -> None:
    said = lines(project.mq("apply", "--auto-approve", *JSON).err)
    assert all(line.keys() >= ALWAYS for line in said)
    assert len({line["mqinfra.run.id"] for line in said}) == 1
    created = [line for line in said if line.get("event.action") == "create"]
    assert [line["mqinfra.cluster"] for line in created] == ["kafka"] * len(created) != []
    assert {line["event.outcome"] for line in created} == {"success"}
    assert all(line["event.duration"] > 0 and line["mqinfra.address"].startswith("kafka/") for line in created)
    last = said[-1]
    assert (last["message"], last["event.action"], last["event.outcome"]) == ("ended with 0", "apply", "success")
    assert last["event.duration"] >= max(line["event.duration"] for line in created)


def test_a_change_that_fails_is_an_error_with_its_reason(project: Project) -> None:
    project.mq("plan", "-o", "json=plan.json")
    project.mq("apply", "--auto-approve")
    project.topics("    orders.created: {partitions: 3}\n")
    ran = project.mq("apply", "plan.json", *JSON)
    assert ran.code != 0
    said = lines(ran.err)
    assert [line["event.code"] for line in said if line["log.level"] == "error" and "event.code" in line] != []
    assert (said[-1]["log.level"], said[-1]["process.exit_code"]) == ("error", ran.code)


def test_a_finding_says_its_code_and_place(project: Project) -> None:
    project.topics("    orders.created: {partitons: 12}\n")
    said = lines(project.mq("plan", *JSON).err)
    found = next(line for line in said if line.get("event.code") == "MQ112")
    assert (found["log.level"], found["file.path"]) == ("error", "topology/orders.yaml")
    assert found["mqinfra.line"] > 0
    assert any("partitions" in text for text in found["mqinfra.help"]) or "partitions" in found["message"]


@pytest.mark.parametrize("arguments", [("plan", "--selekt", "x"), ("plann",), ("-C", "nowhere", "plan")])
def test_a_command_line_that_is_none_is_said_so_too(
    project: Project, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MQINFRA_LOG_FORMAT", "json")
    ran = project.mq(*arguments)
    assert ran.code == 64
    assert [line["log.level"] for line in lines(ran.err)] == ["error", "error"]
    assert lines(ran.err)[-1]["mqinfra.command"].startswith("plan")


def test_quiet_leaves_errors_and_how_it_ended(project: Project) -> None:
    assert [line["message"] for line in lines(project.mq("plan", "-q", "--log-format=json").err)] == ["ended with 0"]


def test_stdout_is_what_it_was(project: Project) -> None:
    assert project.mq("plan", *JSON).out == project.mq("plan").out


def test_without_it_nothing_is_json(project: Project) -> None:
    assert "@timestamp" not in project.mq("plan").err
