"""What is said on stderr as lines of JSON, where `--log-format json` or MQINFRA_LOG_FORMAT asks for them.

Of the process, as stderr is: also what goes wrong before a command has its options is to be one of these lines.
"""

import os
import re
import sys
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import zip_longest
from typing import TYPE_CHECKING

import click

from mqinfra.cli.invocation import DONE

if TYPE_CHECKING:
    from pydantic import JsonValue

    from mqinfra.cli.invocation import Invocation
    from mqinfra.model.address import Address
    from mqinfra.model.diagnostic import Diagnostic
    from mqinfra.model.event import Event
    from mqinfra.render.log import Entry

VARIABLE = "MQINFRA_LOG_FORMAT"
OPTION = "--log-format"
TEXT, JSON = "text", "json"
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class Log:
    """The lines of one run."""

    def __init__(self, invocation: "Invocation") -> None:
        """Begin.

        Args:
            invocation: the run whose lines they are.
        """
        self._invocation = invocation
        self._sent: dict[Address, float] = {}

    def entries(self, some: "Iterable[Entry]") -> str:
        """Lines that say something now."""
        from mqinfra import __version__  # noqa: PLC0415 - only where somebody asks for JSON
        from mqinfra.render.log import entry_line  # noqa: PLC0415 - as above

        common: dict[str, JsonValue] = {
            "service.name": "mqinfra",
            "service.version": __version__,
            "process.pid": os.getpid(),
            "mqinfra.run.id": self._invocation.run,
            "mqinfra.command": self._invocation.command,
        }
        return "".join(entry_line(entry, datetime.now(UTC), common) for entry in some)

    def text(self, level: str, text: str) -> str:
        """What people are told, as a line; nothing where it is only blank."""
        from mqinfra.render.log import Entry  # noqa: PLC0415 - as above

        said = _COLOUR.sub("", text).strip()
        return self.entries([Entry(level, said)]) if said else ""

    def diagnostics(self, some: "Iterable[Diagnostic]") -> str:
        """A line for each diagnostic."""
        from mqinfra.render.log import diagnostic_entry  # noqa: PLC0415 - as above

        return self.entries(map(diagnostic_entry, some))

    def event(self, event: "Event") -> str:
        """The line of what happened during an apply, with how long it took since it was sent."""
        from mqinfra.model.event import Ended, Sent  # noqa: PLC0415 - as above
        from mqinfra.render.log import event_entry  # noqa: PLC0415 - as above

        now = time.monotonic()
        if isinstance(event, Sent):
            self._sent.update(dict.fromkeys(event.addresses, now))
        sent = self._sent.pop(event.address, None) if isinstance(event, Ended) else None
        entry = event_entry(event, None if sent is None else now - sent)
        return self.entries([entry]) if entry is not None else ""

    def ended(self, code: int) -> str:
        """The last line: how the command ended, and how long it took."""
        from mqinfra.render.log import Entry, nanoseconds  # noqa: PLC0415 - as above

        done = code in DONE
        fields: dict[str, JsonValue] = {
            "event.action": self._invocation.command or None,
            "event.outcome": "success" if done else "failure",
            "event.duration": nanoseconds(time.monotonic() - self._invocation.began),
            "process.exit_code": code,
        }
        return self.entries([Entry("info" if done else "error", f"ended with {code}", fields)])


_logs: list[Log] = []
"""The log of this process, where it is JSON."""


def begin(invocation: "Invocation", arguments: Sequence[str]) -> None:
    """Find out what stderr is to be written as, and begin."""
    _logs.clear()
    if _wanted(arguments) == JSON:
        _logs.append(Log(invocation))


def current() -> Log | None:
    """The log, where stderr is JSON."""
    return _logs[-1] if _logs else None


def _wanted(arguments: Sequence[str]) -> str:
    wanted = os.environ.get(VARIABLE, TEXT)
    for text, following in zip_longest(arguments, arguments[1:], fillvalue=""):
        name, _, value = text.partition("=")
        if name == OPTION:
            wanted = value or following
    return wanted


def tell(text: str, level: str = "error") -> None:
    """Say what no command could, in whichever way stderr is written.

    Args:
        text: what.
        level: `error` or `warn`.
    """
    if (log := current()) is not None:
        sys.stderr.write(log.text(level, text))
    else:
        click.echo(text, err=True)
