"""A server as tests use it, whatever broker it is of: one node or several, and a proxy before them."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Generic

from tests.brokers.errors import BrokerError, PortTakenError
from tests.brokers.ports import HOST
from tests.brokers.recorder import R

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from tests.brokers.node import Node
    from tests.brokers.proxy import Proxy

_START_TRIES = 5


class Server(ABC, Generic[R]):
    """One server. Its ports stay the same over `stop` and `start`; its data stay until the folder goes."""

    # What the references in `block` lead to, by environment variable.
    secrets: ClassVar[Mapping[str, str]] = MappingProxyType({})

    def __init__(self, title: str, version: str, line: str, folder: Path) -> None:
        self.title = title
        self.version = version
        self.line = line
        self.folder = folder
        # Whether it was ready once; then its clients know its ports.
        self._known = False
        self._proxy: Proxy[R] | None = None

    @property
    def host(self) -> str:
        return HOST

    @property
    @abstractmethod
    def members(self) -> Sequence[Node]:
        """Every process of it, as far as it is laid out."""

    @property
    @abstractmethod
    def block(self) -> Mapping[str, Any]:
        """Its block under `clusters:`, less the type: a user with all rights, and no proxy."""

    @property
    @abstractmethod
    def endpoints(self) -> Mapping[str, str]:
        """What a person needs who connects by hand: what it is -> where it is."""

    @abstractmethod
    def wipe(self) -> None:
        """Leave what a fresh server has."""

    @abstractmethod
    def _lay_out(self) -> None:
        """Choose ports and write every file anew."""

    def _await_ready(self) -> None:
        """Wait until its processes answer, and have found one another."""
        for node in self.members:
            node.await_ready()

    @abstractmethod
    def _note_fresh(self) -> None:
        """Remember what a fresh server holds, as far as `wipe` needs it."""

    @property
    def proxy(self) -> Proxy[R]:
        """Records what clients ask that come to its port, and plays faults on them."""
        if self._proxy is None:
            raise BrokerError(f"{self.title} was started without a proxy, or not yet")
        return self._proxy

    def forget_faults(self) -> None:
        """Forget what was recorded of requests, and every fault."""
        if self._proxy is not None:
            self._proxy.reset()

    @property
    def pids(self) -> list[int]:
        """Of the processes that run."""
        return [pid for node in self.members for pid in node.pids]

    def start(self, *, detached: bool = False) -> None:
        """Start the server, or start it again on its data, and wait until clients can use it."""
        for attempt in range(1, _START_TRIES + 1):
            try:
                if not self._known:
                    self._lay_out()
                self._start_members(detached=detached)
            except PortTakenError:
                self.kill()
                if attempt == _START_TRIES:
                    raise
                # A server that has run before keeps its ports, which its clients know by now.
                time.sleep(attempt * 0.2)
            except BaseException:
                self.kill()
                raise
            else:
                return

    def _start_members(self, *, detached: bool = False) -> None:
        for node in self.members:
            if not node.running:
                node.spawn(detached=detached)
        self._await_ready()
        if not self._known:
            self._note_fresh()
            self._known = True

    def stop(self) -> None:
        """End every process in an orderly way; the data stay. A proxy stays too, and refuses clients until `start`."""
        self._for_all(lambda node: node.stop())

    def kill(self) -> None:
        """End every process as a crash would."""
        self._for_all(lambda node: node.kill())

    def restart(self) -> None:
        """Stop and start on the same ports and data: what is durable is there, connections are gone."""
        self.stop()
        self.start()

    def pause(self) -> None:
        """Freeze every process: connections open, nothing answers."""
        self._for_all(lambda node: node.pause())

    def resume(self) -> None:
        self._for_all(lambda node: node.resume())

    def close(self) -> None:
        """End the server and its proxy for good."""
        self.kill()
        if self._proxy is not None:
            self._proxy.close()

    def _for_all(self, act: Callable[[Node], None]) -> None:
        if self.members:
            with ThreadPoolExecutor(max_workers=len(self.members)) as pool:
                list(pool.map(act, self.members))

    def _not_started(self) -> BrokerError:
        return BrokerError(f"{self.title} was not started yet")
