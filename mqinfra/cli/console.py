"""The console: the only place that writes to stdout and stderr. stdout is data, stderr is talk.

Colour follows `--color`, then NO_COLOR (no-color.org), then whether the stream is a terminal. A reader that goes away
(EPIPE) changes nothing but that nobody reads: an apply goes on, and its exit code stays true. A stream that can't hold
a character gets an escape instead of a traceback.
"""

import os
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from mqinfra.cli.log import current
from mqinfra.cli.region import Region
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.errors import UserError
from mqinfra.model.frozen import dataclass
from mqinfra.providers.base.disk import PRIVATE, advice, reason, replace_file
from mqinfra.render.diagnostics import render_diagnostics
from mqinfra.render.terminal import Style

if TYPE_CHECKING:
    from mqinfra.model.event import Event

OUTPUT_FILE = Code(
    "MQ190",
    "an output file can't be written",
    "A file that the command line names (`-o FORMAT=FILE`, `export --into`, `schema --write`) could not be written. "
    "Files are written whole or not at all, those of `-o` readable by their owner only; any previous file is "
    "unchanged. A symbolic link of that name is replaced, not followed. Check that there is disk space, and that the "
    "folder exists and is writable.",
    bad="mqinfra plan -o json=plans/plan.json      # the folder `plans` does not exist\n",
    good="mkdir plans && mqinfra plan -o json=plans/plan.json\n",
)

_WIDTH = 120
_UNBROKEN = Style(width=10_000)
"""Of a line of JSON, which nobody reads in columns."""
_regions: list[Region] = []
"""What changes at the end of stderr's terminal. Of the process: whoever writes to stderr writes to the same one."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user set for all output.

    Attributes:
        colour: `auto`, `always` or `never`.
        quiet: print errors and the result only.
        verbose: show everything.
    """

    colour: str = "auto"
    quiet: bool = False
    verbose: bool = False


class Console:
    """Writes data to stdout, and everything else to stderr.

    Attributes:
        settings: what the user set.
        unread: the reader of stdout went away before it had everything.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.unread = False
        for stream in (sys.stdout, sys.stderr):
            reconfigure = getattr(stream, "reconfigure", None)
            if reconfigure is not None:
                reconfigure(errors="backslashreplace")

    def style(self, stream: TextIO) -> Style:
        """How to render for a stream."""
        if stream is sys.stderr and current() is not None:
            return _UNBROKEN
        width = columns_of(stream) if stream.isatty() else _WIDTH
        return Style(colour=_colour(self.settings.colour, stream, os.environ), width=max(20, width))

    @property
    def out_style(self) -> Style:
        """How to render for stdout."""
        return self.style(sys.stdout)

    def data(self, text: str) -> None:
        """Write to stdout, ending with one line end."""
        self.unread |= not _write(sys.stdout, text)

    def info(self, text: str) -> None:
        """Write to stderr, except with `-q`."""
        if not self.settings.quiet:
            self._say("info", text)

    def error(self, text: str) -> None:
        """Write to stderr, also with `-q`."""
        self._say("error", text)

    def event(self, event: "Event", style: Style) -> None:
        """Write what happened during an apply to stderr, except with `-q`.

        Args:
            event: what happened.
            style: of stderr. An apply has tens of thousands of events, and asks for it once.
        """
        from mqinfra.render.events import event_line  # noqa: PLC0415 - of an apply only

        log = current()
        if log is None:
            self.info(event_line(event, style))
        elif not self.settings.quiet:
            _write(sys.stderr, log.event(event))

    def _say(self, level: str, text: str) -> None:
        log = current()
        _write(sys.stderr, text if log is None else log.text(level, text))

    def diagnostics(self, found: Iterable[Diagnostic]) -> None:
        """Write diagnostics to stderr in full; with `-q` only the errors."""
        some = [d for d in found if not self.settings.quiet or d.severity == "error"]
        log = current()
        if log is not None:
            _write(sys.stderr, log.diagnostics(some))
        elif some:
            _write(sys.stderr, render_diagnostics(some, self.style(sys.stderr), fold=not self.settings.verbose))

    @property
    def shows_live(self) -> bool:
        """Whether stderr is a terminal that somebody watches: none of a CI server, and none that only prints."""
        watched = os.environ.get("TERM") != "dumb" and os.environ.get("CI", "false") in ("", "false", "0")
        return sys.stderr.isatty() and watched and not self.settings.quiet and current() is None

    @contextmanager
    def below(self, region: Region) -> Iterator[None]:
        """Let a region at the end of stderr's terminal change; whatever is written meanwhile stands above it."""
        region.start(partial(_send, sys.stderr), lambda: os.get_terminal_size(sys.stderr.fileno()))
        _regions.append(region)
        try:
            yield
        finally:
            _regions.remove(region)
            region.stop()


def write_file(path: Path, text: str, *, mode: int = PRIVATE) -> None:
    """Write a file whole or not at all, readable by its owner only unless told otherwise.

    A symbolic link of that name is replaced, and not followed: it may have come with a pull request. Devices, pipes
    and what stands for an open stream (`/dev/stdout`) are written to as they are.

    Raises:
        UserError: it can't be written.
    """
    try:
        if _is_stream(path):
            with path.open("w", encoding="utf-8", errors="backslashreplace") as file:
                file.write(text)
        else:
            replace_file(path, text, mode=mode)
    except OSError as error:
        raise unwritable(path, error) from None


def make_folder(path: Path) -> None:
    """Make a folder and those above it, unless they are there.

    Raises:
        UserError: it can't be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(path, error) from None


def _is_stream(path: Path) -> bool:
    """Whether there is nothing at a path that could be replaced."""
    if path.absolute().parts[:2] in (("/", "dev"), ("/", "proc")):
        return True
    try:
        found = path.lstat().st_mode
    except FileNotFoundError:
        return False
    return not (stat.S_ISREG(found) or stat.S_ISLNK(found) or stat.S_ISDIR(found))


def unwritable(path: Path, error: OSError) -> UserError:
    """Say why a file can't be written, and what to do."""
    return UserError([OUTPUT_FILE.at(f"`{path}` can't be written: {reason(error)}", help=advice(error))])


def columns_of(stream: TextIO) -> int:
    """How wide a terminal is: as the user says, or else as it says itself."""
    said = os.environ.get("COLUMNS", "")
    if said.isdecimal() and int(said):
        return int(said)
    try:
        return os.get_terminal_size(stream.fileno()).columns or _WIDTH
    except OSError:
        return _WIDTH


def _write(stream: TextIO, text: str) -> bool:
    text = text if not text or text.endswith("\n") else text + "\n"
    if text and _regions and stream is sys.stderr:
        _regions[-1].above(text)
        return True
    return not text or _send(stream, text)


def _send(stream: TextIO, text: str) -> bool:
    """Write to a stream; False when its reader has gone."""
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        discard(stream)
        return False
    except OSError as error:
        discard(stream)
        if stream is not sys.stderr:  # of which nobody could be told
            raise unwritable(Path("stdout"), error) from None
    return True


def discard(stream: TextIO) -> None:
    """Send what is still to be written to a stream nowhere: its reader has gone, or its disk is full."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _colour(wanted: str, stream: TextIO, environment: Mapping[str, str]) -> bool:
    if wanted != "auto":
        return wanted == "always"
    if environment.get("NO_COLOR"):
        return False
    return stream.isatty() and environment.get("TERM") != "dumb"
