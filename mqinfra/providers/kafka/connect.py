"""Opening a session: connect, find out what the cluster is, and say exactly why when it does not work."""

import time
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotDone
from typing import Any

from confluent_kafka import Consumer, KafkaException, Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._config import ConfigEntry, ConfigResource

from mqinfra.model.errors import UserError
from mqinfra.model.reading import Facts
from mqinfra.model.secret import SecretRef, SecretResolver
from mqinfra.providers.base.connecting.addresses import joined
from mqinfra.providers.base.connecting.announced import refusal
from mqinfra.providers.base.kind import Kind
from mqinfra.providers.base.provider import Cluster
from mqinfra.providers.kafka.api.acl import ANONYMOUS, EVERYONE_ALLOWED, HIDDEN
from mqinfra.providers.kafka.api.acl_calls import AclCalls
from mqinfra.providers.kafka.api.advertised import advertised
from mqinfra.providers.kafka.api.client import KafkaClient
from mqinfra.providers.kafka.api.clients import Clients
from mqinfra.providers.kafka.api.connection import KafkaConnection
from mqinfra.providers.kafka.api.connection_log import ConnectionLog
from mqinfra.providers.kafka.api.diagnosis import bad_client, diagnose, is_final, no_token, trouble
from mqinfra.providers.kafka.api.faults import KafkaFault, fault_named
from mqinfra.providers.kafka.api.group_calls import GroupCalls
from mqinfra.providers.kafka.api.librdkafka import librdkafka_config
from mqinfra.providers.kafka.api.logins import Logins
from mqinfra.providers.kafka.api.logs.calls import LogCalls
from mqinfra.providers.kafka.api.node_calls import Node, NodeCalls
from mqinfra.providers.kafka.api.origins import ONLY_SCRAM, SUPER_USERS, mechanisms, only_scram
from mqinfra.providers.kafka.api.quota_calls import QuotaCalls
from mqinfra.providers.kafka.api.replica_calls import ReplicaCalls
from mqinfra.providers.kafka.api.sasl import Mechanism
from mqinfra.providers.kafka.api.scram_calls import ScramCalls
from mqinfra.providers.kafka.api.second_client import SecondClient
from mqinfra.providers.kafka.api.topic_calls import TopicCalls
from mqinfra.providers.kafka.api.version import version_from
from mqinfra.providers.kafka.api.wire import Peer, Throttle, Wire, fault_of
from mqinfra.providers.kafka.groups.kind import NEW_PARTITIONS
from mqinfra.providers.kafka.moves.throttles import LEFT_ON, RATES, is_our_rate
from mqinfra.providers.kafka.session import KafkaSession

NEW_TOPICS = ("default.replication.factor", "min.insync.replicas")
"""The broker's own settings that say what a topic gets that is yet to be made, for the rules."""
_TOLD = (*NEW_TOPICS, NEW_PARTITIONS, "ssl.principal.mapping.rules")
_PATIENCE = 7.0
"""Seconds until a cluster counts as unreachable, however long its later answers may take."""
_LOOK_ROUND = 5_000
"""Milliseconds after which librdkafka asks anew which broker to send calls to that a controller answers.

Without topics of its own it asks every five minutes otherwise, and waits for one that went down until the call is over
("Failed while waiting for controller"; seen with 2.16 on three nodes of Kafka 3.9 and 4.4).
"""
_POLL = 0.05
_TRIES = 3
"""Failures of every address after which more of the same is not waited for."""


