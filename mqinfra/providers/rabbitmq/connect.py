"""Opening a session: connect, find out what the deployment is, and say exactly why when it does not work."""

import ssl
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from pydantic import JsonValue

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.errors import UserError
from mqinfra.model.reading import Facts
from mqinfra.model.secret import SecretResolver
from mqinfra.providers.base.connecting.bounded import tls_context
from mqinfra.providers.base.connecting.codes import (
    NOT_ALLOWED,
    TLS_FAILED,
    UNREACHABLE,
    WRONG_PROTOCOL,
)
from mqinfra.providers.base.connecting.tls import Tls
from mqinfra.providers.base.connecting.urls import port_of
from mqinfra.providers.base.kind import Kind
from mqinfra.providers.base.provider import Cluster
from mqinfra.providers.rabbitmq.api.amqp import Broker
from mqinfra.providers.rabbitmq.api.call import Answer, Call, RabbitFault
from mqinfra.providers.rabbitmq.api.codes import NOT_MANAGEMENT, TOO_OLD
from mqinfra.providers.rabbitmq.api.connection import PORTS, RabbitConnection
from mqinfra.providers.rabbitmq.api.diagnosis import amqp_port, login_refused, speaks_amqp
from mqinfra.providers.rabbitmq.api.foreign_response import WITH_SLASHES, decoded
from mqinfra.providers.rabbitmq.api.http import Http
from mqinfra.providers.rabbitmq.api.identity import Identity, identity
from mqinfra.providers.rabbitmq.io.client import RabbitClient
from mqinfra.providers.rabbitmq.session import RabbitSession
from mqinfra.providers.rabbitmq.settings import deprecations

_PATIENCE = 8.0
"""Seconds until a deployment counts as unreachable, however long its later answers may take."""
_OLDEST = (3, 8)
_ALARMS = {"mem_alarm": "memory", "disk_free_alarm": "disk"}


def connect(cluster: Cluster, kinds: Mapping[str, Kind[Any]], secrets: SecretResolver, timeout: float) -> RabbitSession:
    """Open a session; see `Provider.connect`."""
    connection = cluster.block(RabbitConnection)
    client, facts = _Opening(connection, cluster.where, secrets, timeout).client()
    return RabbitSession(cluster.alias, "rabbitmq", kinds, client, facts, secrets, client.close)


