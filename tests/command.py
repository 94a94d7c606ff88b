"""Command lines of mqinfra: run inside this process, or as one of their own that can be interrupted."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pytest

from mqinfra.cli.main import run

if TYPE_CHECKING:
    import signal
    from collections.abc import Mapping

MQINFRA = (sys.executable, "-m", "mqinfra")
OURS_TO_MEND = ("Traceback", "internal error", "Exception in thread")
PATIENCE = 120.0
"""Seconds after which a command hangs, also on a machine that does a lot at once."""


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

    def sound(self) -> Self:
        """The same, checked for tracebacks and internal errors, which no user should see."""
        assert not any(word in self.text for word in OURS_TO_MEND), self.text
        return self


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
        """Wait until it ends, and check that no user would see a traceback of ours."""
        try:
            out, err = self._process.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            out, err = self._process.communicate()
            raise AssertionError(f"still running after {patience:.0f} s:\n{out}{err}") from None
        return Ran(self._process.returncode, out, self._err + err, time.monotonic() - self._started).sound()


def started(root: Path, *arguments: str, env: Mapping[str, str] | None = None) -> Running:
    """Run a command line in a folder as a process of its own."""
    return Running(
        subprocess.Popen(
            [*MQINFRA, *arguments],
            cwd=root,
            env=os.environ | dict(env or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    )


def inside(root: Path, *arguments: str, env: Mapping[str, str] | None = None) -> Ran:
    """Run a command line in a folder inside this process, which saves what starting one takes."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    began = time.monotonic()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.chdir(root)
        for name, value in (env or {}).items():
            patch.setenv(name, value)
        code = run(list(arguments))
    said, told = (stream.buffer.getvalue().decode() for stream in (out, err))
    return Ran(code, said, told, time.monotonic() - began).sound()
