"""An Apicurio Registry for tests: one process on loopback, its data in memory, behind a proxy as well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from tests.brokers.http_protocol import HttpRequest
from tests.brokers.node import Node
from tests.brokers.ports import HOST, free_ports
from tests.brokers.proxy import Proxy
from tests.brokers.registry.api import Api
from tests.brokers.registry.protocol import RegistryProtocol
from tests.brokers.server import Server
from tests.brokers.tls import make_identity

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from tests.brokers.registry.release import Release

BASE = "/apis/ccompat/v7"


class ApicurioNode(Node):
    """The process."""

    ready_within: ClassVar[float] = 240.0
    port_taken: ClassVar[tuple[str, ...]] = ("Address already in use", "seems to be in use by another process")

    def __init__(self, release: Release, ports: Sequence[int], folder: Path) -> None:
        super().__init__(release.title, folder)
        self.port, self.tls_port, self._management = ports
        self._release = release
        self.api = Api(self.port, BASE)
        self.identity = make_identity(folder / "tls")

    @property
    def address(self) -> str:
        return f"{HOST}:{self.port}"

    @property
    def listens(self) -> Collection[int]:
        return (self.port, self.tls_port)

    def command(self) -> Sequence[str]:
        settings = {
            "quarkus.http.host": HOST,
            "quarkus.http.port": str(self.port),
            "quarkus.http.ssl-port": str(self.tls_port),
            **self.identity.quarkus(),
            "quarkus.management.host": HOST,
            "quarkus.management.port": str(self._management),
            "quarkus.log.level": "WARN",
            # By which the process is known as ours.
            "user.home": str(self.folder),
        }
        tuning = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx384m"]
        words = [f"-D{name}={value}" for name, value in settings.items()]
        return [self._release.java, *tuning, *words, "-jar", str(self._release.home / "quarkus-run.jar")]

    def missing(self) -> str | None:
        """Whether it answers as a registry."""
        status = self.api.call("GET", "config").status
        return None if status == 200 else f"status {status}"


class ApicurioServer(Server[HttpRequest]):
    """One server."""

    def __init__(self, release: Release, folder: Path, *, proxied: bool = True) -> None:
        super().__init__(release.title, release.version, release.line, folder)
        self._release = release
        self._node: ApicurioNode | None = None
        self._proxy = Proxy(RegistryProtocol()) if proxied else None
        self._proxy_port = self._proxy.open_port() if self._proxy is not None else 0

    @property
    def members(self) -> list[ApicurioNode]:
        return [] if self._node is None else [self._node]

    @property
    def node(self) -> ApicurioNode:
        if self._node is None:
            raise self._not_started()
        return self._node

    @property
    def api(self) -> Api:
        """Calls to it, for what a test arranges and looks at by itself."""
        return self.node.api

    @property
    def block(self) -> Mapping[str, Any]:
        return {"url": self.url}

    @property
    def url(self) -> str:
        return f"http://{self.node.address}{BASE}"

    @property
    def tls_url(self) -> str:
        """The same with TLS, for which the authority's file is in `node.identity`."""
        return f"https://{HOST}:{self.node.tls_port}{BASE}"

    @property
    def proxied_url(self) -> str:
        """The same behind `proxy`."""
        return f"http://{HOST}:{self._proxy_port}{BASE}"

    @property
    def endpoints(self) -> Mapping[str, str]:
        return {"API": self.url}

    def _lay_out(self) -> None:
        ports = free_ports(3)
        if self._proxy is not None:
            self._proxy.route(self._proxy_port, ports[0])
        self._node = ApicurioNode(self._release, ports, self.folder / "node")

    def _note_fresh(self) -> None:
        """A fresh one holds nothing."""

    def wipe(self) -> None:
        """Leave what a fresh server has."""
        self.api.wipe()
