"""One run of the command line, as logs and traces name it."""

import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from mqinfra.model.frozen import dataclass

DONE = (0, 2)
"""Exit codes of commands that did what they were asked for."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """One run.

    Attributes:
        run: tells it from all others.
        command: `plan`; empty where none was given.
        began: moment of `time.monotonic` at which it began.
        began_at: nanoseconds of `time.time_ns` at which it began.
    """

    run: str
    command: str
    began: float
    began_at: int

    @classmethod
    def of(cls, arguments: Sequence[str]) -> "Invocation":
        """The run that begins now, with the arguments of the command line."""
        run = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{os.getpid()}"
        return cls(run, _command_of(arguments), time.monotonic(), time.time_ns())


def _command_of(arguments: Sequence[str]) -> str:
    before = ("", *arguments)
    words = (text for last, text in zip(before, arguments, strict=False) if last != "-C" and not text.startswith("-"))
    return next(words, "")
