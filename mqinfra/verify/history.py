"""Histories: append-only, one operation per line of JSON, written before anything is judged."""

import gzip
import threading
import time
from collections.abc import Iterator
from dataclasses import field
from pathlib import Path
from typing import Protocol

from pydantic import JsonValue, TypeAdapter, ValidationError

from mqinfra.model.address import Address
from mqinfra.model.frozen import dataclass
from mqinfra.model.operation import Act, Known, Operation
from mqinfra.model.written import Written

_OPERATION = TypeAdapter(Operation)


class Sink(Protocol):
    """Where bytes are written to."""

    def write(self, data: bytes, /) -> object:
        """Write bytes."""


class HistoryFileError(ValueError):
    """A file that is no history. The message says where and why."""


class _Line(Written):
    """A line of a history's file: an operation, and where it was."""

    procedure: str
    address: Address
    operation: Operation


class History:
    """Everything that was done in one run. Clients of several threads write to it."""

    def __init__(self, file: Sink | None = None) -> None:
        """Begin one.

        Args:
            file: where every operation is written at once; None keeps it in memory alone.
        """
        self._file = file
        self._lock = threading.Lock()
        self._lines: list[tuple[str, Address, Operation]] = []

    def append(self, procedure: str, address: Address, operation: Operation) -> None:
        """Append an operation of a procedure on a place."""
        line = b""
        if self._file is not None:
            line = (
                _Line(procedure=procedure, address=address, operation=operation)
                .model_dump_json(by_alias=True, exclude_defaults=True)
                .encode()
                + b"\n"
            )
        with self._lock:
            self._lines.append((procedure, address, operation))
            if self._file is not None:
                self._file.write(line)

    def of(self, procedure: str, address: Address) -> list[Operation]:
        """What a procedure did on a place, in the order in which it ended."""
        with self._lock:
            return [operation for name, where, operation in self._lines if name == procedure and where == address]

    def __len__(self) -> int:
        return len(self._lines)

    def __iter__(self) -> Iterator[tuple[str, Address, Operation]]:
        return iter(tuple(self._lines))


@dataclass(frozen=True, slots=True)
class Page:
    """The part of a history that one procedure on one place writes; it is what procedures know as their notes.

    Attributes:
        history: the whole.
        procedure: the procedure's name.
        address: the place.
    """

    history: History = field(repr=False)
    procedure: str
    address: Address

    def note(self, operation: Operation) -> None:
        """Append an operation."""
        self.history.append(self.procedure, self.address, operation)

    def observe(self, subject: str, seen: JsonValue) -> None:
        """Append what was read."""
        now = time.monotonic_ns()
        self.note(Operation(Act.OBSERVE, now, now, subject=subject, seen=seen))

    def tried(self, subject: str, known: Known, error: str = "", *, seen: JsonValue = None) -> None:
        """Append what was tried and may be refused."""
        now = time.monotonic_ns()
        self.note(Operation(Act.TRY, now, now, known, subject=subject, error=error, seen=seen))


def read_history(path: Path) -> History:
    """Read a history's file, `.gz` or plain.

    Raises:
        HistoryFileError: it can't be read, or a line is none of a history.
    """
    history = History()
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                try:
                    read = _Line.model_validate_json(line)
                except ValidationError as error:
                    raise HistoryFileError(f"line {number} is no operation: {error.errors()[0]['msg']}") from None
                history.append(read.procedure, read.address, read.operation)
    except (OSError, EOFError) as error:
        raise HistoryFileError(str(error)) from None
    return history
