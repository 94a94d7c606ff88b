"""A Redis or Valkey deployment of one topology, with users, TLS and counts of what was sent to it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import redis

from tests.brokers.errors import BrokerError
from tests.brokers.ports import HOST, free_ports
from tests.brokers.proxy import Proxy
from tests.brokers.redis import topology as shape
from tests.brokers.redis.node import RedisNode
from tests.brokers.redis.protocol import RedisProtocol, RedisRequest
from tests.brokers.redis.settings import Settings
from tests.brokers.server import Server
from tests.brokers.tls import ServerIdentity, make_identity

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.brokers.redis.release import Release
    from tests.brokers.redis.topology import Topology

_LINKED_WITHIN = 30.0
_POLL = 0.02

# Per node's address: how often each command was sent to it.
CommandStats = dict[str, dict[str, int]]


class RedisDeployment(Server[RedisRequest]):
    """One deployment. What was not persisted of users and settings is gone after `stop` and `start`."""

    def __init__(self, release: Release, folder: Path, settings: Settings | None = None) -> None:
        super().__init__(release.title, release.version, release.line, folder)
        self.settings = settings or Settings()
        self.topology: Topology = self.settings.topology
        self.master_name = shape.MASTER_NAME
        self.nodes: list[RedisNode] = []
        self.sentinels: list[RedisNode] = []
        self._release = release
        self._bus_ports: list[int] = []
        self._tls_ports: list[int] = []
        self._identity: ServerIdentity | None = None
        self._proxy_port = 0

    @property
    def members(self) -> list[RedisNode]:
        return [*self.nodes, *self.sentinels]

    @property
    def block(self) -> Mapping[str, Any]:
        if self.topology == "sentinel":
            return {"sentinel": {"service": self.master_name, "nodes": [node.address for node in self.sentinels]}}
        return {"nodes": [self.nodes[0].address]}

    @property
    def port(self) -> int:
        """The first data node's: a primary, until a failover."""
        return self.nodes[0].port

    @property
    def endpoints(self) -> Mapping[str, str]:
        name = {"name of the primary": self.master_name} if self.sentinels else {}
        return {**{node.name: node.address for node in self.members}, **name}

    @property
    def proxied_address(self) -> str:
        """Of the one node, behind the proxy; the same over restarts."""
        return f"{HOST}:{self._proxy_port}"

    @property
    def tls_ports(self) -> list[int]:
        """In the order of `nodes`; empty without `Settings.tls`."""
        return list(self._tls_ports)

    @property
    def ca_file(self) -> Path:
        if self._identity is None:
            raise BrokerError("this deployment was started without TLS")
        return self._identity.ca_file

    @property
    def primaries(self) -> list[RedisNode]:
        """The nodes that take writes at this moment."""
        return [node for node in self.nodes if node.running and node.admin.role() == "master"]

    @property
    def replicas(self) -> list[RedisNode]:
        return [node for node in self.nodes if node.running and node.admin.role() != "master"]

    def _lay_out(self) -> None:
        """Choose ports and write every file anew."""
        names = shape.names(self.topology)
        sentinels = shape.SENTINELS if self.topology == "sentinel" else 0
        ports = free_ports(len(names) * 3 + sentinels)
        data_ports, ports = ports[: len(names)], ports[len(names) :]
        self._bus_ports, ports = ports[: len(names)], ports[len(names) :]
        self._tls_ports = ports[: len(names)] if self.settings.tls else []
        sentinel_ports = ports[len(names) :]
        if self.settings.tls and self._identity is None:
            self._identity = make_identity(self.folder / "tls")
        password = self.settings.password
        self.nodes = [
            RedisNode(self._release, name, port, self.folder / name, password)
            for name, port in zip(names, data_ports, strict=True)
        ]
        self.sentinels = [
            RedisNode(
                self._release, f"sentinel-{number}", port, self.folder / f"sentinel-{number}", None, sentinel=True
            )
            for number, port in enumerate(sentinel_ports, start=1)
        ]
        self._prepare()

    def _prepare(self) -> None:
        """Empty every node's folder and write its files; the ports stay."""
        ports = [node.port for node in self.nodes]
        cluster = shape.cluster_map(self.line, ports, self._bus_ports) if self.topology == "cluster" else []
        for index, node in enumerate(self.nodes):
            files = {}
            if self.settings.acl_file:
                files[node.acl_file] = "".join(f"user {user}\n" for user in self.settings.user_lines)
            node.prepare(self._lines(index, node), files)
            if cluster:
                (node.data / "nodes.conf").write_text(cluster[index])
        watches = shape.sentinel_lines(
            ports, [node.port for node in self.sentinels], self.settings.password, self.settings.down_after
        )
        for sentinel, watch in zip(self.sentinels, watches, strict=True):
            base = shape.base_configuration(sentinel.port, str(sentinel.data))
            sentinel.prepare([*(f"{name} {value}" for name, value in base.items()), *watch], {})

    def _lines(self, index: int, node: RedisNode) -> list[str]:
        ports = [other.port for other in self.nodes]
        merged = {
            **shape.base_configuration(node.port, str(node.data)),
            **shape.node_configuration(self.topology, index, ports, self._bus_ports),
            **self._tls_configuration(index),
        }
        if self.settings.password is not None:
            merged["masterauth"] = self.settings.password
        if self.settings.acl_file:
            merged["aclfile"] = str(node.acl_file)
        lines = [f"{name} {value}" for name, value in {**merged, **self.settings.config}.items()]
        return lines if self.settings.acl_file else [*lines, *(f"user {user}" for user in self.settings.user_lines)]

    def _tls_configuration(self, index: int) -> dict[str, str]:
        if self._identity is None:
            return {}
        stored = str(self._identity.keystore)
        return {
            "tls-port": str(self._tls_ports[index]),
            "tls-cert-file": stored,
            "tls-key-file": stored,
            "tls-ca-cert-file": str(self._identity.ca_file),
            "tls-auth-clients": "no",
        }

    def _await_ready(self) -> None:
        super()._await_ready()
        self._await_links()

    def _note_fresh(self) -> None:
        for node in self.nodes:
            node.remember_configuration()
        if self.settings.proxied and self.topology == "single":
            # The other topologies tell clients their nodes' own ports.
            self._proxy = Proxy(RedisProtocol(self.nodes[0].admin.changing_commands()))
            self._proxy_port = self._proxy.open_port()
            self._proxy.route(self._proxy_port, self.port)

    def _await_links(self) -> None:
        deadline = time.monotonic() + _LINKED_WITHIN
        while True:
            try:
                missing = shape.missing_link(self.topology, self.nodes, self.sentinels)
            except (redis.AuthenticationError, redis.exceptions.NoPermissionError):
                # A test persisted users that keep us out: then there is nothing to look at.
                return
            if missing is None:
                return
            if time.monotonic() > deadline:
                raise BrokerError(f"the {self.topology} is not whole after {_LINKED_WITHIN:.0f} s: {missing}")
            time.sleep(_POLL)

    def configure(self, **settings: str) -> None:
        """CONFIG SET on every data node, until the next `wipe`; underscores in names stand for dashes."""
        for node in self.nodes:
            node.configure(**settings)

    def commandstats(self) -> CommandStats:
        """How often each command was sent to each data node since it started, refused and failed ones too.

        A replica counts what its primary sends it, and a script's commands count beside the script.
        """
        return {node.address: node.admin.commandstats() for node in self.nodes if node.running}

    def write_commands(self) -> frozenset[str]:
        """Commands that the server itself flags `write`, as `xadd` or `xgroup|create`."""
        return self.nodes[0].admin.write_commands()

    def changes_since(self, before: CommandStats) -> CommandStats:
        """What was sent since `before` that changes keys, users, configuration or topology; no node without any."""
        changing = self.nodes[0].admin.changing_commands()
        found = {}
        for address, now in self.commandstats().items():
            earlier = before.get(address, {})
            more = {name: count - earlier.get(name, 0) for name, count in now.items() if name in changing}
            if sent := {name: count for name, count in more.items() if count > 0}:
                found[address] = sent
        return found

    def wipe(self) -> None:
        """Delete all keys, users but `default` and those of the settings, scripts and functions; settings go back.

        All nodes start afresh where that is the only way: one is stopped or lets us in no more, or the roles changed.
        """
        self.resume()
        try:
            wiped = self._wipe_in_place()
        except redis.RedisError:
            wiped = False
        if not wiped:
            self.kill()
            self._prepare()
            self._start_members()

    def _wipe_in_place(self) -> bool:
        """Empty the nodes as they run; False when they are not those, in the roles, that were laid out."""
        primaries = self.nodes[: shape.primary_count(self.topology)]
        if not all(node.running for node in self.members) or self.primaries != primaries:
            return False
        for node in self.nodes:
            node.restore_configuration()
            node.admin.restore_users(self.settings.default_rules, self.settings.users)
        for node in primaries:
            node.admin.call("FLUSHALL")
            node.admin.call("FUNCTION", "FLUSH")
            node.admin.call("SCRIPT", "FLUSH")
        self._await_links()
        for node in self.nodes:
            # CONFIG REWRITE, ACL SAVE and a `stop` left them; a later start must not read them.
            node.write_files()
            (node.data / "dump.rdb").unlink(missing_ok=True)
        self._await_empty_replicas()
        return True

    def _await_empty_replicas(self) -> None:
        deadline = time.monotonic() + _LINKED_WITHIN
        while any(node.admin.call("DBSIZE") for node in self.replicas):
            if time.monotonic() > deadline:
                raise BrokerError("a replica still has keys after its primary was emptied")
            time.sleep(_POLL)
