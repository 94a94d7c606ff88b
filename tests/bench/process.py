"""Running a program and saying what it took: wall time, processor time, memory, and where it was at marks.

Separate because everything is measured this one way, mqinfra and the raw client alike: as whole processes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.table import MEBI

if TYPE_CHECKING:
    from collections.abc import Sequence

MQINFRA = str(Path(sys.executable).with_name("mqinfra"))
_TICKS = os.sysconf("SC_CLK_TCK")
_KIBI = 1024
# Whoever installs mqinfra has its byte code; an environment that forbids writing it would measure the compiler as well.
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


class WorkNotDoneError(Exception):
    """A run that did not do what was to be measured. The message says which, and what it said."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a stretch of work took.

    Attributes:
        wall: seconds on the clock.
        cpu: seconds of processor time, user and system.
    """

    wall: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Ran:
    """A program that ran.

    Attributes:
        total: what all of it took.
        after: what it took after the mark; all of it when there was no mark.
        peak: peak memory in MB (2**20 bytes).
        out: what it wrote to stdout.
        err: what it wrote to stderr.
    """

    total: Spent
    after: Spent
    peak: float
    out: str
    err: str


def run(command: Sequence[str], folder: Path, *, mark: str = "", code: int = 0, within: float = 240.0) -> Ran:
    """Run a program to its end.

    Args:
        command: program and arguments.
        folder: working directory.
        mark: the text of stderr after whose line the second part begins.
        code: the exit code that says it did its work.
        within: seconds after which it is killed.

    Raises:
        WorkNotDoneError: it ended otherwise, or the mark never came.
    """
    with tempfile.TemporaryFile("w+") as out:
        begun = time.perf_counter()
        program = subprocess.Popen(command, cwd=folder, env=_ENVIRONMENT, stdout=out, stderr=subprocess.PIPE, text=True)
        alarm = threading.Timer(within, program.kill)
        alarm.start()
        assert program.stderr is not None
        lines: list[str] = []
        marked: Spent | None = None
        for line in program.stderr:
            lines.append(line)
            if mark and marked is None and mark in line:
                marked = Spent(time.perf_counter() - begun, _cpu_of(program.pid))
        program.stderr.close()
        _, status, usage = os.wait4(program.pid, 0)
        wall = time.perf_counter() - begun
        alarm.cancel()
        program.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said = out.read()
    text = "".join(lines)
    if program.returncode != code or (mark and marked is None):
        end = "\n".join((said + text).splitlines()[-12:])
        raise WorkNotDoneError(f"`{' '.join(command[:8])}` ended with {program.returncode}, not {code}:\n{end}")
    total = Spent(wall, usage.ru_utime + usage.ru_stime)
    after = total if marked is None else Spent(total.wall - marked.wall, total.cpu - marked.cpu)
    return Ran(total, after, usage.ru_maxrss * _KIBI / MEBI, said, text)


def mqinfra(folder: Path, *arguments: str, mark: str = "", code: int = 0) -> Ran:
    """Run the console script as a user does."""
    return run([MQINFRA, *arguments], folder, mark=mark, code=code)


def script(name: str, folder: Path, *arguments: str) -> Ran:
    """Run a file of this package as a program of its own; `-P` keeps its siblings from hiding anybody's modules."""
    return run([sys.executable, "-P", str(Path(__file__).with_name(name)), *arguments], folder)


def _cpu_of(pid: int) -> float:
    """Processor seconds of a running process (proc(5): fields 14 and 15, counted after the name in parentheses)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS
