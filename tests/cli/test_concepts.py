"""The ideas that `explain` knows: every example of theirs is sound, and every name that is typed is completed."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mqinfra.cli.concept import concept_text, concepts
from mqinfra.manifest.loader import load
from mqinfra.providers.base.catalogue import installed
from tests.cli.conftest import PROJECT, Project
from tests.command import Ran
from tests.days import SOON

EXAMPLES = Path(__file__).parents[2] / "examples"
HEAD = "apiVersion: mqinfra/v1\nkind: Topology\nmetadata: {name: shop}\n"
CLUSTERS = "".join(f"{one}: {{type: {one}, sandbox: true}}\n" for one in ("kafka", "rabbitmq", "redis"))
SCOPE = (
    "scope: {kafka: {topics: [orders.*], groups: [billing], principals: ['User:billing']}, "
    "rabbitmq: {vhosts: {/shop: {}}}, redis: {wholeCluster: true}}\n"
)
BLOCKS = [
    pytest.param(name, text, id=f"{name}-{number}")
    for name in concepts()
    for number, text in enumerate(re.findall(r"^```yaml\n(.*?)^```$", concept_text(name), re.MULTILINE | re.DOTALL))
]


@pytest.mark.parametrize(("name", "text"), BLOCKS)
def test_an_example_of_an_idea_is_sound(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "clusters").mkdir()
    (tmp_path / "clusters" / "prod.yaml").write_text(CLUSTERS)
    (tmp_path / "topology").mkdir()
    text = re.sub(r"until: \d{4}-\d{2}-\d{2}", f"until: {SOON}", text)
    of_project = text.startswith(("apiVersion: mqinfra/v1\nkind: Project", "scope:", "environments:", "policy:"))
    project, topology = PROJECT, HEAD
    if text.startswith("apiVersion: mqinfra/v1\nkind: Project"):
        project = text
    elif of_project:
        head = PROJECT.partition("scope:")[0]
        environments = (
            "" if text.startswith("environments:") else "environments: {prod: {clusters: clusters/prod.yaml}}\n"
        )
        environments = environments.replace("prod:", "local:")
        project = f"{head}{'' if text.startswith('scope:') else SCOPE}{environments}{text}"
    else:
        head = PROJECT.partition("scope:")[0]
        variables = "variables: {size: 3}, " if "${size}" in text else ""
        project = f"{head}{SCOPE}environments: {{local: {{{variables}clusters: clusters/prod.yaml}}}}\n"
        topology = text if text.startswith("apiVersion") else HEAD + text
    if name == "overrides":
        topology += "kafka: {topics: {orders.created: {partitions: 3}}}\n"
    if name == "environments":
        topology += "kafka: {topics: {orders.created: {partitions: 3, labels: {tier: gold}}}}\n"
    (tmp_path / "mqinfra.yaml").write_text(project)
    (tmp_path / "topology" / "shop.yaml").write_text(topology)
    environment = next(one for one in ("prod", "local") if f"{one}:" in project.partition("environments:")[2])
    found = load(tmp_path, environment, installed())
    assert [item.message for item in found.diagnostics] == []
    assert found.desired.environment == environment


def test_each_idea_is_explained_with_a_heading_and_listed(mq: Callable[..., Ran]) -> None:
    listed = mq("explain").out
    for name, title in concepts().items():
        ran = mq("explain", name)
        assert ran.code == 0
        assert ran.out.startswith(f"{name}: {title}\n")
        assert "```" not in ran.out
        assert title in listed


@pytest.mark.parametrize(
    "what",
    ["rabbitmq/queues.retry.delays", "kafka/topics.lifecycle.ignore", "redis/streams.labels", "kafka/access.streams"],
)
def test_fields_of_blocks_and_of_every_entry_are_explained(mq: Callable[..., Ran], what: str) -> None:
    ran = mq("explain", what)
    assert (ran.code, ran.out.splitlines()[0]) == (0, what)
    assert len(ran.out.splitlines()) > 2


def test_a_slip_is_answered_with_what_was_meant(mq: Callable[..., Ran]) -> None:
    assert "did you mean `overrides`?" in mq("explain", "override").err
    assert "did you mean `lifecycle.protect`?" in mq("explain", "kafka/topics.lifecycle.protec").err


COMPLETED = [
    (["plan", "-e", "lo"], {"local"}),
    (["plan", "--select", "rabbitmq/exchanges/"], {"rabbitmq/exchanges/%2Fmail/mail"}),
    (["plan", "--select", "kind:que"], {"kind:queues"}),
    (["plan", "--exclude", "kind:queues,label:"], {"kind:queues,label:team=mail"}),
    (["plan", "-o", "sa"], {"sarif"}),
    (["explain", "MQ64"], {"MQ640", "MQ644"}),
    (["explain", "rabbitmq/queues.retry.d"], {"rabbitmq/queues.retry.delays"}),
    (["explain", "sc"], {"scope"}),
    (["app"], {"apply"}),
    (["adopt", "--fr"], {"--from"}),
]


@pytest.fixture(scope="module")
def work_queue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop") / "work-queue"
    shutil.copytree(EXAMPLES / "work-queue", folder, ignore=shutil.ignore_patterns(".mqinfra"))
    return folder


def completed(folder: Path, words: list[str], shell: str = "bash") -> str:
    """What a shell is offered; it must not hear of errors."""
    at = words[-1] if shell == "fish" else str(len(words))
    given = {"COMP_WORDS": " ".join(["mqinfra", *words]), "COMP_CWORD": at, "_MQINFRA_COMPLETE": f"{shell}_complete"}
    ran = subprocess.run(
        [sys.executable, "-m", "mqinfra"],
        cwd=folder,
        env={**os.environ, **given},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout


@pytest.mark.parametrize(("words", "wanted"), COMPLETED)
def test_a_shell_completes_what_the_project_has(words: list[str], wanted: set[str], work_queue: Path) -> None:
    assert wanted <= {line.partition(",")[2] for line in completed(work_queue, words).splitlines()}


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_every_shell_completes(shell: str, work_queue: Path) -> None:
    assert "rabbitmq/exchanges/%2Fmail/mail" in completed(work_queue, ["plan", "--select", "rabbitmq/exch"], shell)


def test_outside_of_a_project_nothing_is_completed_and_nothing_said(tmp_path: Path) -> None:
    assert completed(tmp_path, ["plan", "--select", "k"]).strip() == ""


def test_a_project_that_can_not_be_read_completes_nothing(project: Project) -> None:
    (project.root / "mqinfra.yaml").write_text("[")
    assert completed(project.root, ["plan", "-e", "l"]).strip() == ""
