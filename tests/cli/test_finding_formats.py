"""Findings for hosts of code and CI servers, from the command line; and every format where there is no result."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from mqinfra.cli.formats import outputs
from mqinfra.cli.output import FINDING_FORMATS
from mqinfra.render.terminal import clean
from tests.cli.conftest import Project
from tests.unit.render.findings import read_back

MISSPELT = "    orders.created: {partitons: 12}\n"
BLOCKED = "    orders.created: {partitions: 6}\n"


def is_html(text: str) -> None:
    assert text.startswith("<!doctype html>")
    assert "MQ112" in text


def is_markdown(text: str) -> None:
    assert text.startswith("### No plan: 1 error\n")


def is_json(text: str) -> None:
    assert json.loads(text)["kind"] == "Diagnostics"


def is_jsonl(text: str) -> None:
    assert [json.loads(line)["event"] for line in text.splitlines()] == ["diagnostic"]


def is_text(text: str) -> None:
    assert text.startswith("error[MQ112]: `partitons`: unknown field of a topic\n")


def is_github(text: str) -> None:
    ((command, properties, _),) = read_back.github(text)
    assert (command, properties["file"]) == ("error", "topology/orders.yaml")


def is_gitlab(text: str) -> None:
    assert [issue["check_name"] for issue in read_back.gitlab(text)] == ["MQ112"]


def is_sarif(text: str) -> None:
    assert [result["ruleIndex"] for result in read_back.sarif(text)["results"]] == [0]


def is_junit(text: str) -> None:
    assert read_back.junit(text).get("failures") == "1"


READERS: Mapping[str, Callable[[str], None]] = {
    "html": is_html,
    "markdown": is_markdown,
    "json": is_json,
    "jsonl": is_jsonl,
    "text": is_text,
    "github": is_github,
    "gitlab": is_gitlab,
    "sarif": is_sarif,
    "junit": is_junit,
}
WAYS: dict[str, tuple[str, ...]] = {
    "plan": (),
    "apply": ("--auto-approve",),
    "diff": ("local", "local"),
    "drift": (),
    "status": (),
    "history": (),
    "verify": (),
    "monitor status": (),
}


def formats_of(command: str) -> list[str]:
    return [form for form in outputs()[command].formats if form != "before"]


@pytest.mark.parametrize(
    ("command", "options", "form"),
    [(command, options, form) for command, options in WAYS.items() for form in formats_of(command)],
)
def test_every_format_says_why_there_is_no_result(
    project: Project, command: str, options: tuple[str, ...], form: str
) -> None:
    project.topics(MISSPELT)
    file = project.root / "out"
    file.write_text("of the last run")
    ran = project.mq(*command.split(), *options, "-o", f"{form}={file}")
    assert ran.code == 1
    assert ran.out == ""
    READERS[form](file.read_text(encoding="utf-8"))
    if form != "text":
        named = project.mq(*command.split(), *options, "-o", f"{form}=-")
        assert (named.code, named.out) == (1, file.read_text(encoding="utf-8"))


def test_several_formats_all_say_it(project: Project) -> None:
    project.topics(MISSPELT)
    forms = formats_of("plan")
    targets = [word for form in forms for word in ("-o", f"{form}={project.root / form}")]
    assert project.mq("plan", *targets, "-o", "junit").code == 1
    for form in forms:
        READERS[form]((project.root / form).read_text(encoding="utf-8"))


@pytest.mark.parametrize("form", [form for form in formats_of("show") if form != "text"])
def test_a_plan_that_can_not_be_shown_is_said_in_every_format(project: Project, form: str) -> None:
    broken = project.root / "plan.json"
    broken.write_text("{")
    ran = project.mq("show", str(broken), "-o", form)
    assert ran.code == 5
    assert "MQ191" in ran.out


def test_without_a_project_the_reason_is_given_too(
    project: Project, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    for form in FINDING_FORMATS:
        ran = project.mq("validate", "-o", form)
        assert ran.code == 1
        assert "mqinfra.yaml in" in ran.out


def test_a_bug_is_said_in_the_format_that_was_asked_for(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("mqinfra.cli.plan.planned", broken)
    ran = project.mq("plan", "-o", "json")
    assert ran.code == 1
    assert [item["code"] for item in json.loads(ran.out)["diagnostics"]] == ["MQ195"]
    assert "secret" not in ran.out + ran.err


def test_a_file_that_can_not_be_written_leaves_the_result_in_the_others(project: Project) -> None:
    plan = project.root / "plan.json"
    ran = project.mq("plan", "-o", f"json={plan}", "-o", f"junit={project.root / 'missing' / 'x.xml'}")
    assert ran.code == 1
    assert "MQ190" in ran.err
    assert json.loads(plan.read_text())["kind"] == "Plan"


def test_paths_are_from_the_root_of_the_repository_wherever_the_command_runs(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    project.topics(MISSPELT)
    inner = tmp_path / "infra" / "mq"
    inner.mkdir(parents=True)
    (tmp_path / ".git").write_text("gitdir: elsewhere")  # as in a worktree
    for name in ("mqinfra.yaml", "topology"):
        (tmp_path / name).rename(inner / name)
    for folder in (inner, inner / "topology"):
        monkeypatch.chdir(folder)
        (issue,) = read_back.gitlab(project.mq("validate", "-o", "gitlab").out)
        assert issue["location"] == {"path": "infra/mq/topology/orders.yaml", "lines": {"begin": 6}}
        (result,) = read_back.sarif(project.mq("plan", "-o", "sarif").out)["results"]
        assert read_back.sarif_path(result) == "infra/mq/topology/orders.yaml"
        ((_, properties, _),) = read_back.github(project.mq("plan", "-o", "github").out)
        assert properties["file"] == "infra/mq/topology/orders.yaml"


def test_what_a_plan_is_blocked_by_stands_at_its_line_in_every_format(project: Project) -> None:
    assert project.mq("apply", "--auto-approve").code == 0
    project.topics(BLOCKED)
    saved = project.root / "plan.json"
    made = project.mq("plan", "-o", f"json={saved}", "-o", "sarif")
    assert made.code == 3
    shown = {form: project.mq("show", str(saved), "-o", form).out for form in FINDING_FORMATS}
    for form in FINDING_FORMATS:
        assert project.mq("plan", "-o", form).out == shown[form], form
    (error,) = (one for one in read_back.sarif(made.out)["results"] if one["level"] == "error")
    assert error["locations"][0]["physicalLocation"]["region"]["startLine"] == 6
    assert error["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "kafka/topics/orders.created"
    changes, _ = read_back.junit(shown["junit"])
    failed = [case for case in changes if case.find("failure") is not None]
    assert [(case.get("name"), case.get("line")) for case in failed] == [("update topic orders.created", "6")]


def test_a_limit_that_many_deletes_exceed_is_one_finding_also_of_a_saved_plan(project: Project) -> None:
    names = [f"orders.t{number}" for number in range(12)]
    project.topics("".join(f"    {name}: {{partitions: 6}}\n" for name in names))
    assert project.mq("apply", "--auto-approve").code == 0
    project.topics("", "removed:\n" + "".join(f"  kafka/topics/{name}:\n" for name in names[:9]))
    saved = project.root / "plan.json"
    made = read_back.gitlab(project.mq("plan", "-o", f"json={saved}", "-o", "gitlab").out)
    assert [issue["check_name"] for issue in made if issue["severity"] == "critical"] == ["MQ204"]
    assert read_back.gitlab(project.mq("show", str(saved), "-o", "gitlab").out) == made


HOSTILE = [
    "]]>",
    '"><script>alert(1)</script>',
    "</details>",
    "::set-env name=A::b",
    "##vso[task.setvariable]x",
    "\x1b[2J\x1b]0;t\x07",
    "a\u202eb\u2066",
    "[click](http://evil)",
    "{0} {{1}}",
    "``` x",
    "100%, a:b",
]


@pytest.fixture
def hostile(project: Project) -> Project:
    """Queues with names that do something elsewhere, and a finding about each."""
    (project.root / "mqinfra.yaml").write_text(
        "apiVersion: mqinfra/v1\nkind: Project\nmetadata: {name: shop}\nmanifests: [topology/]\n"
        "scope: {rabbitmq: {vhosts: [/shop]}}\n"
        "environments: {local: {clusters: {rabbitmq: {type: rabbitmq, sandbox: {version: 4.2.0}}}}}\n"
    )
    queues = {name: {"durable": False} for name in HOSTILE}
    section = {"vhosts": {"/shop": {"queues": queues}}}
    project.topology(
        "apiVersion: mqinfra/v1\nkind: Topology\nmetadata: {name: orders}\n" + f"rabbitmq: {json.dumps(section)}\n"
    )
    return project


def test_names_do_nothing_in_any_format(hostile: Project) -> None:
    sarif = read_back.sarif(hostile.mq("plan", "-o", "sarif").out)["results"]
    gitlab = read_back.gitlab(hostile.mq("plan", "-o", "gitlab").out)
    github = read_back.github(hostile.mq("plan", "-o", "github").out)
    results = [read_back.sarif_text(one["message"]) for one in sarif if one["ruleId"] == "MQ431"]
    issues = [one["description"] for one in gitlab if one["check_name"] == "MQ431"]
    commands = [lines[0] for _, properties, lines in github if properties["title"].startswith("MQ431")]
    for found in (results, issues, commands):
        assert len(found) == len(HOSTILE)
        for name in HOSTILE:
            assert sum(text.startswith(clean(f"`{name}` and its messages")) for text in found) == 1
    planned = read_back.junit(hostile.mq("plan", "-o", "junit").out)
    applied = read_back.junit(hostile.mq("apply", "--auto-approve", "-o", "junit").out)
    for suite in (planned[0], applied[1]):
        names = {case.get("name") for case in suite if "queue" in (case.get("name") or "")}
        assert names == {clean(f"create queue /shop {name}") for name in HOSTILE}


def test_a_plan_without_findings_is_an_empty_report(project: Project) -> None:
    found = json.loads(project.mq("plan", "-o", "json").out)["diagnostics"]
    assert len(read_back.gitlab(project.mq("plan", "-o", "gitlab").out)) <= len(found)
    project.topics("    orders.created: {partitions: 6, replicationFactor: 3, config: {min.insync.replicas: 2}}\n")
    assert project.mq("validate", "-o", "gitlab").out == "[]\n"
    assert project.mq("validate", "-o", "github").out == ""


def test_an_apply_is_a_case_for_each_change(project: Project) -> None:
    (suite, changes) = read_back.junit(project.mq("apply", "--auto-approve", "-o", "junit").out)
    assert [len(case) for case in suite] == [0]
    assert sorted((case.get("name"), case.get("classname"), case.get("file")) for case in changes) == [
        ("create topic orders.cancelled", "shop.local.kafka", "topology/orders.yaml"),
        ("create topic orders.created", "shop.local.kafka", "topology/orders.yaml"),
    ]
    (alone,) = read_back.junit(project.mq("apply", "--auto-approve", "-o", "junit").out)
    assert alone.get("tests") == "1"


def test_drift_is_a_failure_for_each_resource(project: Project) -> None:
    project.mq("apply", "--auto-approve")
    assert read_back.junit(project.mq("drift", "-o", "junit").out).get("failures") == "0"

    def delete(resources: dict[str, dict[str, object]]) -> None:
        del resources["kafka/topics/orders.created"]

    project.by_hand(delete)
    ran = project.mq("drift", "-o", "junit")
    assert ran.code == 2
    (case,) = read_back.junit(ran.out).iter("testcase")
    assert (case.get("name"), case.findtext("failure")) == ("topic orders.created", "was deleted")


def test_every_command_that_can_fail_in_a_format_is_tested_here() -> None:
    failing = {name for name, output in outputs().items() if output.failures}
    assert failing == {"validate", "show", *WAYS}
