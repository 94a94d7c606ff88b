"""Pages whose console blocks a shell plays, one after the other: under each command stands what it prints."""

import io
import os
import re
import shlex
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from mqinfra.cli.main import run as mqinfra

_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PLAIN = re.compile(r"[\w /.,:=*{}%-]+")
# What differs from run to run.
_VARYING = (
    (re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?(\+00:00|Z| UTC)?"), "2026-11-29 09:25"),
    (re.compile(r"sha256:[0-9a-f]+"), "sha256:..."),
    (re.compile(r"\b[\w.-]+@[\w.-]+"), "you@here"),
)


def run(command: str, folder: Path) -> str:
    """Run a line of a page as a shell does."""
    tools = folder.parent / "tools"
    tools.mkdir(exist_ok=True)
    (tools / "mqinfra").write_text(f'#!/bin/sh\nexec {sys.executable} -m mqinfra "$@"\n')
    (tools / "mqinfra").chmod(0o755)
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
    assert ran.returncode == 0, f"{command}\n{ran.stdout}"
    return _constant(ran.stdout)


def run_quickly(command: str, folder: Path) -> str:
    """Run a line inside this process where it is mqinfra alone, which saves starting it, and else as a shell does."""
    words = shlex.split(command)
    if words[0] != "mqinfra" or not _PLAIN.fullmatch(command):
        return run(command, folder)
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(said):
        patch.chdir(folder)
        for name in [name for name in os.environ if name.startswith("MQINFRA")]:
            patch.delenv(name)
        code = mqinfra(words[1:])
    assert code == 0, f"{command}\n{said.getvalue()}"
    return _constant(said.getvalue())


def _constant(said: str) -> str:
    """What was printed, with words in the place of what differs from run to run."""
    for pattern, word in _VARYING:
        said = pattern.sub(word, said)
    return said


def play(page: Path, folder: Path, request: pytest.FixtureRequest, *, quickly: bool = False) -> None:
    """Play a page in a folder, and hold it to what was printed; `--update-golden` writes that into the page."""
    text = page.read_text(encoding="utf-8")
    call = run_quickly if quickly else run

    def printed(block: re.Match[str]) -> str:
        commands = [line for line in block[1].splitlines() if line.startswith("$ ")]
        said = [f"{line}\n{call(line[2:], folder)}" for line in commands]
        return "```console\n" + "".join(text if text.endswith("\n") else f"{text}\n" for text in said) + "```"

    now = _BLOCK.sub(printed, text)
    if request.config.getoption("--update-golden"):
        page.write_text(now, encoding="utf-8")
    assert now == page.read_text(encoding="utf-8")
