"""One Kafka node, broker and controller in one process."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, NamedTuple

from tests.brokers.errors import BrokerError, PortTakenError
from tests.brokers.kafka import wire
from tests.brokers.ports import HOST, free_ports
from tests.brokers.process import Process, tail

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.brokers.kafka.release import Release

READY_WITHIN = 90.0
_POLL = 0.05
_PORT_TAKEN = ("Address already in use", "java.net.BindException", "Socket server failed to bind")


class User(NamedTuple):
    """A SCRAM user made when the node's storage is formatted."""

    name: str
    password: str


ADMIN = User("admin", "admin-secret")
LIMITED = User("limited", "limited-secret")
MECHANISMS = ("SCRAM-SHA-256", "SCRAM-SHA-512")


@dataclass(frozen=True)
class NodePorts:
    """The ports a node listens on itself, by listener."""

    plaintext: int
    sasl: int
    tls: int
    proxied: int
    controller: int

    @classmethod
    def choose(cls, nodes: int) -> list[NodePorts]:
        width = len(fields(cls))
        ports = free_ports(nodes * width)
        return [cls(*ports[start : start + width]) for start in range(0, len(ports), width)]


class KafkaNode:
    """A node with its folder of data and configuration; `start` may follow `stop` on the same data."""

    def __init__(self, release: Release, node_id: int, cluster_id: str, ports: NodePorts, folder: Path) -> None:
        self.node_id = node_id
        self.ports = ports
        self.folder = folder
        self.log = folder / "node.log"
        self._release = release
        self._cluster_id = cluster_id
        self._process: Process | None = None
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None and self._process.running else None

    @property
    def running(self) -> bool:
        return self.pid is not None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def _configuration(self) -> Path:
        return self.folder / "server.properties"

    def configure(self, properties: Mapping[str, str]) -> None:
        """Write the node's server.properties; a running node reads them at its next start."""
        lines = {"node.id": str(self.node_id), "log.dirs": str(self.data), **properties}
        self._configuration.write_text("".join(f"{key}={value}\n" for key, value in lines.items()))

    def format(self) -> None:
        """Prepare the empty data folder, with the SCRAM users in it."""
        users = [
            f"--add-scram={mechanism}=[name={user.name},password={user.password}]"
            for user in (ADMIN, LIMITED)
            for mechanism in MECHANISMS
        ]
        arguments = ["format", "--cluster-id", self._cluster_id, "--config", str(self._configuration), *users]
        command = self._release.java("kafka.tools.StorageTool", *arguments, heap="256m")
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        if done.returncode != 0:
            raise BrokerError(f"formatting Kafka node {self.node_id} failed:\n{done.stdout}{done.stderr}")

    def spawn(self, *, heap: str, detached: bool = False) -> None:
        """Start the process without waiting for anything."""
        if self.running:
            raise BrokerError(f"Kafka node {self.node_id} is running already")
        self.log.unlink(missing_ok=True)
        command = self._release.java("kafka.Kafka", str(self._configuration), heap=heap)
        self._process = Process(command, self.log, detached=detached)

    def await_ready(self, brokers: frozenset[int]) -> None:
        """Wait until this node's own metadata shows exactly these brokers and a controller."""
        deadline = time.monotonic() + READY_WITHIN
        seen = "nothing yet"
        while time.monotonic() < deadline:
            if not self.running:
                self._raise_ended()
            try:
                ids, controller, _ = wire.brokers_seen(self.ports.plaintext)
            except OSError as error:
                seen = str(error)
            else:
                if ids == brokers and controller >= 0:
                    return
                seen = f"brokers {sorted(ids)}, controller {controller}"
            time.sleep(_POLL)
        raise BrokerError(
            f"Kafka node {self.node_id} on {HOST}:{self.ports.plaintext} is not ready after {READY_WITHIN:.0f} s: "
            f"it saw {seen}\n{tail(self.log)}"
        )

    def _raise_ended(self) -> None:
        output = tail(self.log)
        if any(sign in output for sign in _PORT_TAKEN):
            raise PortTakenError(f"Kafka node {self.node_id} lost a port to another process\n{output}")
        raise BrokerError(f"Kafka node {self.node_id} ended while it started\n{output}")

    def pause(self) -> None:
        if self._process is not None:
            self._process.pause()

    def resume(self) -> None:
        if self._process is not None:
            self._process.resume()

    def stop(self) -> None:
        """End the node in an orderly way; its data stays."""
        if self._process is not None:
            self._process.stop()

    def kill(self) -> None:
        """End the node as a crash would; its data stays."""
        if self._process is not None:
            self._process.kill()
