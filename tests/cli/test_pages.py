"""README and docs do as they say: their YAML loads, their commands run."""

import re
from collections.abc import Iterator
from pathlib import Path
from textwrap import indent

import pytest

from mqinfra.engine.subjects import check_offline
from mqinfra.manifest.loader import Loaded, load
from mqinfra.providers.base.catalogue import installed
from tests.cli.conftest import Project
from tests.cli.test_transcripts import ENVIRONMENTS, IN_AN_EMPTY_FOLDER, MANY, PATTERNS

ROOT = Path(__file__).parents[2]
GENERATED = ROOT / "docs" / "diagnostics.md"
EXAMPLE = ROOT / "docs" / "writing-a-provider.md"  # its blocks are of another broker: tests/third_party tries them
POLICIES = ROOT / "docs" / "policy.md"  # tests/cli/test_policy.py tries it as a whole
FIRST = ROOT / "docs" / "first-project.md"  # tests/cli/test_first_project.py runs it
PLAYED = {ENVIRONMENTS, MANY, PATTERNS, *(ROOT / "docs" / f"{name}.md" for name in IN_AN_EMPTY_FOLDER)}
ELSEWHERE = {GENERATED, EXAMPLE, POLICIES, FIRST, *PLAYED}
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted({*(ROOT / "docs").glob("*.md")} - ELSEWHERE)]
HEAD = "apiVersion: mqinfra/v1\nkind: Project\nmetadata: {name: shop}\nmanifests: [topology/]\n"

EVERYTHING = (
    f"{HEAD}scope:\n  kafka: {{topics: [orders.*], principals: ['User:billing'], quotas: ['user=*', 'ip=*'],\n"
    "    groups: [billing, billing.*]}\n"
    "  rabbitmq: {vhosts: [/shop], users: [email]}\n"
    "environments:\n  prod:\n    clusters:\n"
    "      kafka: {type: kafka, sandbox: true}\n      rabbitmq: {type: rabbitmq, sandbox: true}\n"
)


def blocks(language: str) -> Iterator[str]:
    """The blocks of a language on all pages that people write."""
    for page in PAGES:
        yield from re.findall(
            rf"^```{language}\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
        )


def connection(text: str) -> str:
    """A block of connections as the environments of a project."""
    return text if text.startswith("environments:") else "environments:\n  prod:\n" + indent(text, "    ")


CONNECTIONS = [text for text in blocks("yaml") if text.startswith(("environments:", "clusters:"))]


def loaded(project: Project) -> Loaded:
    found = load(project.root, None, installed())
    assert [item.message for item in found.diagnostics] == []
    return found


@pytest.mark.parametrize("text", [text for text in blocks("yaml") if "kind: Topology" in text])
def test_a_manifest_on_a_page_is_sound(text: str, project: Project) -> None:
    (project.root / "mqinfra.yaml").write_text(EVERYTHING)
    project.topology(text)
    found = loaded(project)
    assert found.desired.declarations
    assert check_offline(found.desired, installed()) == []


@pytest.mark.parametrize("text", CONNECTIONS)
def test_a_connection_on_a_page_is_sound(text: str, project: Project) -> None:
    project.topics("")
    (project.root / "mqinfra.yaml").write_text(HEAD + "scope: {kafka: {topics: [orders.*]}}\n" + connection(text))
    assert loaded(project).clusters


@pytest.mark.parametrize("text", [text for text in blocks("yaml") if "\nprojects:" in text])
def test_a_clusters_file_on_a_page_is_sound(text: str, project: Project) -> None:
    (project.root / "clusters.yaml").write_text(text)
    scope = "scope: {kafka: {topics: [orders.*, billing.*]}}\n"
    (project.root / "mqinfra.yaml").write_text(HEAD + scope + "environments: {prod: {}}\n")
    found = load(project.root, None, installed(), clusters=project.root / "clusters.yaml")
    assert [item.message for item in found.diagnostics] == []
    assert found.desired.scope.of("kafka", "topics") == ("orders.*",)
    assert found.reach is not None
    assert "SHOP_*" in (found.reach.env or ())


def test_every_block_of_yaml_is_tried() -> None:
    assert all("kind: Topology" in text or text in CONNECTIONS or "\nprojects:" in text for text in blocks("yaml"))
    assert any("kind: Topology" in text for text in blocks("yaml"))


@pytest.mark.parametrize("page", [*PAGES, FIRST, POLICIES, *sorted(PLAYED)], ids=lambda page: page.name)
def test_what_a_page_explains_can_be_explained(page: Path, project: Project) -> None:
    for what in re.findall(r"`mqinfra explain ([^`]+)`", page.read_text(encoding="utf-8")):
        assert project.mq("explain", what).code == 0, what


def test_the_commands_on_the_pages_run_in_their_order(project: Project) -> None:
    (project.root / "mqinfra.yaml").write_text(EVERYTHING)
    project.topology(next(text for text in blocks("yaml") if "kind: Topology" in text))
    lines = [line for text in blocks("console") for line in text.splitlines() if line.startswith("$ mqinfra ")]
    assert len(lines) >= 3
    for line in lines:
        ran = project.mq(*line.partition("#")[0].split()[2:])
        assert (ran.code, line) == (0, line), ran.err
    steps = [
        line for text in blocks("yml") for line in re.findall(r"(?:run|script): mqinfra (.*)$", text, re.MULTILINE)
    ]
    assert len(steps) == len(list(blocks("yml")))
    for step in steps:
        assert project.mq(*step.split()).code == 0, step
    assert (project.root / "comment.md").exists()
    assert project.mq("plan", "--detailed-exitcode").code == 0
