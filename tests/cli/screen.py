"""A terminal: a process in a session of its own behind a pseudo-terminal, and what is on its screen."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

PIECE = re.compile(r"\x1b\[([0-9;]*)([A-Za-z])|([\r\n\b])|([^\x1b\r\n\b]+)")


class Screen:
    """What a terminal shows: text that wraps at its width, cursor up, clearing below, and colours, which it drops."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns, self.rows = columns, rows
        self.lines: list[str] = [""]
        self.row = self.column = 0
        self.unknown: list[str] = []

    def feed(self, text: str) -> None:
        at = 0
        for match in PIECE.finditer(text):
            if match.start() != at:
                self.unknown.append(text[at : match.start()])
            at = match.end()
            if match[2]:
                self._control(match[1], match[2])
            elif match[3] == "\r":
                self.column = 0
            elif match[3] == "\n":
                self._down()
            elif match[3] == "\b":
                self.column = max(self.column - 1, 0)
            else:
                for char in match[4]:
                    self._put(char)

    def _control(self, arguments: str, command: str) -> None:
        if command == "A":
            top = max(len(self.lines) - self.rows, 0)
            self.row = max(self.row - int(arguments or 1), top)
        elif command == "J" and not arguments:
            self.lines = [*self.lines[: self.row], self.lines[self.row][: self.column]]
        elif command != "m":
            self.unknown.append(f"{arguments}{command}")

    def _down(self) -> None:
        self.row += 1
        if self.row == len(self.lines):
            self.lines.append("")

    def _put(self, char: str) -> None:
        if self.column == self.columns:
            self.column = 0
            self._down()
        line = self.lines[self.row].ljust(self.column)
        self.lines[self.row] = line[: self.column] + char + line[self.column + 1 :]
        self.column += 1

    def resize(self, columns: int) -> None:
        """Become narrower or wider, and wrap what is too long, as most terminals do."""
        wrapped: list[str] = []
        for at, line in enumerate(self.lines):
            pieces = [line[start : start + columns] for start in range(0, len(line), columns)] or [""]
            wrapped += pieces
            if at == self.row:
                self.row, self.column = len(wrapped) - 1, min(self.column, columns)
        self.lines, self.columns = wrapped, columns

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.lines).rstrip("\n")


class Terminal:
    """A process on a terminal of its own."""

    def __init__(
        self, words: Sequence[str], folder: Path, columns: int, rows: int = 24, env: Mapping[str, str] | None = None
    ) -> None:
        self.master, slave = pty.openpty()
        self.screen = Screen(columns, rows)
        self.raw = ""
        self._size(columns, rows)
        # Nothing of the runner's own terminal, nor that it is a CI server, holds for this one.
        rest = {key: value for key, value in os.environ.items() if key not in ("CI", "COLUMNS", "LINES", "NO_COLOR")}
        self.process = subprocess.Popen(
            [sys.executable, *words],
            cwd=folder,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env={**rest, "TERM": "xterm-256color", **(env or {})},
        )
        os.close(slave)

    def _size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def resize(self, columns: int) -> None:
        self._size(columns, self.screen.rows)
        self.screen.resize(columns)

    def key(self, text: str) -> None:
        os.write(self.master, text.encode())

    def until(self, pattern: str, seconds: float = 20.0) -> str:
        """Read until the screen shows something."""
        end = time.monotonic() + seconds
        while not re.search(pattern, self.screen.text, re.MULTILINE):
            assert time.monotonic() < end, f"no {pattern!r} on:\n{self.screen.text}"
            if not self._read(0.2):
                break
        assert re.search(pattern, self.screen.text, re.MULTILINE), self.screen.text
        return self.screen.text

    def rest(self, seconds: float = 30.0) -> int:
        """Read to the end, and give the exit code."""
        end = time.monotonic() + seconds
        try:
            while self._read(0.2):
                assert time.monotonic() < end, self.screen.text
            return self.process.wait(30)
        finally:
            if self.process.poll() is None:
                self.process.send_signal(signal.SIGKILL)
                self.process.wait()
            os.close(self.master)

    @property
    def flags(self) -> list[object]:
        """How the terminal is set."""
        return termios.tcgetattr(self.master)

    def _read(self, seconds: float) -> bool:
        """Take what comes; False when the process has gone and all is read."""
        ready, _, _ = select.select([self.master], [], [], seconds)
        if not ready:
            return self.process.poll() is None
        try:
            data = os.read(self.master, 65536)
        except OSError:  # the other side is closed
            return False
        text = data.decode("utf-8", "replace")
        self.raw += text
        self.screen.feed(text)
        return bool(data)
