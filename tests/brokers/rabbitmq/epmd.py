"""Erlang's port mapper (epmd), by which the nodes of one cluster find one another.

RabbitMQ looks up its own name at an epmd before it starts, and would start one that outlives it and serves the whole
machine. So each cluster has an epmd of its own, on its own port, which lives as long as any of its nodes.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from tests.brokers.errors import BrokerError, PortTakenError
from tests.brokers.ports import HOST, accepts
from tests.brokers.process import Process, tail

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.brokers.rabbitmq.release import Release

_WITHIN = 30.0
_POLL = 0.05


class Epmd:
    """One port mapper, and who needs it."""

    def __init__(self, release: Release, port: int, folder: Path) -> None:
        self.port = port
        self._release = release
        self._folder = folder
        self._process: Process | None = None
        self._users: set[str] = set()
        self._guard = threading.Lock()

    @property
    def environment(self) -> Mapping[str, str]:
        """What leads to it."""
        return {"ERL_EPMD_PORT": str(self.port), "ERL_EPMD_ADDRESS": HOST}

    @property
    def pids(self) -> list[int]:
        """Its own, while it runs."""
        return [self._process.pid] if self._process is not None and self._process.running else []

    def start(self, user: str, *, detached: bool = False) -> None:
        """Run for a node until it gives it up, and return once it answers."""
        with self._guard:
            self._users.add(user)
            if self.pids:
                return
            # The folder stands in the command line, by which the process is known as ours.
            command = self._release.erlang_program("epmd", str(self._folder / "epmd"))
            log = self._folder / "epmd.log"
            self._process = Process(command, log, env=self.environment, detached=detached)
            deadline = time.monotonic() + _WITHIN
            while not accepts(self.port):
                if not self._process.running:
                    raise PortTakenError(f"epmd ended while it started on {HOST}:{self.port}\n{tail(log)}")
                if time.monotonic() > deadline:
                    raise BrokerError(f"epmd does not answer on {HOST}:{self.port} after {_WITHIN:.0f} s")
                time.sleep(_POLL)

    def give_up(self, user: str) -> None:
        """End it with the last node that needs it."""
        with self._guard:
            self._users.discard(user)
            if self._process is not None and not self._users:
                self._process.stop()