def connect(cluster: Cluster, kinds: Mapping[str, Kind[Any]], secrets: SecretResolver, timeout: float) -> KafkaSession:
    """Open a session; see `Provider.connect`."""
    connection = cluster.block(KafkaConnection)
    peer = Peer(cluster.alias, connection.endpoint, _principal(connection))
    log, throttle = ConnectionLog(), Throttle()
    patience = min(timeout, _PATIENCE)
    plain = librdkafka_config(connection, secrets) | {
        "socket.connection.setup.timeout.ms": max(1_000, int(patience * 500)),
        "socket.timeout.ms": int(min(max(timeout, 1.0), 300.0) * 1_000),
    }
    config: dict[str, Any] = plain | {
        "error_cb": log.on_error,
        "throttle_cb": throttle.on_throttle,
        "topic.metadata.refresh.interval.ms": _LOOK_ROUND,
    }
    _look_ahead(connection, secrets, peer, patience / 2)
    try:
        wire = Wire(
            AdminClient(config, logger=log.logger), peer, timeout, throttle, lambda: trouble(log.since, connection)
        )
    except (KafkaException, ValueError, TypeError) as error:
        text = fault_of(error).message if isinstance(error, KafkaException) else str(error)
        raise UserError([bad_client(text, str(peer))]) from None
    deadline = time.monotonic() + patience
    try:
        described = _described(wire, log, connection, patience)
        _check([joined(node.host, node.port) for node in described.nodes], connection, peer)
        connection.require_cluster([described.cluster_id], str(peer))
    except BaseException:
        # Whoever keeps the error keeps these frames, and a client in them its threads and connections.
        wire.close()
        raise
    node = described.controller or described.nodes[0]
    settings = _broker_settings(wire, node.id, max(1.0, deadline - time.monotonic()))
    rights = frozenset(right.name for right in described.authorized_operations or ())
    log.reached()
    second, topics = SecondClient(connection, secrets, timeout), TopicCalls(wire)
    client = KafkaClient(
        wire,
        topics,
        GroupCalls(wire, sees_all="DESCRIBE" in rights),
        AclCalls(wire, second, _acls_unreadable(rights, settings)),
        ScramCalls(wire, may_describe="DESCRIBE" in rights),
        QuotaCalls(wire, second),
        Logins(config, patience),
        NodeCalls(
            wire,
            [Node(node.id, joined(node.host, node.port)) for node in described.nodes],
            lambda address: AdminClient(config | {"bootstrap.servers": address}, logger=log.logger),
        ),
        LogCalls(
            wire,
            lambda more: Consumer(config | dict(more), logger=log.logger),
            lambda more: Producer(config | dict(more), logger=log.logger),
        ),
        second,
        ReplicaCalls(wire, topics, second),
        Clients(plain, log.logger),
        rights=rights,
        deletion_disabled=_text(settings, "delete.topic.enable") == "false",
        mechanisms=mechanisms(settings),
        super_users=frozenset(connection.super_users),
        move_rate=connection.bytes_a_second,
    )
    facts = Facts(
        cluster_id=described.cluster_id,
        version=version_from(settings.keys()),
        version_is_exact=False,
        brokers=len(described.nodes),
        racks=tuple(sorted({node.rack for node in described.nodes if node.rack})),
        endpoint=connection.endpoint,
        traits=_traits(settings, connection, peer.principal) | _rate_left(settings, node.id),
    )
    return KafkaSession(cluster.alias, "kafka", kinds, client, facts, secrets, client.close)


def _look_ahead(connection: KafkaConnection, secrets: SecretResolver, peer: Peer, patience: float) -> None:
    """Find the listeners before librdkafka logs in there, where the password would go to them in plain text.

    With other mechanisms, and with TLS, they are checked after the first answer only: what librdkafka has sent to them
    by then can't be read by others, or for SCRAM is not the password.

    Raises:
        UserError: naming a listener where the credentials may not go.
    """
    sasl = connection.security.sasl
    if sasl is None or sasl.mechanism is not Mechanism.PLAIN or connection.security.protocol.encrypted:
        return
    values = [
        secrets(one).reveal() if isinstance(one, SecretRef) else one or "" for one in (sasl.username, sasl.password)
    ]
    _check(advertised(connection.bootstrap, (values[0], values[1]), patience), connection, peer)


