"""One process of a server, whatever broker it is of: started, waited for, paused, and ended by its pid."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from tests.brokers.errors import BrokerError, PortTakenError
from tests.brokers.ports import listened
from tests.brokers.process import Process, tail

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path


class Node(ABC):
    """A process with its folder of data and configuration; `start` may follow `stop` on the same data."""

    # Seconds until it has to answer, between two looks, and for an orderly end.
    ready_within: ClassVar[float]
    poll: ClassVar[float] = 0.05
    grace: ClassVar[float] = 20.0
    # What its output says when another process has a port of its.
    port_taken: ClassVar[tuple[str, ...]]

    def __init__(self, title: str, folder: Path) -> None:
        self.title = title
        self.folder = folder
        self.log = folder / "node.log"
        self._process: Process | None = None

    @property
    @abstractmethod
    def address(self) -> str:
        """`host:port` for messages."""

    @abstractmethod
    def command(self) -> Sequence[str]:
        """The words that start it; the folder is among them, or in the environment's share of the command line."""

    def environment(self) -> Mapping[str, str] | None:
        """The variables that it gets on top of ours."""
        return None

    @property
    @abstractmethod
    def listens(self) -> Collection[int]:
        """The ports that it must have itself before clients come.

        Whoever answers there may be another process, which took the port after it had been chosen. A server that
        opens its ports one by one answers on the first, and ends when it comes to the one that it can't have.
        """

    @abstractmethod
    def missing(self) -> str | None:
        """What it lacks before clients can use it, or None.

        Raises:
            OSError: it does not answer.
        """

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.running

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None and self._process.running else None

    @property
    def pids(self) -> list[int]:
        """Of all that runs for it."""
        return [] if self.pid is None else [self.pid]

    def spawn(self, *, detached: bool = False) -> None:
        """Start the process without waiting for anything."""
        if self.running:
            raise BrokerError(f"{self.title} is running already")
        self.log.unlink(missing_ok=True)
        self._process = Process(self.command(), self.log, env=self.environment(), detached=detached)

    def await_ready(self) -> None:
        """Wait until nothing is missing.

        Raises:
            PortTakenError: another process has one of its ports.
            BrokerError: it ended, or is not ready in time.
        """
        deadline = time.monotonic() + self.ready_within
        seen: str | None = "nothing yet"
        while time.monotonic() < deadline:
            if not self.running:
                self._raise_ended()
            try:
                seen = self.missing()
            except OSError as error:
                seen = str(error)
            if seen is None:
                strange = set(self.listens) - listened(self.pid or 0)
                if not strange:
                    return
                seen = f"it does not listen on {', '.join(map(str, sorted(strange)))} itself"
            time.sleep(self.poll)
        raise BrokerError(
            f"{self.title} on {self.address} is not ready after {self.ready_within:.0f} s: {seen}\n{tail(self.log)}"
        )

    def _raise_ended(self) -> None:
        output = tail(self.log)
        if any(sign in output for sign in self.port_taken):
            raise PortTakenError(f"{self.title} lost a port to another process\n{output}")
        raise BrokerError(f"{self.title} ended while it started\n{output}")

    def start(self, *, detached: bool = False) -> None:
        """Start the process and wait until it is ready."""
        self.spawn(detached=detached)
        self.await_ready()

    def pause(self) -> None:
        """Freeze the process: its ports accept connections, nothing answers."""
        if self._process is not None:
            self._process.pause()

    def resume(self) -> None:
        if self._process is not None:
            self._process.resume()

    def stop(self) -> None:
        """End it in an orderly way; its data stay."""
        if self._process is not None:
            self._process.stop(self.grace)

    def kill(self) -> None:
        """End it as a crash would."""
        if self._process is not None:
            self._process.kill()

    def restart(self) -> None:
        self.stop()
        self.start()
