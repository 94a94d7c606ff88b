"""One Kafka node, broker and controller in one process."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, NamedTuple

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from tests.brokers.errors import BrokerError
from tests.brokers.kafka import wire
from tests.brokers.node import Node
from tests.brokers.ports import HOST, free_ports

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from tests.brokers.kafka.release import Release


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
    further: Mapping[str, int]

    @classmethod
    def choose(cls, nodes: int, further: Sequence[str] = ()) -> list[NodePorts]:
        own = [one.name for one in fields(cls) if one.name != "further"]
        width = len(own) + len(further)
        ports = free_ports(nodes * width)
        return [
            cls(
                **dict(zip(own, ports[start:], strict=False)),
                further=dict(zip(further, ports[start + len(own) :], strict=False)),
            )
            for start in range(0, len(ports), width)
        ]


class KafkaNode(Node):
    """A node of a cluster whose nodes have the ids from 1 on."""

    ready_within = 240.0
    port_taken = ("Address already in use", "java.net.BindException", "Socket server failed to bind")

    def __init__(
        self,
        release: Release,
        node_id: int,
        cluster_id: str,
        ports: NodePorts,
        folder: Path,
        *,
        nodes: int,
        heap: str,
        options: Sequence[str] = (),
        by_tls: Path | None = None,
    ) -> None:
        super().__init__(f"Kafka node {node_id}", folder)
        self._by_tls = by_tls  # the CA where no other listener is open
        self.node_id = node_id
        self.ports = ports
        self._release = release
        self._cluster_id = cluster_id
        self._brokers = frozenset(range(1, nodes + 1))
        self._heap, self._options = heap, options
        self._listens: Collection[int] = ()
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def address(self) -> str:
        return f"{HOST}:{self.ports.plaintext}"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def _configuration(self) -> Path:
        return self.folder / "server.properties"

    @property
    def listens(self) -> Collection[int]:
        return self._listens

    def configure(self, properties: Mapping[str, str], listens: Collection[int]) -> None:
        """Write the node's server.properties; a running node reads them at its next start.

        Args:
            properties: what it is told on top of its id and where its data lie.
            listens: the ports among them that it listens on.
        """
        self._listens = listens
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

    def command(self) -> Sequence[str]:
        return self._release.java("kafka.Kafka", str(self._configuration), heap=self._heap, options=self._options)

    def missing(self) -> str | None:
        """Whether this node's own metadata shows exactly the brokers of the cluster, and a controller."""
        if self._by_tls is not None:
            ids, controller = self._seen_by_tls(self._by_tls)
        else:
            ids, controller, _ = wire.brokers_seen(self.ports.plaintext)
        return None if ids == self._brokers and controller >= 0 else f"brokers {sorted(ids)}, controller {controller}"

    def _seen_by_tls(self, ca_file: Path) -> tuple[frozenset[int], int]:
        asking = AdminClient(
            {
                "bootstrap.servers": f"{HOST}:{self.ports.tls}",
                "security.protocol": "SASL_SSL",
                "ssl.ca.location": str(ca_file),
                "sasl.mechanism": MECHANISMS[-1],
                "sasl.username": ADMIN.name,
                "sasl.password": ADMIN.password,
                "log_level": 0,
            }
        )
        try:
            seen = asking.list_topics(timeout=5)
        except KafkaException as error:
            raise OSError(str(error)) from error
        return frozenset(seen.brokers), seen.controller_id
