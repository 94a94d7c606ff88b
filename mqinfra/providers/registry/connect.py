"""Opening a session: connect, find out what the registry is, and say exactly why when it does not work."""

import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.errors import UserError
from mqinfra.model.reading import Facts
from mqinfra.model.secret import SecretResolver
from mqinfra.providers.base.broker_session import BrokerSession
from mqinfra.providers.base.connecting.bounded import tls_context
from mqinfra.providers.base.connecting.codes import LOGIN_FAILED, UNREACHABLE
from mqinfra.providers.base.connecting.tls import Tls
from mqinfra.providers.base.connecting.urls import address_of
from mqinfra.providers.base.kind import Kind
from mqinfra.providers.base.provider import Cluster
from mqinfra.providers.base.verification.messenger import Messenger
from mqinfra.providers.registry.api.call import Call, RegistryFault
from mqinfra.providers.registry.api.codes import NOT_REGISTRY
from mqinfra.providers.registry.api.connection import PORTS, RegistryConnection
from mqinfra.providers.registry.api.http import Http, Login
from mqinfra.providers.registry.client import RegistryClient
from mqinfra.providers.registry.dialects import LEVEL, TRAIT, told_apart
from mqinfra.providers.registry.subjects.reading import level_in
from mqinfra.providers.registry.verification.messenger import RegistryMessenger

_PATIENCE = 8.0
"""Seconds until a registry counts as unreachable, however long its later answers may take."""
_UNKEPT = (
    "a registry has no place for records, so that only `removed:` deletes anything; `records: CLUSTER` in its block "
    "names a cluster that keeps them"
)


class RegistrySession(BrokerSession[RegistryClient]):
    """A session with a registry."""

    def messenger(self) -> Messenger:
        """Ask the registry; see `Session.messenger`."""
        return RegistryMessenger(self._client)


def connect(
    cluster: Cluster, kinds: Mapping[str, Kind[Any]], secrets: SecretResolver, timeout: float
) -> BrokerSession[RegistryClient]:
    """Open a session; see `Provider.connect`."""
    connection = cluster.block(RegistryConnection)
    login = _login(connection, secrets, cluster.where)
    context: ssl.SSLContext | None = None
    if connection.encrypted:
        tls = connection.tls or Tls()
        context = tls_context(tls, secrets(tls.key_password).reveal() if tls.key_password else None, cluster.where)
    failures: list[Diagnostic] = []
    for url in connection.url:
        http = Http(url, login, context, width=connection.connections, where=cluster.where, timeout=timeout)
        try:
            found = _entered(http, connection, timeout)
            if not isinstance(found, Diagnostic):
                client, facts = found
                session = RegistrySession(cluster.alias, "registry", kinds, client, facts, secrets, client.close)
                session.unkept = _UNKEPT if connection.keeper is None else ""
                return session
        except BaseException:
            http.close()
            raise
        http.close()
        failures.append(found)
    raise UserError(failures or [UNREACHABLE.at("there is no address to connect to", address=cluster.where)])


def _login(connection: RegistryConnection, secrets: SecretResolver, where: str) -> Login:
    if connection.token is not None:
        token = secrets(connection.token).reveal()
        if not token or any(not "!" <= sign <= "~" for sign in token):  # it would end its header
            found = LOGIN_FAILED.at(
                f"the value behind `token` ({connection.token}) is not a bearer token: it is empty, or has a blank or "
                "a line end in it",
                address=where,
            )
            raise UserError([found])
        return Login(token=token)
    if connection.username is None or connection.password is None:
        return Login()
    return Login(connection.username, secrets(connection.password).reveal())


def _entered(http: Http, connection: RegistryConnection, timeout: float) -> tuple[RegistryClient, Facts] | Diagnostic:
    """A client and what the registry says of itself, or why this node can't be used.

    Raises:
        UserError: the login was refused, or it is another registry than the one that is meant.
    """
    answer = http.call(Call("GET", ("config",), timeout=min(timeout, _PATIENCE)))
    if isinstance(answer, RegistryFault):
        if answer.denied:
            raise UserError([_refused(answer, http, connection)])
        if answer.absent:
            path = "" if "/apis/ccompat/" in http.url else "; Apicurio's ends in `/apis/ccompat/v7`"
            return NOT_REGISTRY.at(
                f"`{http.address}` has no `GET {urlsplit(http.url).path}/config`",
                address=http.where,
                help=f"check that `url` is the base of the registry's API{path}",
            )
        return answer.unread("to `GET /config`", http.where)
    if not isinstance(answer.body, dict) or not {"compatibilityLevel", "compatibility"} & answer.body.keys():
        return NOT_REGISTRY.at(
            f"`{http.address}` does not answer like a schema registry", address=http.where, help="check `url`"
        )
    dialect, version, identity = told_apart(http.call, http.url)
    # By the first node, whichever answers: what plans and records call the registry must not change with it.
    own = identity or f"{address_of(connection.url[0], PORTS)}{urlsplit(connection.url[0]).path}"
    connection.require_cluster([own], http.where)
    facts = Facts(
        cluster_id=own,
        product=dialect.product,
        version=version,
        endpoint=http.address,
        traits={TRAIT: dialect.name, LEVEL: level_in(answer.body) or dialect.level},
    )
    return RegistryClient(http.where, http, connection.connections, dialect), facts


def _refused(fault: RegistryFault, http: Http, connection: RegistryConnection) -> Diagnostic:
    if connection.token is not None:
        help_ = f"check the value behind `token` ({connection.token})"
    elif connection.username is not None:
        help_ = f"check `username`, and the value behind `password` ({connection.password})"
    else:
        help_ = "give `username` and `password`, or `token`"
    return LOGIN_FAILED.at(f"`{http.address}` refused the login ({fault.message})", address=http.where, help=help_)
