"""The RabbitMQ releases tests run against: Debian's packages, with the Erlang of the same Debian."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from tests.brokers import debian
from tests.brokers.errors import BrokerError

if TYPE_CHECKING:
    from pathlib import Path

DEFAULT = "3.10"
# Only needed by tests of the whole matrix.
MATRIX = ("4.0",)
# Of tests outside the matrix, those of what it does otherwise than all before it need it.
NEWEST = "4.3"
LINES = (DEFAULT, *MATRIX, NEWEST)

_SUITES = {"3.10": "bookworm", "4.0": "trixie", "4.3": "forky"}


@dataclass(frozen=True)
class Release:
    """One installed release."""

    line: str
    version: str
    # RabbitMQ's own folder, with `plugins` in it.
    home: Path
    # Erlang's, with `erts-*` in it.
    erlang: Path
    # The words before a program of `erts`, which have it run with the libraries it was built for.
    loader: tuple[str, ...]

    @property
    def title(self) -> str:
        return f"RabbitMQ {self.version}"

    @property
    def erts(self) -> Path:
        """The folder with Erlang's programs."""
        return _the_one(self.erlang, "erts-*/bin")

    def erlang_program(self, name: str, called: str) -> tuple[str, ...]:
        """The words that run a program of Erlang's under another name, which `ps` and our own `is_process` see."""
        return (*self.loader, "--argv0", called, str(self.erts / name))


@cache
def installed(line: str) -> Release:
    """The release of a line such as "3.10", fetched when it is not there yet."""
    if line not in _SUITES:
        raise BrokerError(f"no RabbitMQ {line} is known here; there are {', '.join(LINES)}")
    root = debian.unpacked(f"rabbitmq-{line}", (_SUITES[line],), ("rabbitmq-server",))
    home = _the_one(root, "usr/lib/rabbitmq/lib/rabbitmq_server-*")
    version = home.name.removeprefix("rabbitmq_server-")
    # What is not released yet moves on, a released Debian does not.
    if not (since(version, line) if line == NEWEST else version.startswith(f"{line}.")):
        raise BrokerError(f"the tests need RabbitMQ {line}, and Debian {_SUITES[line]} has {version}")
    return Release(line, version, home, root / "usr/lib/erlang", debian.loader(root))


def since(version: str, other: str) -> bool:
    """Whether a version such as "4.3.6" is not older than another such as "4.3"."""
    found, wanted = ([int(part) for part in re.findall(r"\d+", text)[:3]] for text in (version, other))
    return found >= wanted


def _the_one(folder: Path, pattern: str) -> Path:
    found = list(folder.glob(pattern))
    if len(found) != 1:
        raise BrokerError(f"{folder} has {len(found)} times {pattern}, and one was expected")
    return found[0]
