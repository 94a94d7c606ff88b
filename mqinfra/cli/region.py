"""Lines at the end of a terminal that change, while what stays to be read goes above them.

One thread alone writes to the terminal meanwhile: whoever has something to say hands it over, also out of a handler of
signals, which must not write in the middle of another write. The cursor stays visible, and nothing of the terminal is
switched over, so that there is nothing to restore after whatever ends the process.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from os import terminal_size

from mqinfra.render.terminal import cells

_PAUSE = 0.1
_UP = "\x1b[{}A"
_CLEAR = "\r\x1b[J"
_NARROWEST = 8
_NONE = terminal_size((0, 0))


class Region:
    """The lines, drawn again until they are stopped, which takes them away."""

    def __init__(self, lines: Callable[[int, int], Sequence[str]]) -> None:
        """Make it.

        Args:
            lines: gives what to show now, in a number of columns, and at most so many lines.
        """
        self._lines = lines
        self._above: deque[str] = deque()
        self._drawn: Sequence[str] = ()
        self._width = 0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="live list", daemon=True)

    def start(self, write: Callable[[str], object], size: Callable[[], terminal_size]) -> None:
        """Begin to draw.

        Args:
            write: writes to the terminal.
            size: its size now.
        """
        self._write, self._size = write, size
        self._thread.start()

    def above(self, text: str) -> None:
        """Have a text, which ends with a line end, written above the lines."""
        self._above.append(text)

    def stop(self) -> None:
        """Write what is left to be written, and take the lines away."""
        self._stopped.set()
        try:
            self._thread.join()
        finally:  # also where another signal ends the waiting
            self._draw((), self._now().columns)

    def _run(self) -> None:
        while not self._stopped.wait(_PAUSE):
            now = self._now()
            fits = now.columns >= _NARROWEST and now.lines > 1
            self._draw(self._lines(now.columns, now.lines - 1) if fits else (), now.columns)

    def _now(self) -> terminal_size:
        try:
            return self._size()
        except OSError:  # the terminal went away
            return _NONE

    def _draw(self, lines: Sequence[str], columns: int) -> None:
        if not self._above and lines == self._drawn and columns == self._width:
            return
        out = self._erased(columns)
        while self._above:
            out += self._above.popleft()
        self._write(out + "\n".join(lines))
        self._drawn, self._width = lines, columns

    def _erased(self, columns: int) -> str:
        """What takes the lines away that are drawn.

        A terminal that became narrower than they are has wrapped them, each kind of it otherwise, so that nobody knows
        where they began: they stay, rather than that something else goes.
        """
        if not self._drawn:
            return ""
        if any(cells(line) > columns for line in self._drawn):
            return "\n"
        return (_UP.format(len(self._drawn) - 1) if len(self._drawn) > 1 else "") + _CLEAR
