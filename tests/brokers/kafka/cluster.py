"""A Kafka cluster of one node or three, with users, TLS, ACLs and a recording proxy before it."""

from __future__ import annotations

import base64
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._scram import (
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialAlteration,
    UserScramCredentialDeletion,
    UserScramCredentialUpsertion,
)

from tests.brokers.errors import BrokerError
from tests.brokers.kafka import wire
from tests.brokers.kafka.node import ADMIN, LIMITED, MECHANISMS, KafkaNode, NodePorts
from tests.brokers.kafka.protocol import KafkaProtocol, KafkaRequest
from tests.brokers.ports import HOST
from tests.brokers.proxy import Proxy
from tests.brokers.server import Server
from tests.brokers.tls import ServerIdentity, make_identity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tests.brokers.kafka.release import Release

_DELETE_CHUNK = 1_000
_WIPE_WITHIN = 60.0
_ITERATIONS = 4096
_LISTENERS = {
    "PLAINTEXT": "PLAINTEXT",
    "SASL": "SASL_PLAINTEXT",
    "TLS": "SASL_SSL",
    "PROXIED": "PLAINTEXT",
    "CONTROLLER": "PLAINTEXT",
}


@dataclass(frozen=True)
class Settings:
    """What a cluster is started with.

    Attributes:
        listeners: further ones, with their protocols.
        options: further ones of Java's.
        racks: the rack of each node; empty for none.
        properties: further server properties, which win over ours.
        encrypted: clients and brokers come by TLS alone. It can be started and ended, and nothing can be wiped.
    """

    nodes: int = 1
    # Without this the controller writes a no-op record every 500 ms, and the end offset of the
    # metadata log says nothing about what a client wrote.
    quiet_metadata_log: bool = True
    proxied: bool = True
    # Enough for some thousand topics; with 10,000 of them the JVM spends its time collecting garbage.
    heap: str = "512m"
    listeners: Mapping[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    racks: tuple[str, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    encrypted: bool = False


class KafkaCluster(Server[KafkaRequest]):
    """One cluster.

    Attributes:
        forgotten: users, each with a mechanism, that it had forgotten when it was started the last time.
    """

    def __init__(self, release: Release, folder: Path, settings: Settings | None = None) -> None:
        super().__init__(f"Kafka {release.version}", release.version, release.line, folder)
        self.settings = settings or Settings()
        self.cluster_id = _random_id()
        self.nodes: list[KafkaNode] = []
        self._release = release
        self._proxy = Proxy(KafkaProtocol()) if self.settings.proxied else None
        self._proxy_ports: list[int] = []
        self._identity: ServerIdentity | None = None
        self.forgotten: frozenset[tuple[str, str]] = frozenset()

    @property
    def members(self) -> list[KafkaNode]:
        return self.nodes

    @property
    def block(self) -> Mapping[str, Any]:
        return {"bootstrap": self.bootstrap}

    @property
    def endpoints(self) -> Mapping[str, str]:
        users = ", ".join(f"{user.name}/{user.password}" for user in (ADMIN, LIMITED))
        return {
            "plaintext (super user)": self.bootstrap,
            "SASL_PLAINTEXT, SCRAM": self.sasl_bootstrap,
            "SASL_SSL, SCRAM": f"{self.tls_bootstrap}  CA {self.ca_file}",
            "users": f"{users} (the first is a super user, the other has no rights)",
        }

    @property
    def bootstrap(self) -> str:
        """Plaintext without login: whoever connects is a super user."""
        return ",".join(f"{HOST}:{node.ports.plaintext}" for node in self.nodes)

    @property
    def sasl_bootstrap(self) -> str:
        """SASL_PLAINTEXT with SCRAM, authorised by ACLs."""
        return ",".join(f"{HOST}:{node.ports.sasl}" for node in self.nodes)

    @property
    def tls_bootstrap(self) -> str:
        """SASL_SSL with SCRAM; `ca_file` is what a client must trust."""
        return ",".join(f"{HOST}:{node.ports.tls}" for node in self.nodes)

    def bootstrap_of(self, listener: str) -> str:
        """One of the further listeners."""
        return ",".join(f"{HOST}:{node.ports.further[listener]}" for node in self.nodes)

    @property
    def proxied_bootstrap(self) -> str:
        """Plaintext through the proxy; the brokers advertise the proxy's ports on it."""
        return ",".join(f"{HOST}:{port}" for port in self._proxy_ports)

    @property
    def identity(self) -> ServerIdentity:
        """The certificate of the brokers, and who signed it."""
        if self._identity is None:
            raise self._not_started()
        return self._identity

    @property
    def ca_file(self) -> Path:
        return self.identity.ca_file

    def _lay_out(self) -> None:
        """Choose ports, write the configuration and format what is not formatted."""
        count = self.settings.nodes
        if self._proxy is not None and not self._proxy_ports:
            self._proxy_ports = [self._proxy.open_port() for _ in range(count)]
        with ThreadPoolExecutor(max_workers=2) as pool:
            identity = pool.submit(make_identity, self.folder / "tls") if self._identity is None else None
            if identity is not None:
                self._identity = identity.result()
            self.nodes = [
                KafkaNode(
                    self._release,
                    number,
                    self.cluster_id,
                    ports,
                    self.folder / f"node-{number}",
                    nodes=count,
                    heap=self.settings.heap,
                    options=self.settings.options,
                    by_tls=self.ca_file if self.settings.encrypted else None,
                )
                for number, ports in enumerate(NodePorts.choose(count, tuple(self.settings.listeners)), start=1)
            ]
            for node in self.nodes:
                listeners = self._listeners(node)
                node.configure(self._properties(node, listeners), listeners.values())
            list(pool.map(lambda node: node.format(), [node for node in self.nodes if not node.data.exists()]))
        if self._proxy is not None:
            for port, node in zip(self._proxy_ports, self.nodes, strict=True):
                self._proxy.route(port, node.ports.proxied)

    def _listeners(self, node: KafkaNode) -> dict[str, int]:
        """The listeners of a node, with the ports that they are on."""
        ports = {
            "PLAINTEXT": node.ports.plaintext,
            "SASL": node.ports.sasl,
            "TLS": node.ports.tls,
            "PROXIED": node.ports.proxied,
            "CONTROLLER": node.ports.controller,
            **node.ports.further,
        }
        if self._proxy is None:
            del ports["PROXIED"]
        if self.settings.encrypted:
            ports = {name: ports[name] for name in ("TLS", "CONTROLLER")}
        return ports

    def _properties(self, node: KafkaNode, ports: Mapping[str, int]) -> dict[str, str]:
        assert self._identity is not None
        advertised = {name: port for name, port in ports.items() if name != "CONTROLLER"}
        if "PROXIED" in advertised:
            advertised["PROXIED"] = self._proxy_ports[node.node_id - 1]
        replicas = str(min(3, self.settings.nodes))
        protocols = _LISTENERS | dict(self.settings.listeners)
        login = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
        return {
            "process.roles": "broker,controller",
            "controller.quorum.voters": ",".join(f"{n.node_id}@{HOST}:{n.ports.controller}" for n in self.nodes),
            "listeners": _listeners(ports),
            "advertised.listeners": _listeners(advertised),
            "listener.security.protocol.map": ",".join(f"{name}:{protocol}" for name, protocol in protocols.items()),
            "controller.listener.names": "CONTROLLER",
            "inter.broker.listener.name": "PLAINTEXT",
            "sasl.enabled.mechanisms": ",".join(MECHANISMS),
            **{
                f"listener.name.{listener}.{mechanism.lower()}.sasl.jaas.config": login
                for listener in ("sasl", "tls")
                for mechanism in MECHANISMS
            },
            **self._identity.properties("TLS"),
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            # ANONYMOUS is whoever comes in on a plaintext listener, the brokers and controllers among them.
            "super.users": f"User:{ADMIN.name};User:ANONYMOUS",
            "auto.create.topics.enable": "false",
            "num.partitions": "1",
            "offsets.topic.replication.factor": replicas,
            "offsets.topic.num.partitions": "1",
            "transaction.state.log.replication.factor": replicas,
            "transaction.state.log.num.partitions": "1",
            "transaction.state.log.min.isr": "1",
            **({} if self.line.startswith("3.") else _share_group_properties(replicas)),
            "group.initial.rebalance.delay.ms": "0",
            # Files of deleted topics stay open for this long. With the usual minute, tests that wipe
            # thousands of topics run the broker out of file handles, which it survives as a wreck.
            "log.segment.delete.delay.ms": "1000",
            "log.initial.task.delay.ms": "1000",
            **({"metadata.max.idle.interval.ms": "0"} if self.settings.quiet_metadata_log else {}),
            **(self._between_brokers_by_tls() if self.settings.encrypted else {}),
            **({"broker.rack": self.settings.racks[node.node_id - 1]} if self.settings.racks else {}),
            **self.settings.properties,
        }

    def _between_brokers_by_tls(self) -> dict[str, str]:
        login = f'ScramLoginModule required username="{ADMIN.name}" password="{ADMIN.password}";'
        mechanism = MECHANISMS[-1]
        return {
            "inter.broker.listener.name": "TLS",
            "sasl.mechanism.inter.broker.protocol": mechanism,
            f"listener.name.tls.{mechanism.lower()}.sasl.jaas.config": (
                f"org.apache.kafka.common.security.scram.{login}"
            ),
            "listener.name.tls.ssl.truststore.type": "PEM",
            "listener.name.tls.ssl.truststore.location": str(self.ca_file),
        }

    def _note_fresh(self) -> None:
        """A fresh cluster has no topic of anybody's, so there is nothing to remember."""

    def metadata_end_offset(self) -> int:
        """The end of the metadata log. Unchanged between two calls: nothing was written to the cluster."""
        return wire.metadata_end_offset(self._a_port())

    def wipe(self) -> None:
        """Delete topics but Kafka's own, groups, ACLs, users and quotas; wait until all nodes forgot the topics."""
        deadline = time.monotonic() + _WIPE_WITHIN
        while names := wire.topics_seen(self._a_port()):
            if time.monotonic() > deadline:
                raise BrokerError(f"{len(names)} topics are left after {_WIPE_WITHIN:.0f} s, {names[0]} among them")
            for start in range(0, len(names), _DELETE_CHUNK):
                refused = wire.delete_topics(self._a_port(), names[start : start + _DELETE_CHUNK])
                if real := {name: code for name, code in refused.items() if code != _UNKNOWN_TOPIC}:
                    raise BrokerError(f"topics could not be deleted (error codes): {dict(list(real.items())[:5])}")
            time.sleep(0.02)
        self.wipe_groups()
        self.wipe_acls()
        self.wipe_users()
        self.wipe_quotas()
        while any(wire.topics_seen(node.ports.plaintext) for node in self.nodes if node.running):
            if time.monotonic() > deadline:
                raise BrokerError("a node still knows deleted topics")
            time.sleep(0.05)

    def wipe_groups(self) -> None:
        """Delete every group without members, and what groups have set, whether they are there or not."""
        for node in self.nodes:
            if node.running:
                wire.delete_groups(node.ports.plaintext)
        names = wire.groups_with_settings(self._a_port()) if not self.line.startswith("3.") else []
        if names:
            wire.reset_group_settings(self._a_port(), names)

    def wipe_acls(self) -> None:
        """Delete every ACL; the brokers learn it a moment later."""
        wire.delete_all_acls(self._a_port())

    def wipe_quotas(self) -> None:
        """Remove every limit of every quota."""
        held = wire.quotas(self._a_port())
        if held:
            wire.alter_quotas(self._a_port(), {entity: dict.fromkeys(limits) for entity, limits in held.items()})

    def quotas(self) -> wire.Quotas:
        """All quotas there are."""
        return wire.quotas(self._a_port())

    def start(self, *, detached: bool = False) -> None:
        """Start the nodes; what they forgot at a restart of the users that they were formatted with, they get back.

        After a SCRAM credential was deleted, Kafka 3.9.2 and 4.4.0 may lose all of its mechanism when a node reads its
        log again: a delete that comes before anything was added drops the map that the others go into (ScramDelta).
        """
        again = self._known
        super().start(detached=detached)
        if again:
            held = self.credentials()
            own = {(user.name, word): user.password for user in (ADMIN, LIMITED) for word in MECHANISMS}
            self.forgotten = frozenset(own.keys() - held)
            for name, word in sorted(self.forgotten):
                scram = ScramCredentialInfo(_mechanism(word), _ITERATIONS)
                self._alter([UserScramCredentialUpsertion(name, scram, own[name, word].encode())])

    def wipe_users(self) -> None:
        """Delete every SCRAM user but those that the storage was formatted with."""
        held = sorted(self.credentials())
        for word in MECHANISMS:  # a user may stand in a call once
            self._alter(
                [
                    UserScramCredentialDeletion(name, _mechanism(word))
                    for name, own in held
                    if own == word and name not in (ADMIN.name, LIMITED.name)
                ]
            )

    def _alter(self, alterations: Sequence[UserScramCredentialAlteration]) -> None:
        if alterations:
            admin = self._admin()
            for future in admin.alter_user_scram_credentials(list(alterations)).values():
                future.result()

    def credentials(self) -> set[tuple[str, str]]:
        """Users, each with a mechanism by which they may log in."""
        admin = self._admin()  # it ends with its last reference, and its answers with it
        asked: Any = admin.describe_user_scram_credentials()
        return {
            (name, one.mechanism.name.replace("_", "-"))
            for name, found in asked.result().items()
            for one in found.scram_credential_infos
        }

    def _admin(self) -> AdminClient:
        return AdminClient({"bootstrap.servers": self.bootstrap, "enable.metrics.push": False, "log_level": 0})

    def _a_port(self) -> int:
        for node in self.nodes:
            if node.running:
                return node.ports.plaintext
        raise BrokerError("no node of the cluster is running")


_UNKNOWN_TOPIC = 3


def _mechanism(word: str) -> ScramMechanism:
    return ScramMechanism[word.replace("-", "_")]


def _random_id() -> str:
    """An id as Kafka makes them: none begins with a dash, which kafka-storage would take for an option."""
    while (text := base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")).startswith("-"):
        pass
    return text


def _listeners(ports: Mapping[str, int]) -> str:
    return ",".join(f"{name}://{HOST}:{port}" for name, port in ports.items())


def _share_group_properties(replicas: str) -> dict[str, str]:
    return {
        "share.coordinator.state.topic.replication.factor": replicas,
        "share.coordinator.state.topic.num.partitions": "1",
        "share.coordinator.state.topic.min.isr": "1",
    }
