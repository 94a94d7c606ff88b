"""The redis_exporter of Debian 13, told which streams to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.brokers import debian
from tests.brokers.node import Node
from tests.brokers.ports import HOST, accepts, free_ports

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path


def installed() -> Path:
    """Fetch it where it is not there yet; that of Debian 12 knows no lag of groups."""
    return debian.unpacked("redis-exporter", ("trixie",), ("prometheus-redis-exporter",))


class RedisExporter(Node):
    """One process beside one Redis that asks for no login."""

    ready_within = 30.0
    grace = 5.0
    port_taken = ("address already in use",)

    def __init__(self, folder: Path, redis: int, streams: Sequence[str]) -> None:
        super().__init__("redis_exporter", folder)
        folder.mkdir(parents=True)
        self._redis, self._streams = redis, streams
        self._port = free_ports(1)[0]

    @property
    def address(self) -> str:
        return f"{HOST}:{self._port}"

    @property
    def listens(self) -> Collection[int]:
        return (self._port,)

    def command(self) -> Sequence[str]:
        started = debian.argv(installed(), "prometheus-redis-exporter", "redis_exporter")
        beside = (f"--redis.addr=redis://{HOST}:{self._redis}", f"--check-single-streams={','.join(self._streams)}")
        return [*started, f"--web.listen-address={self.address}", *beside]

    def missing(self) -> str | None:
        return None if accepts(self._port) else "it does not listen"
