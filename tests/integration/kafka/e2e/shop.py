"""A project in a folder of its own, and `mqinfra` run in it: inside this process, or as one that can be interrupted."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mqinfra.cli.main import run

MQINFRA = (sys.executable, "-m", "mqinfra")
OURS_TO_MEND = ("Traceback", "internal error", "Exception in thread")
PATIENCE = 120.0
"""Seconds after which a command hangs, also on a machine that does a lot at once."""

_PROJECT = """\
apiVersion: mqinfra/v1
kind: Project
metadata: {{name: {name}}}
manifests: [topology/]
scope: {{kafka: {scope}}}
defaults: {defaults}
environments:
  it:
    clusters:
{clusters}
"""
_HEAD = """\
apiVersion: mqinfra/v1
kind: Topology
metadata: {name: orders}
"""


@dataclass(frozen=True)
class Ran:
    """How one command line ended; `seconds` of wall clock."""

    code: int
    out: str
    err: str
    seconds: float = 0.0

    @property
    def text(self) -> str:
        return self.out + self.err

    def json(self) -> Any:
        return json.loads(self.out)


class Running:
    """A command line that runs, for whoever wants to interrupt or kill it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._started = time.monotonic()
        self._err = ""

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def kill(self) -> None:
        """End it as `kill -9` does, and return when it is gone."""
        self._process.kill()
        self._process.wait()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def said(self, words: str) -> None:
        """Wait until these words came on stderr."""
        assert self._process.stderr is not None
        while words not in self._err:
            line = self._process.stderr.readline()
            assert line, f"ended without saying {words!r}:\n{self._err}"
            self._err += line

    @property
    def arguments(self) -> str:
        """What `ps` shows of it."""
        return Path(f"/proc/{self._process.pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()

    def end(self, patience: float = PATIENCE) -> Ran:
        """Wait for the end of it; one that fails as no user should see it is no end."""
        try:
            out, err = self._process.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            out, err = self._process.communicate()
            raise AssertionError(f"still running after {patience:.0f} s:\n{out}{err}") from None
        ran = Ran(self._process.returncode, out, self._err + err, time.monotonic() - self._started)
        assert not any(word in ran.text for word in OURS_TO_MEND), ran.text
        return ran


class Shop:
    """A project with one environment, whose clusters and topics a test sets.

    Attributes:
        root: its folder.
        name: its name.
        scope: what it owns on Kafka, as a YAML flow mapping.
        defaults: its defaults, likewise; tests make by hand what a plan then changes.
    """

    name = "shop"
    scope = '{topics: ["orders.*"]}'
    defaults = "{kafka/topics: {lifecycle: {adopt: true}}}"

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "topology").mkdir(parents=True)

    def clusters(self, **blocks: str) -> None:
        """Write the clusters, one YAML flow mapping per alias."""
        lines = "\n".join(f"      {alias}: {block}" for alias, block in blocks.items())
        text = _PROJECT.format(name=self.name, scope=self.scope, defaults=self.defaults, clusters=lines)
        (self.root / "mqinfra.yaml").write_text(text)

    def topics(self, *entries: str, removed: tuple[str, ...] = (), alias: str = "kafka") -> None:
        """Write the topology `ALIAS.yaml`: on the cluster `kafka` its first topic stands in line 6, four blanks in."""
        where = [] if alias == "kafka" else [f"  cluster: {alias}"]
        lines = ["kafka:", *where, "  topics:", *(f"    {entry}" for entry in entries)] if entries else []
        lines += ["removed:", *(f"  {alias}/topics/{entry}" for entry in removed)] if removed else []
        self.topology("\n".join(lines) + "\n", alias)

    def topology(self, text: str, name: str) -> None:
        (self.root / "topology" / f"{name}.yaml").write_text(_HEAD + text)

    def start(self, *arguments: str, env: dict[str, str] | None = None) -> Running:
        """Run a command line as a process of its own."""
        process = subprocess.Popen(
            [*MQINFRA, *arguments],
            cwd=self.root,
            env=os.environ | (env or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        return Running(process)

    def run(self, *arguments: str, env: dict[str, str] | None = None) -> Ran:
        """Run a command line inside this process, which saves what starting one takes.

        A verification runs by itself: the clients that it makes and has cut off end with its process.
        """
        if arguments[0] == "verify":
            return self.start(*arguments, env=env).end()
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
        began = time.monotonic()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.chdir(self.root)
            for name, value in (env or {}).items():
                patch.setenv(name, value)
            code = run(list(arguments))
        said, told = (stream.buffer.getvalue().decode() for stream in (out, err))
        ran = Ran(code, said, told, time.monotonic() - began)
        assert not any(word in ran.text for word in OURS_TO_MEND), ran.text
        return ran

    def apply(self, *arguments: str) -> Ran:
        """Apply without asking; the report is JSON on stdout."""
        return self.run("apply", "--auto-approve", "-o", "json", *arguments)

    def save_plan(self, *arguments: str) -> Path:
        ran = self.run("plan", "-q", "-o", "json=plan.json", *arguments)
        assert ran.code == 0, ran.text
        return self.root / "plan.json"

    def apply_saved(self, *arguments: str) -> Ran:
        return self.run("apply", "plan.json", "-o", "json", *arguments)


def outcomes(ran: Ran) -> dict[str, str]:
    """Topic → how its change ended, from a report on stdout; `already` for what had been done before."""
    return {
        str(result["address"]).rpartition("/")[2]: "already" if result["already"] else str(result["outcome"])
        for result in ran.json()["results"]
    }
