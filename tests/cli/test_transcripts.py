"""The pages that show commands with what they print: the commands run, and print that."""

import re
import shutil
from pathlib import Path
from textwrap import indent

import pytest

from mqinfra.manifest.loader import load
from mqinfra.providers.base.catalogue import installed
from tests.transcript import play

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PATTERNS = DOCS / "patterns.md"
ENVIRONMENTS = DOCS / "environments.md"
MANY = DOCS / "many-projects.md"
IN_AN_EMPTY_FOLDER = {"deletion", "install", "kafka", "redis", "taking-over", "troubleshooting"}


@pytest.mark.parametrize("page", [PATTERNS, ENVIRONMENTS, MANY], ids=lambda page: page.stem)
def test_examples_print_what_their_page_shows(page: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    checkout = tmp_path / "checkout"
    shutil.copytree(ROOT / "examples", checkout / "examples", ignore=shutil.ignore_patterns(".mqinfra"))
    play(page, checkout, request, quickly=True)


@pytest.mark.parametrize(
    "block", re.findall(r"^```yaml\n(.*?)^```$", ENVIRONMENTS.read_text(), re.MULTILINE | re.DOTALL)
)
def test_what_the_page_says_of_an_environment_is_sound(block: str, tmp_path: Path) -> None:
    project = "apiVersion: mqinfra/v1\nkind: Project\nmetadata: {name: shop}\nmanifests: [orders.yaml]\n"
    manifest = "apiVersion: mqinfra/v1\nkind: Topology\nmetadata: {name: orders}\nkafka: {topics: {orders: {}}}\n"
    clusters = "kafka: {type: kafka, sandbox: true}\nrabbitmq: {type: rabbitmq, sandbox: true}\n"
    for name, text in (("mqinfra.yaml", project + block), ("orders.yaml", manifest), ("clusters.yaml", clusters)):
        tmp_path.joinpath(name).write_text(text, encoding="utf-8")
    found = load(tmp_path, None, installed(), clusters=tmp_path / "clusters.yaml").diagnostics
    assert [item.message for item in found] == []


@pytest.mark.parametrize("block", re.findall(r"^```yaml\n(.*?)^```$", PATTERNS.read_text(), re.MULTILINE | re.DOTALL))
def test_what_a_pattern_declares_stands_in_its_example(block: str) -> None:
    files = [path.read_text(encoding="utf-8") for path in (ROOT / "examples").glob("*/topology/*.yaml")]
    assert sum(indent(block, " " * deep) in text for text in files for deep in range(0, 9, 2)) == 1


@pytest.mark.parametrize("block", re.findall(r"^```yaml\n(.*?)^```$", MANY.read_text(), re.MULTILINE | re.DOTALL))
def test_what_is_said_of_many_projects_stands_in_their_example(block: str) -> None:
    files = [path.read_text(encoding="utf-8") for path in (ROOT / "examples" / "many-projects").rglob("*.yaml")]
    assert any(block in text for text in files)


@pytest.mark.parametrize("name", sorted(IN_AN_EMPTY_FOLDER))
def test_a_page_is_true_in_an_empty_folder(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    play(DOCS / f"{name}.md", folder, request, quickly=True)