def _check(listeners: Iterable[str], connection: KafkaConnection, peer: Peer) -> None:
    for address in listeners:
        found = refusal(
            address,
            str(peer),
            declared=connection.bootstrap,
            allowed=connection.announced,
            readable=connection.password_is_readable and not connection.security.allow_plaintext_credentials,
        )
        if found is not None:
            raise UserError([found])


def _described(wire: Wire, log: ConnectionLog, connection: KafkaConnection, patience: float) -> Any:  # noqa: ANN401 - a DescribeClusterResult, whose stub says nothing
    """Ask the cluster who it is; give up early when trying again can't help."""
    deadline = time.monotonic() + patience
    asked: Future[Any] = wire.admin.describe_cluster(include_authorized_operations=True, request_timeout=patience)
    while True:
        try:
            return asked.result(_POLL)
        except NotDone:
            wire.admin.poll(0)
            if time.monotonic() < deadline and not _hopeless(log, connection):
                continue
        except KafkaException as error:
            wire.admin.poll(0)
            log.on_error(error.args[0])
        raise UserError([diagnose(log.failures, log.other, connection, str(wire.peer))])


def _hopeless(log: ConnectionLog, connection: KafkaConnection) -> bool:
    if no_token(log.other):
        return True
    tries: dict[str, int] = {}
    for failure in log.failures:
        tries[failure.address] = tries.get(failure.address, 0) + (_TRIES if is_final(failure, connection) else 1)
    return all(tries.get(address, 0) >= _TRIES for address in connection.bootstrap)


def _broker_settings(wire: Wire, broker: int, patience: float) -> Mapping[str, ConfigEntry]:
    """Settings of one broker; none when the caller may not see them."""
    asked = wire.admin.describe_configs(
        [ConfigResource(ConfigResource.Type.BROKER, str(broker))], request_timeout=patience
    )
    try:
        found: Mapping[str, ConfigEntry] = next(iter(asked.values())).result(patience + 1)
    except (KafkaException, NotDone):
        # Only the version and a courtesy of the dry run hang on it.
        return {}
    return found


def _text(settings: Mapping[str, ConfigEntry], key: str) -> str | None:
    entry = settings.get(key)
    return entry.value if entry is not None else None


def _traits(settings: Mapping[str, ConfigEntry], connection: KafkaConnection, principal: str) -> dict[str, str]:
    """What rules look at. The brokers hide what an authorizer's own settings are, and not that they are set."""
    traits = {key: value for key in _TOLD if (value := _text(settings, key)) is not None}
    if principal:
        traits["user"] = principal
    if connection.super_users:
        traits[SUPER_USERS] = ";".join(connection.super_users)
    if only_scram(settings):
        traits[ONLY_SCRAM] = "true"
    said = connection.everyone_allowed
    if said or (said is None and EVERYONE_ALLOWED in settings):
        traits[EVERYONE_ALLOWED] = "true" if said else _text(settings, EVERYONE_ALLOWED) or HIDDEN
    return traits


def _rate_left(settings: Mapping[str, ConfigEntry], broker: int) -> dict[str, str]:
    return {LEFT_ON: str(broker)} if any(is_our_rate(_text(settings, name)) for name in RATES) else {}


def _acls_unreadable(rights: Collection[str], settings: Mapping[str, ConfigEntry]) -> KafkaFault | None:
    """Why ACLs can't be read: librdkafka answers with an empty list then."""
    if _text(settings, "authorizer.class.name") == "":
        return fault_named("SECURITY_DISABLED", "the cluster has no authorizer (`authorizer.class.name` is empty)")
    if "DESCRIBE" not in rights:
        return fault_named("CLUSTER_AUTHORIZATION_FAILED", "not allowed: this needs Describe on the cluster")
    return None


def _principal(connection: KafkaConnection) -> str:
    sasl = connection.security.sasl
    if connection.principal:
        return connection.principal
    if sasl is None:
        tls = connection.security.tls
        return "" if tls is not None and tls.has_certificate else ANONYMOUS
    return f"User:{sasl.username}" if isinstance(sasl.username, str) else ""
