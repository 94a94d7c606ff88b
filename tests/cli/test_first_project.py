"""The page for beginners, run as it stands: from an empty folder to a reviewed apply, by its own commands."""

import os
import re
import subprocess
import time
from pathlib import Path

import pytest

from tests.on_path import programs

PAGE = Path(__file__).parents[2] / "docs" / "first-project.md"
_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MINUTES = 10
# What differs from run to run.
_VARYING = (
    (re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?(\+00:00|Z| UTC)?"), "2026-11-29 09:25"),
    (re.compile(r"sha256:[0-9a-f]+"), "sha256:..."),
    (re.compile(r"\b[\w.-]+@[\w.-]+"), "you@here"),
)


def run(command: str, folder: Path) -> str:
    """Run a line of the page as a shell does."""
    tools = programs(folder.parent / "tools")
    given = {name: value for name, value in os.environ.items() if not name.startswith("MQINFRA")}
    environment = {**given, "PATH": f"{tools}:{os.environ['PATH']}", "USER": "you", "LOGNAME": "you"}
    ran = subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout
    for pattern, word in _VARYING:
        ran.stdout = pattern.sub(word, ran.stdout)
    return ran.stdout


def test_the_page_is_true_from_an_empty_folder_to_a_reviewed_apply(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    folder = tmp_path / "mail"
    folder.mkdir()
    page = PAGE.read_text(encoding="utf-8")
    began = time.monotonic()

    def printed(block: re.Match[str]) -> str:
        commands = [line for line in block[1].splitlines() if line.startswith("$ ")]
        said = [f"{line}\n{run(line[2:], folder)}" for line in commands]
        return "```console\n" + "".join(text if text.endswith("\n") else f"{text}\n" for text in said) + "```"

    now = _BLOCK.sub(printed, page)
    assert time.monotonic() - began < MINUTES * 60
    if request.config.getoption("--update-golden"):
        PAGE.write_text(now, encoding="utf-8")
    assert now == PAGE.read_text(encoding="utf-8")
