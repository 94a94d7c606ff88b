"""Nothing that is printed is taken for a command by a CI runner that logs it, nor obeyed by a terminal."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.cli.conftest import Project
from tests.command import Ran

KEYS = (
    "::error file=x::pwn",
    "  ::warning::blanks",
    "a\n::stop-commands::tok",
    "##vso[task.setvariable variable=x]y",
    "mid ##[error]z",
    "##teamcity[blockOpened name='x']",
    "x\rsection_start:1:y\r\x1b[0K",
    "travis_fold:start:x\r\x1b[0K",
    "\u202egnp.exe\u200b",
    "\x9b31mred\x7f",
    "'::set-output name=a::b'",
    "\u2028::error::separator",
)
PROJECT = """\
apiVersion: mqinfra/v1
kind: Project
metadata: {name: shop}
manifests: [topology/]
scope: {redis: {wholeCluster: true}}
environments:
  local: {clusters: {redis: {type: redis, sandbox: true}}}
"""


def commands(text: str) -> Iterator[str]:
    """The lines that a runner would act on, by the runners' own rules and not by ours."""
    for line in re.split(r"\r\n|[\n\r\u0085\u2028\u2029]", text):
        if re.match(r"\s*::\w", line) or re.search(r"##\w*\[", line):
            yield line
    yield from re.findall(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069]", text)


@pytest.fixture
def hostile(project: Project) -> Project:
    (project.root / "mqinfra.yaml").write_text(PROJECT)
    declare(project, {key: {"groups": {key.strip(): {}}} for key in KEYS}, labels={"team": "b\n::error::x ##vso[y]"})
    return project


def declare(
    project: Project,
    streams: Mapping[str, object],
    removed: Mapping[str, object] | None = None,
    labels: Mapping[str, str] | None = None,
) -> None:
    document = {
        "apiVersion": "mqinfra/v1",
        "kind": "Topology",
        "metadata": {"name": "t ::error::m", "labels": dict(labels or {})},
        "redis": {"streams": streams},
        **({"removed": removed} if removed else {}),
    }
    project.topology(json.dumps(document))


def harmless(ran: Ran) -> None:
    assert list(commands(ran.out)) == []
    assert list(commands(ran.err)) == []
    assert "MQ195" not in ran.err


OUTPUTS = (
    ("validate", "text", "concise", "json"),
    ("render", "yaml"),
    ("plan", "text", "json", "markdown"),
    ("apply", "text", "json", "jsonl"),
    ("export", "yaml"),
    ("snapshot", "json"),
)


@pytest.mark.parametrize(("command", "form"), [(command, form) for command, *forms in OUTPUTS for form in forms])
def test_names_are_no_commands(hostile: Project, command: str, form: str) -> None:
    if command in ("export", "snapshot"):
        harmless(hostile.mq("apply", "--auto-approve"))
    approved = ["--auto-approve"] if command == "apply" else []
    for more in ((), ("-v",)):
        ran = hostile.mq(command, "-o", form, *approved, *more)
        assert ran.code == 0, ran.err
        assert "pwn" in ran.out or command == "validate" or (command == "apply" and more)
        harmless(ran)


def test_nor_are_they_in_what_is_wrong(hostile: Project) -> None:
    bad = {key: {"expectedMaxLength": "::error::no", key: 1} for key in KEYS}
    declare(hostile, bad, {"redis/streams/::error::gone": {"reason": "::error::r", "evenIf": ["::error::e"]}})
    for command in ("validate", "plan", "render", "apply"):
        ran = hostile.mq(command)
        assert ran.code == 1
        harmless(ran)


def test_nor_in_wrong_usage(hostile: Project) -> None:
    for arguments in (
        ("plan\n::error::x",),
        ("plan", "-e", "x\n::error::y ##vso[z]"),
        ("plan", "--select", "kin:x\n::error::y ##vso[z]"),
        ("plan", "-o", "x\n::error::y ##vso[z]"),
        ("plan", "--x\n::error::y"),
        ("plan", "--max-deletes", "x\n::error::y=1"),
        ("plan", "--timeout", "x\n::error::y"),
        ("explain", "x\n::error::y ##vso[z]"),
        ("plan", "-o", "json=x\n::error::y/##vso[z]"),
    ):
        ran = hostile.mq(*arguments)
        assert ran.code in (1, 64), arguments
        harmless(ran)


@pytest.mark.parametrize("command", ["render", "export"])
def test_what_is_printed_reads_back_as_it_was(hostile: Project, command: str) -> None:
    hostile.mq("apply", "--auto-approve")
    ran = hostile.mq(command)
    hostile.topology(ran.out)
    assert hostile.mq("plan", "--detailed-exitcode").code == 0
    again = hostile.mq(command)
    assert again.out == ran.out
    assert len(json.loads(Path(".mqinfra/sandbox/local/redis.json").read_text())["clusters"]["redis"]["resources"]) == (
        2 * len(KEYS)
    )
