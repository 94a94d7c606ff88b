"""A RabbitMQ server for tests: one node or several on loopback, their management APIs behind a proxy as well."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from tests.brokers.errors import BrokerError
from tests.brokers.http_protocol import HttpProtocol, HttpRequest
from tests.brokers.ports import HOST
from tests.brokers.proxy import Proxy
from tests.brokers.rabbitmq.epmd import Epmd
from tests.brokers.rabbitmq.management import Management, Refused, State
from tests.brokers.rabbitmq.node import Ports, RabbitNode
from tests.brokers.rabbitmq.release import since
from tests.brokers.server import Server

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.brokers.rabbitmq.release import Release

PLUGINS = ("rabbitmq_management", "rabbitmq_shovel", "rabbitmq_federation", "rabbitmq_consistent_hash_exchange")
METRICS = "rabbitmq_prometheus"
"""The plugin that tells Prometheus, which only tests of alerts and dashboards need."""
# The management API tells what is measured up to 5 s late. The interval alone changes nothing, because samples are kept
# for every 5 s; with both it is a second.
FAST_STATISTICS = {
    "collect_statistics_interval": "200",
    **{f"management.sample_retention_policies.{name}.minute": "1" for name in ("global", "basic", "detailed")},
}


_TOGETHER_WITHIN = 30.0


@dataclass(frozen=True)
class Settings:
    """What a server is started with.

    Attributes:
        nodes: how many make up the cluster.
    """

    nodes: int = 1
    plugins: tuple[str, ...] = PLUGINS
    # Further lines of rabbitmq.conf, such as FAST_STATISTICS; they win over ours.
    config: Mapping[str, str] = field(default_factory=dict)
    # A server that outlives this interpreter has no proxy.
    proxied: bool = True


class RabbitServer(Server[HttpRequest]):
    """One server; what it says of a node is about the first, which is the only one by default."""

    secrets: ClassVar[Mapping[str, str]] = {"RABBITMQ_PASSWORD": "guest"}

    def __init__(self, release: Release, folder: Path, settings: Settings | None = None) -> None:
        super().__init__(release.title, release.version, release.line, folder)
        self.settings = settings or Settings()
        self._release = release
        self._epmd: Epmd | None = None
        self.nodes: list[RabbitNode] = []
        self._fresh: State | None = None
        self._proxy = Proxy(HttpProtocol()) if self.settings.proxied else None
        self._proxy_ports = [] if self._proxy is None else [self._proxy.open_port() for _ in range(self.settings.nodes)]

    @property
    def members(self) -> list[RabbitNode]:
        return self.nodes

    @property
    def pids(self) -> list[int]:
        """The nodes', then epmd's."""
        return [*super().pids, *([] if self._epmd is None else self._epmd.pids)]

    @property
    def block(self) -> Mapping[str, Any]:
        return {
            "url": self.http_url,
            "amqp": f"amqp://{self.host}:{self.amqp_port}",
            "username": self.user,
            "password": {"env": "RABBITMQ_PASSWORD"},
        }

    @property
    def endpoints(self) -> Mapping[str, str]:
        return {
            "AMQP": f"{self.host}:{self.amqp_port}",
            "management API": self.http_url,
            "user": f"{self.user}/{self.password}",
        }

    def since(self, version: str) -> bool:
        """Whether this is RabbitMQ `version`, such as "3.12", or newer."""
        return since(self.version, version)

    @property
    def user(self) -> str:
        """An administrator with all rights in the vhost `/`; RabbitMQ lets this one in from loopback only."""
        return "guest"

    @property
    def password(self) -> str:
        return "guest"

    @property
    def amqp_port(self) -> int:
        return self.node.ports.amqp

    @property
    def http_port(self) -> int:
        return self.node.ports.http

    @property
    def http_url(self) -> str:
        """The management API's, without `/api`."""
        return f"http://{HOST}:{self.http_port}"

    @property
    def metrics_url(self) -> str:
        """Where Prometheus finds the plugin `METRICS`, without a path."""
        return f"http://{HOST}:{self.node.ports.metrics}"

    @property
    def proxied_url(self) -> str:
        """The management API's behind `proxy`; the same over restarts."""
        return self.proxied_urls[0]

    @property
    def proxied_urls(self) -> list[str]:
        """The same of each node."""
        return [f"http://{HOST}:{port}" for port in self._proxy_ports]

    @property
    def node(self) -> RabbitNode:
        if not self.nodes:
            raise self._not_started()
        return self.nodes[0]

    @property
    def management(self) -> Management:
        """Requests as `user` to the first node that runs, for what a test arranges and looks at by itself."""
        return next((node for node in self.nodes if node.running), self.node).management

    def _await_ready(self) -> None:
        super()._await_ready()
        deadline = time.monotonic() + _TOGETHER_WITHIN
        while not all(self._sees_all(node) for node in self.nodes):
            if time.monotonic() > deadline:
                raise BrokerError(f"the nodes of {self.title} have not found one another")
            time.sleep(0.1)

    def _sees_all(self, node: RabbitNode) -> bool:
        try:
            rows = node.management.get("nodes", query="columns=name,running")
        except Refused:  # somebody changed the user that asks; a test has to make do
            return True
        return len(rows) == len(self.nodes) and all(row["running"] for row in rows)

    def _note_fresh(self) -> None:
        self._fresh = self.management.state()

    def _lay_out(self) -> None:
        """Choose ports and write every file anew."""
        ports = Ports.choose(self.settings.nodes)
        if self._proxy is not None:
            for proxied, own in zip(self._proxy_ports, ports, strict=True):
                self._proxy.route(proxied, own.http)
        self._epmd = Epmd(self._release, ports[0].epmd, self.folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.nodes = [
            RabbitNode(
                self._release,
                f"rabbit{number or ''}@localhost",
                own,
                self.folder / f"node{number or ''}",
                Management(own.http, self.user, self.password),
                self._epmd,
            )
            for number, own in enumerate(ports)
        ]
        self._prepare()

    def _prepare(self) -> None:
        """Empty the nodes' folders and write their files; the ports stay."""
        names = [node.name for node in self.nodes]
        peers = {f"cluster_formation.classic_config.nodes.{n}": name for n, name in enumerate(names, 1)}
        together = {"cluster_formation.peer_discovery_backend": "classic_config", **peers} if len(names) > 1 else {}
        for node in self.nodes:
            ours = {
                "listeners.tcp.1": f"{HOST}:{node.ports.amqp}",
                "management.tcp.ip": HOST,
                "management.tcp.port": str(node.ports.http),
                # Neither alarm may stop publishers: the tests' data are small, the machine may be full.
                "vm_memory_high_watermark.absolute": "1GB",
                "disk_free_limit.absolute": "1MB",
            }
            if METRICS in self.settings.plugins:
                ours |= {"prometheus.tcp.ip": HOST, "prometheus.tcp.port": str(node.ports.metrics)}
            node.prepare({**ours, **together, **self.settings.config}, self.settings.plugins)

    def wipe(self) -> None:
        """Leave what a fresh server has: the vhost `/` without anything in it, and the user `guest`.

        A server that is stopped, does not let `guest` in any more, or fails itself starts afresh, on the same ports.
        3.10.8 fails after 30 s for good once its coordinator of streams hangs, which it did when two streams and
        their vhost were deleted at once.
        """
        if self._fresh is None:
            raise self._not_started()
        self.resume()
        if self.node.running:
            try:
                self.management.restore(self._fresh)
            except Refused as error:
                if error.status not in (401, 500):
                    raise
            else:
                return
        self.kill()
        self._prepare()
        self._known = False
        self._start_members()
