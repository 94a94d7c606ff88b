"""What `-o` promises beside the result itself: keys, standard output by name, and why there is no result."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.cli.conftest import Project
from tests.command import Ran

MISSPELT = "    orders.created: {partitons: 12}\n"
OURS = re.compile(r"[a-z][a-zA-Z0-9]*")


def keys(node: Any, path: str = "") -> Iterator[str]:
    """All keys of a document, but for those that are names of the broker's or the user's own."""
    if isinstance(node, list):
        for item in node:
            yield from keys(item, path)
    elif isinstance(node, dict):
        for key, item in node.items():
            if path.rpartition(".")[2] not in (
                "config",
                "resources",
                "clusters",
                "labels",
                "maxDeletes",
                "kinds",
                "texts",
            ):
                yield key
            yield from keys(item, f"{path}.{key}")


def documents(project: Project) -> dict[str, str]:
    """Every JSON that the commands print, of a plan that warns, blocks and applies."""
    project.topics("    orders.created: {partitions: 12, replicationFactor: 1, deadLetter: true}\n")
    plan, report = project.mq("plan", "-o", "json"), project.mq("apply", "--auto-approve", "-o", "json")
    project.topics("    orders.created: {partitions: 6, replicationFactor: 2}\n")
    return {
        "plan": plan.out,
        "report": report.out,
        "blocked plan": project.mq("plan", "-o", "json").out,
        "events": "[" + ",".join(project.mq("apply", "--auto-approve", "-o", "jsonl").out.splitlines()) + "]",
        "diagnostics": project.mq("validate", "-o", "json").out,
        "snapshot": project.mq("snapshot", "-o", "json").out,
    }


def test_keys_are_camel_case_everywhere(project: Project) -> None:
    for name, text in documents(project).items():
        odd = sorted({key for key in keys(json.loads(text)) if not OURS.fullmatch(key)})
        assert odd == [], name


def test_places_and_counts_have_camel_case_keys(project: Project) -> None:
    texts = documents(project)
    assert '"endColumn"' in texts["blocked plan"]
    assert json.loads(texts["report"])["counts"] == {
        "applied": 2,
        "failed": 0,
        "unknown": 0,
        "notAttempted": 0,
        "doneAlready": 0,
    }


@pytest.mark.parametrize("command", [("plan",), ("apply", "--auto-approve")])
def test_json_says_why_there_is_no_result(project: Project, command: tuple[str, ...]) -> None:
    project.topics(MISSPELT)
    ran = project.mq(*command, "-o", "json")
    document = json.loads(ran.out)
    assert ran.code == 1
    assert document["kind"] == "Diagnostics"
    assert [item["code"] for item in document["diagnostics"]] == ["MQ112"]
    assert document["diagnostics"][0]["span"]["endColumn"] == 31
    assert "error[MQ112]" in ran.err


def test_markdown_says_why_there_is_no_plan(project: Project) -> None:
    project.topics(MISSPELT)
    ran = project.mq("plan", "-o", "markdown")
    assert ran.code == 1
    assert ran.out.startswith("### No plan: 1 error\n\n```\nerror[MQ112]: ")
    assert "did you mean `partitions`?" in ran.out


def test_a_file_gets_why_there_is_no_plan_in_place_of_an_old_plan(project: Project) -> None:
    file = project.root / "plan.json"
    project.mq("plan", "-o", f"json={file}")
    assert json.loads(file.read_text())["kind"] == "Plan"
    project.topics(MISSPELT)
    assert project.mq("plan", "-o", f"json={file}").code == 1
    assert json.loads(file.read_text())["kind"] == "Diagnostics"
    refused = project.mq("apply", str(file))
    assert refused.code == 5
    assert "MQ191" in refused.err


def test_a_dash_is_standard_output(project: Project) -> None:
    named, plain = project.mq("plan", "-o", "json=-"), project.mq("plan", "-o", "json")
    assert json.loads(named.out) == json.loads(plain.out)
    assert not (project.root / "-").exists()
    assert project.mq("plan", "-o", "json=-", "-o", "text").code == 64


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("plam",), "unknown command `plam`; did you mean `plan`?"),
        (("plan", "--environment", "local"), "unknown option `--environment`; did you mean `--env`?"),
        (("plan", "--exlude", "name:a"), "unknown option `--exlude`; did you mean `--exclude`?"),
        (("plan", "-o", "jsn"), "unknown format `jsn`; did you mean `json`?"),
        (("plan", "--select", "knd:topics"), "did you mean `kind`?"),
        (("explain", "MQ20"), "codes of this family: MQ201, MQ202"),
        (("explain", "kafka/topic"), "did you mean `kafka/topics`?"),
        (("explain", "rabbitmqq"), "did you mean `rabbitmq`?"),
        (("plan", "--max-deletes", "kafka/topcs=3"), "did you mean `kafka/topics`?"),
    ],
)
def test_words_of_the_command_line_are_suggested(project: Project, words: tuple[str, ...], says: str) -> None:
    ran: Ran = project.mq(*words)
    assert ran.code == 64
    assert says in ran.err


def test_a_misspelt_environment_is_suggested(project: Project) -> None:
    ran = project.mq("plan", "-e", "locl")
    assert ran.code == 1
    assert "did you mean `local`?" in ran.err


def test_a_project_file_with_another_ending_is_found_out(project: Project) -> None:
    (project.root / "mqinfra.yaml").rename(project.root / "mqinfra.yml")
    ran = project.mq("plan")
    assert ran.code == 1
    assert "rename `mqinfra.yml` to mqinfra.yaml" in ran.err


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_an_apply_that_begins_nothing_says_why_in_the_format_that_was_asked_for(project: Project, form: str) -> None:
    project.topics("    orders.created: {partitions: 12, replicationFactor: 9}\n")
    ran = project.mq("apply", "--auto-approve", "-o", form)
    assert ran.code == 3
    if form == "json":
        document = json.loads(ran.out)
        assert document["kind"] == "Diagnostics"
        found = document["diagnostics"]
    else:
        found = [json.loads(line) for line in ran.out.splitlines()]
        assert {item["event"] for item in found} == {"diagnostic"}
    assert "error" in {item["severity"] for item in found}
    project.topology("kafka: [")
    assert project.mq("apply", "--auto-approve", "-o", form).out != ""
