"""What Prometheus and Alertmanager have in common: one process on a loopback port that it chose itself."""

from __future__ import annotations

import http.client
import re
from abc import abstractmethod
from typing import TYPE_CHECKING

from tests.brokers.node import Node
from tests.brokers.ports import HOST

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

_LISTENS = re.compile(rf'msg="Listening on" address={re.escape(HOST)}:(\d+)')


class WatchNode(Node):
    """One process with a folder of its own; after a restart it has another port."""

    ready_within = 30.0
    grace = 5.0
    # It asks for any free port, so that nobody can take it away.
    port_taken = ()

    def __init__(self, title: str, folder: Path, files: Mapping[str, str]) -> None:
        super().__init__(title, folder)
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")

    @abstractmethod
    def program(self) -> Sequence[str]:
        """The words that start it in its folder, without where it listens."""

    def command(self) -> Sequence[str]:
        return [*self.program(), f"--web.listen-address={HOST}:0"]

    @property
    def address(self) -> str:
        return f"{HOST}:{self._port() or 0}"

    @property
    def listens(self) -> Collection[int]:
        return (self._port() or 0,)

    def _port(self) -> int | None:
        found = _LISTENS.findall(self.log.read_text(encoding="utf-8")) if self.log.exists() else []
        return int(found[-1]) if found else None

    def missing(self) -> str | None:
        if self._port() is None:
            return "it does not say where it listens"
        status, _ = self.request("GET", "/-/ready")
        return None if status == 200 else f"{status} from /-/ready"

    def request(self, method: str, path: str) -> tuple[int, str]:
        """The status and text of an answer.

        Raises:
            OSError: it does not answer.
        """
        connection = http.client.HTTPConnection(HOST, self._port() or 0, timeout=10)
        try:
            connection.request(method, path)
            response = connection.getresponse()
            return response.status, response.read().decode()
        except http.client.HTTPException as error:
            raise ConnectionError(f"{method} {path}: {error!r}") from error
        finally:
            connection.close()
