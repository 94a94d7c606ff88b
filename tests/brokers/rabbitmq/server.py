"""A RabbitMQ server for tests: one node on loopback with its management API, the latter behind a proxy as well."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from tests.brokers.http_protocol import HttpProtocol, HttpRequest
from tests.brokers.ports import HOST
from tests.brokers.proxy import Proxy
from tests.brokers.rabbitmq.management import Management, Refused, State
from tests.brokers.rabbitmq.node import Ports, RabbitNode
from tests.brokers.rabbitmq.release import since
from tests.brokers.server import Server

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.brokers.rabbitmq.release import Release

PLUGINS = ("rabbitmq_management", "rabbitmq_shovel", "rabbitmq_federation", "rabbitmq_consistent_hash_exchange")
# The management API tells what is measured up to 5 s late. The interval alone changes nothing, because samples are kept
# for every 5 s; with both it is a second.
FAST_STATISTICS = {
    "collect_statistics_interval": "200",
    **{f"management.sample_retention_policies.{name}.minute": "1" for name in ("global", "basic", "detailed")},
}


@dataclass(frozen=True)
class Settings:
    """What a server is started with."""

    plugins: tuple[str, ...] = PLUGINS
    # Further lines of rabbitmq.conf, such as FAST_STATISTICS; they win over ours.
    config: Mapping[str, str] = field(default_factory=dict)
    # A server that outlives this interpreter has no proxy.
    proxied: bool = True


class RabbitServer(Server[HttpRequest]):
    """One server."""

    secrets: ClassVar[Mapping[str, str]] = {"RABBITMQ_PASSWORD": "guest"}

    def __init__(self, release: Release, folder: Path, settings: Settings | None = None) -> None:
        super().__init__(release.title, release.version, release.line, folder)
        self.settings = settings or Settings()
        self._release = release
        self._node: RabbitNode | None = None
        self._management: Management | None = None
        self._fresh: State | None = None
        self._proxy = Proxy(HttpProtocol()) if self.settings.proxied else None
        self._proxy_port = self._proxy.open_port() if self._proxy is not None else 0

    @property
    def members(self) -> list[RabbitNode]:
        return [] if self._node is None else [self._node]

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
    def proxied_url(self) -> str:
        """The management API's behind `proxy`; the same over restarts."""
        return f"http://{HOST}:{self._proxy_port}"

    @property
    def node(self) -> RabbitNode:
        if self._node is None:
            raise self._not_started()
        return self._node

    @property
    def management(self) -> Management:
        """Requests as `user`, for what a test arranges and looks at by itself."""
        if self._management is None:
            raise self._not_started()
        return self._management

    def _note_fresh(self) -> None:
        self._fresh = self.management.state()

    def _lay_out(self) -> None:
        """Choose ports and write every file anew."""
        ports = Ports.choose()
        if self._proxy is not None:
            self._proxy.route(self._proxy_port, ports.http)
        self._management = Management(ports.http, self.user, self.password)
        self._node = RabbitNode(self._release, ports, self.folder / "node", self._management)
        self._prepare()

    def _prepare(self) -> None:
        """Empty the node's folder and write its files; the ports stay."""
        ours = {
            "listeners.tcp.1": f"{HOST}:{self.amqp_port}",
            "management.tcp.ip": HOST,
            "management.tcp.port": str(self.http_port),
            # Neither alarm may stop publishers: the tests' data are small, the machine may be full.
            "vm_memory_high_watermark.absolute": "1GB",
            "disk_free_limit.absolute": "1MB",
        }
        self.node.prepare({**ours, **self.settings.config}, self.settings.plugins)

    def wipe(self) -> None:
        """Leave what a fresh server has: the vhost `/` without anything in it, and the user `guest`.

        A server that is stopped or does not let `guest` in any more starts afresh, on the same ports.
        """
        if self._fresh is None:
            raise self._not_started()
        self.resume()
        if self.node.running:
            try:
                self.management.restore(self._fresh)
            except Refused as error:
                if error.status != 401:
                    raise
            else:
                return
        self.kill()
        self._prepare()
        self._known = False
        self._start_members()
