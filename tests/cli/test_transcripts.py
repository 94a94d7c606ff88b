"""The pages that show commands with what they print: the commands run, and print that."""

import re
import shutil
from pathlib import Path
from textwrap import indent

import pytest

from tests.transcript import play

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PATTERNS = DOCS / "patterns.md"
IN_AN_EMPTY_FOLDER = {"deletion", "install", "kafka", "redis", "troubleshooting"}


def test_each_pattern_s_example_plans_what_its_page_shows(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    checkout = tmp_path / "checkout"
    shutil.copytree(ROOT / "examples", checkout / "examples", ignore=shutil.ignore_patterns(".mqinfra"))
    play(PATTERNS, checkout, request, quickly=True)


@pytest.mark.parametrize("block", re.findall(r"^```yaml\n(.*?)^```$", PATTERNS.read_text(), re.MULTILINE | re.DOTALL))
def test_what_a_pattern_declares_stands_in_its_example(block: str) -> None:
    files = [path.read_text(encoding="utf-8") for path in (ROOT / "examples").glob("*/topology/*.yaml")]
    assert sum(indent(block, " " * deep) in text for text in files for deep in range(0, 9, 2)) == 1


@pytest.mark.parametrize("name", sorted(IN_AN_EMPTY_FOLDER))
def test_a_page_is_true_in_an_empty_folder(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    play(DOCS / f"{name}.md", folder, request, quickly=True)
