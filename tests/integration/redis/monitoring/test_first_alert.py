"""The README of the example, typed line by line: from nothing to an alert that fires in Prometheus, and is over."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.brokers import debian
from tests.brokers.fixtures import is_matrix, matrix_only
from tests.brokers.ports import free_ports
from tests.brokers.prometheus import release
from tests.brokers.redis.deployment import RedisDeployment

EXAMPLE = Path(__file__).parents[4] / "examples" / "monitoring"
NOT_RUN = (
    "sudo apt install redis-server prometheus python3-venv",
    "python3 -m venv ~/mqinfra",
    ". ~/mqinfra/bin/activate",
    "pip install 'mqinfra[monitor]'",
)
"""What a reader installs is there already."""
_BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PATIENCE = 60.0
_DONE = "-- done"


class Shell:
    """A shell that is typed into, with the example in its folder, and programs under the names that a reader types."""

    def __init__(self, folder: Path, programs: dict[str, tuple[str, ...]]) -> None:
        tools = folder / "tools"
        tools.mkdir()
        for name, words in programs.items():
            (tools / name).write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n')
            (tools / name).chmod(0o755)
        self.folder = folder
        self._process = subprocess.Popen(
            ["bash", "--norc"],
            cwd=folder,
            env={**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "TERM": "dumb"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def type(self, line: str) -> str:
        """Type a line, wait until it is done, and return what it printed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f'{line}\necho "{_DONE} $?"\n')
        self._process.stdin.flush()
        said: list[str] = []
        for got in self._process.stdout:
            if got.startswith(_DONE):
                assert got.split()[-1] == "0", f"{line}\n{''.join(said)}"
                break
            said.append(got)
        return "".join(said)

    def close(self) -> None:
        """End it with all that it began."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()


@pytest.fixture
def ports() -> dict[str, str]:
    exporter, prometheus = free_ports(2)
    return {"9808": str(exporter), "9099": str(prometheus)}


@pytest.fixture
def shell(
    redis_7: RedisDeployment, ports: dict[str, str], tmp_path: Path, pytestconfig: pytest.Config
) -> Iterator[Shell]:
    if not is_matrix(pytestconfig):
        pytest.skip(matrix_only("the README of examples/monitoring"))
    redis_7.wipe()
    root, (node, *_) = release.installed(), redis_7.block["nodes"]
    folder = tmp_path / "examples" / "monitoring"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".mqinfra"))
    # Nothing is where the packages put it, and nobody waits for minutes here.
    rewrite(folder / "clusters.yaml", {"127.0.0.1:6379": node})
    rewrite(folder / "prometheus.yml", {"9808": ports["9808"], "_interval: 15s": "_interval: 1s"})
    shell = Shell(
        tmp_path,
        {
            "mqinfra": (sys.executable, "-m", "mqinfra"),
            "redis-cli": ("/usr/bin/redis-cli", "-u", f"redis://{node}"),
            "promtool": debian.argv(root, "promtool", "promtool"),
            "prometheus": debian.argv(root, "prometheus", "prometheus"),
        },
    )
    try:
        yield shell
    finally:
        shell.close()


def rewrite(file: Path, changes: dict[str, str]) -> None:
    text = file.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


def steps(ports: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Each line that is typed, and what stands under it as printed."""
    blocks = [(found[1], found[2]) for found in _BLOCK.finditer((EXAMPLE / "README.md").read_text(encoding="utf-8"))]
    for index, (language, text) in enumerate(blocks):
        if language == "text":
            continue
        for old, new in {**ports, "monitor export": f"monitor export --listen 127.0.0.1:{ports['9808']}"}.items():
            text = text.replace(old, new)  # noqa: PLW2901
        *lines, last = text.splitlines()
        printed = blocks[index + 1][1] if blocks[index + 1 : index + 2] and blocks[index + 1][0] == "text" else ""
        yield from ((line, "") for line in lines)
        yield last, printed


def labels(text: str) -> str:
    """The series of a query, without its value."""
    return text.partition(" => ")[0]


def test_a_newcomer_comes_from_nothing_to_an_alert_that_fires(shell: Shell, ports: dict[str, str]) -> None:
    assert set(NOT_RUN) <= {line for line, _ in steps(ports)}
    said: list[tuple[str, str]] = []
    for line, printed in steps(ports):
        if line in NOT_RUN:
            continue
        end = time.monotonic() + _PATIENCE
        while printed and labels(shell.type(line)) != labels(printed):
            assert time.monotonic() < end, shell.type("cat exporter.log prometheus.log") + shell.type(line)
            time.sleep(0.5)
        said.append((line, shell.type(line)))
        if line.startswith("promtool test rules"):
            shell.type("sed -i 's/for: 5m/for: 2s/' alerts.yml")
    health = [text for line, text in said if line == "mqinfra monitor status"]
    states = [set(re.findall(r"^[A-Z_]{2,}", text, re.MULTILINE)) for text in health]
    assert states == [{"OK"}, {"LAGGING", "OK"}, {"OK"}], "\n".join(health)
    assert sum("SUCCESS" in text for line, text in said if line.startswith("promtool")) == 4
