"""A broker's operating system process: started, paused, and stopped by pid."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tests.brokers.errors import BrokerError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Asks the kernel to kill this process when its parent goes, then becomes the broker.
# A wrapper rather than preexec_fn, which is unsafe in a process with threads.
_GUARD = """
import ctypes, os, sys
ctypes.CDLL(None, use_errno=True).prctl(1, 9, 0, 0, 0)
if os.getppid() != int(sys.argv[1]): sys.exit("the parent is gone")
os.execvp(sys.argv[2], sys.argv[2:])
"""
_TAIL_BYTES = 8_000


@cache
def _spawner() -> ThreadPoolExecutor:
    # The kernel's death signal follows the *thread* that forked. A test may restart a broker
    # from a thread that ends soon (a proxy's callback), so one lasting thread forks them all.
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="broker-spawner")


class Process:
    """One process with its output in a file; `detached` ones outlive this interpreter."""

    def __init__(
        self, command: Sequence[str], log: Path, *, env: Mapping[str, str] | None = None, detached: bool = False
    ) -> None:
        self.log = log
        self._paused = False
        guard = [] if detached else [sys.executable, "-I", "-S", "-c", _GUARD, str(os.getpid())]
        full_command = [*guard, *command]

        def spawn() -> subprocess.Popen[bytes]:
            with log.open("ab") as output:
                return subprocess.Popen(
                    full_command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env=None if env is None else {**os.environ, **env},
                    start_new_session=True,
                )

        self._popen = spawn() if detached else _spawner().submit(spawn).result()
        self.pid = self._popen.pid

    @property
    def running(self) -> bool:
        return self._popen.poll() is None

    def pause(self) -> None:
        """Freeze the process: its ports accept connections, nothing answers."""
        if self.running:
            os.kill(self.pid, signal.SIGSTOP)
            self._paused = True

    def resume(self) -> None:
        if self._paused and self.running:
            os.kill(self.pid, signal.SIGCONT)
        self._paused = False

    def stop(self, grace: float = 20.0) -> None:
        """Ask the process to end, and kill it when it has not ended in `grace` seconds."""
        self.resume()
        if self.running and grace > 0:
            self._popen.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._popen.wait(grace)
        self.kill()

    def kill(self) -> None:
        if self.running:
            self._popen.kill()
        self._popen.wait()
        self._paused = False

    def tail(self) -> str:
        """The end of the process's output, for an error message."""
        return tail(self.log)


def tail(log: Path) -> str:
    try:
        return log.read_bytes()[-_TAIL_BYTES:].decode(errors="replace")
    except OSError:
        return "(no output)"


def is_process(pid: int, marker: str) -> bool:
    """Tell whether `pid` is alive and still the process whose command line holds `marker`."""
    proc = Path("/proc") / str(pid)
    try:
        return marker in (proc / "cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return False


def stop_pid(pid: int, marker: str, grace: float = 20.0) -> bool:
    """Stop a process of an earlier command; False when the pid is no longer that process."""
    if not is_process(pid, marker):
        return False
    for number, patience in ((signal.SIGCONT, 0.0), (signal.SIGTERM, grace), (signal.SIGKILL, 10.0)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if not is_process(pid, marker):
                return True
            time.sleep(0.05)
    raise BrokerError(f"process {pid} did not end")