class _Opening:
    """The steps of connecting; each raises UserError with what is wrong and what to do."""

    def __init__(self, connection: RabbitConnection, where: str, secrets: SecretResolver, timeout: float) -> None:
        self.connection, self.where, self.timeout = connection, where, timeout
        self.deadline = time.monotonic() + min(timeout, _PATIENCE)
        password = secrets(connection.password).reveal() if connection.password is not None else ""
        self.login = (connection.username or "", password)
        tls = connection.tls or Tls()
        key_password = secrets(tls.key_password).reveal() if tls.key_password is not None else None
        self.context: ssl.SSLContext | None = None
        if connection.encrypted or connection.amqp_encrypted:
            self.context = tls_context(tls, key_password, where)

    def client(self) -> tuple[RabbitClient, Facts]:
        failures: list[Diagnostic] = []
        for url in self.connection.url:
            http = self._http(url)
            try:
                found = self._enter(http)
                if not isinstance(found, Diagnostic):
                    return self._client(http, found)
            except BaseException:
                http.close()
                raise
            http.close()
            failures.append(found)
        raise UserError(failures or [UNREACHABLE.at("there is no address to connect to", address=self.where)])

    def _http(self, url: str) -> Http:
        context = self.context if url.startswith("https:") else None
        width = self.connection.connections
        return Http(url, self.login, context, width=width, where=self.where, timeout=self.timeout)

    def _enter(self, http: Http) -> tuple[str, frozenset[str]] | Diagnostic:
        """Who we are there, or why we can't get in; a refused login is as final as can be."""
        wait = max(1.0, min(self.deadline - time.monotonic(), _PATIENCE / 2))
        answer = http.call(Call("GET", ("whoami",), timeout=wait))
        if isinstance(answer, RabbitFault):
            if answer.denied:
                raise UserError([self._refused(answer, http)])
            parts = urlsplit(http.url)
            odd = answer.finding is not None and answer.finding.code in (TLS_FAILED.id, WRONG_PROTOCOL.id)
            if odd and speaks_amqp(parts.hostname or "", port_of(parts, PORTS)):
                return amqp_port(http.address, self.where)
            what_now = ("check whether the server is up and fully started",)
            return answer.unread(f"from `{http.address}` about who is calling", self.where, what_now)
        body = answer.body
        if not isinstance(body, dict) or "name" not in body:
            return NOT_MANAGEMENT.at(
                f"`{http.address}` does not answer like RabbitMQ", address=self.where, help="check `url`"
            )
        return str(body["name"]), frozenset(_words(body.get("tags")))

    def _refused(self, fault: RabbitFault, http: Http) -> Diagnostic:
        user = self.login[0]
        if "management user" in fault.message.lower():
            return NOT_ALLOWED.at(
                f"`{user}` may not use the management API of `{http.address}`: it lacks the tag `management`",
                address=self.where,
                help=f"an administrator can add it: `rabbitmqctl set_user_tags {user} management`",
            )
        hint = "`guest` may log in from the server's own machine only" if user == "guest" else ""
        what_now = (f"check `username`, and the value behind `password` ({self.connection.password})", hint)
        return login_refused(http.address, f"of `{user}`: wrong user or password", what_now, self.where)

    def _client(self, http: Http, caller: tuple[str, frozenset[str]]) -> tuple[RabbitClient, Facts]:
        (host, port), *others = self.connection.brokers(http.url)
        broker = Broker(
            host,
            port,
            self.context if self.connection.amqp_encrypted else None,
            self.login,
            self.where,
            self.timeout,
            self.connection.lock_vhost,
            tuple(others),
        )
        overview = self._overview(http)
        version = str(overview.get("rabbitmq_version") or overview.get("product_version") or "")
        user, tags = caller
        some = overview.get("exchange_types")
        types = [item for item in some if isinstance(item, dict)] if isinstance(some, list) else []
        nodes = self._nodes(http)
        client = RabbitClient(
            where=self.where,
            http=http,
            width=self.connection.connections,
            user=user,
            tags=tags,
            version=version,
            exchange_types=frozenset(str(item["name"]) for item in types if item.get("enabled", True)),
            features=self._features(http),
            broker=broker,
            decoded=self._decoded(http),
            down=None if nodes is None else frozenset(str(node["name"]) for node in nodes if not node.get("running")),
        )
        if client.version_tuple[:2] < _OLDEST:
            found = TOO_OLD.at(
                f"this is RabbitMQ {version or 'of an unknown version'}, and 3.8 or later is needed",
                address=self.where,
                help="upgrade the server",
            )
            raise UserError([found])
        told = str(overview.get("cluster_name") or "")
        names = [str(node["name"]) for node in nodes or ()]
        known = identity(told, str(overview.get("node") or ""), names)
        self.connection.require_cluster([known.name, *known.known_as, told], self.where)
        features = None
        if client.version_tuple >= deprecations.TELLS_SINCE:
            features = self._optional(http, Call("GET", ("deprecated-features",)))
        return client, self._facts(client, known, nodes, features)

    def _facts(
        self, client: RabbitClient, known: Identity, nodes: list[Mapping[str, JsonValue]] | None, told: JsonValue
    ) -> Facts:
        alarms: list[str] = []
        running = 1
        if nodes is not None:
            running = sum(node.get("running") is True for node in nodes)
            alarms = [f"{word} on {node['name']}" for node in nodes for key, word in _ALARMS.items() if node.get(key)]
        traits = {
            "user": client.user,
            "tags": ",".join(sorted(client.tags)),
            "exchange-types": ",".join(sorted(client.exchange_types)),
            "feature-flags": ",".join(sorted(client.features)),
            deprecations.TRAIT: deprecations.trait_of(told),
            "alarms": ",".join(sorted(alarms)),
            "node-count": str(len(nodes)) if nodes is not None else "",
        }
        return Facts(
            cluster_id=known.name,
            known_as=known.known_as,
            version=client.version,
            brokers=running,
            endpoint=client.http.address,
            traits={key: value for key, value in traits.items() if value},
        )

    def _overview(self, http: Http) -> Mapping[str, JsonValue]:
        answer = http.call(Call("GET", ("overview",)))
        if isinstance(answer, Answer) and isinstance(answer.body, dict):
            return answer.body
        fault = answer if isinstance(answer, RabbitFault) else RabbitFault("it is not an object")
        raise UserError([fault.unread("to `GET /api/overview`", self.where)])

    def _nodes(self, http: Http) -> list[Mapping[str, JsonValue]] | None:
        """The nodes with what they say of themselves; None for a caller who may not see them."""
        columns = {"columns": ",".join(("name", "running", *_ALARMS))}
        body = self._optional(http, Call("GET", ("nodes",), columns))
        return [node for node in body if isinstance(node, dict)] if isinstance(body, list) else None

    def _features(self, http: Http) -> frozenset[str]:
        """The feature flags that are on; none for a caller who may not see them."""
        body = self._optional(http, Call("GET", ("feature-flags",)))
        some = [flag for flag in body if isinstance(flag, dict)] if isinstance(body, list) else []
        return frozenset(str(flag["name"]) for flag in some if flag.get("state") == "enabled")

    def _decoded(self, http: Http) -> Diagnostic | None:
        """Whether names with slashes arrive: the server is asked for one, and answers with a plain yes or no."""
        answer = http.call(WITH_SLASHES)
        return decoded(answer, http.address, self.where) if isinstance(answer, RabbitFault) else None

    def _optional(self, http: Http, call: Call) -> JsonValue:
        """What a caller with enough rights gets; None without them, or on a server that has no such thing."""
        answer = http.call(call)
        if isinstance(answer, Answer):
            return answer.body
        if answer.denied or answer.absent:
            return None
        raise UserError([answer.unread(f"to `{call}`", self.where)])


def _words(tags: JsonValue) -> list[str]:
    """Tags of a user: a list, or before RabbitMQ 3.9 one text with commas."""
    some = tags.split(",") if isinstance(tags, str) else tags if isinstance(tags, list) else []
    return [str(tag).strip() for tag in some if str(tag).strip()]
