"""Why a connection to Kafka failed: from librdkafka's words to causes.

The signs were taken from real brokers; an integration test makes each of these failures and reads the message.
"""

import re
from collections.abc import Iterable

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.connecting import diagnosis
from mqinfra.providers.base.connecting.cause import Cause
from mqinfra.providers.base.connecting.codes import BAD_CLIENT
from mqinfra.providers.base.connecting.diagnosis import Failure, Terms, explained
from mqinfra.providers.base.connecting.errors import tls_cause
from mqinfra.providers.kafka.api.connection import KafkaConnection
from mqinfra.providers.kafka.api.connection_log import FailedTry

TERMS = Terms(
    product="Kafka",
    addresses="bootstrap",
    tls="security.tls",
    use_tls="add a `tls` block under `security`",
    use_plain="remove `security.tls`",
    announced=(
        "check that the broker is up, and that its `advertised.listeners` names an address that this machine can "
        "reach on the listener that `bootstrap` names"
    ),
    advice={
        Cause.NO_LOGIN_TAKEN: ("remove `security.sasl`, or use the port of a listener with SASL",),
        Cause.LOGIN_NEEDED: ("add a `sasl` block under `security`, or use the port of a listener without login",),
    },
)
_FINAL = frozenset(
    {
        Cause.LOGIN_REFUSED,
        Cause.NO_LOGIN_TAKEN,
        Cause.BAD_CERTIFICATE,
        Cause.NOT_TLS,
        Cause.CLIENT_CERTIFICATE,
        Cause.STRANGER,
    }
)
_UNVERIFIED = frozenset({Cause.OTHER_NAME, Cause.EXPIRED, Cause.UNTRUSTED})
_MECHANISMS = re.compile(r"supported mechanisms: *(?P<offered>[A-Z0-9,-]*)")
_ABOUT_LOGIN = re.compile(r"SASL|OAUTHBEARER|token|kinit|[Kk]erberos|GSSAPI")
_LOGIN = ("SASL", "OAUTHBEARER", "uthentication")
_SIZE = re.compile(r"Invalid response size (?P<size>\d+)")
_HTTP = 0x48545450  # the first four bytes of `HTTP/1.1 400`, read as a length


def is_final(failed: FailedTry, connection: KafkaConnection) -> bool:
    """Whether trying again can't help, as with a wrong password, which may also lock the account."""
    return failure_of(failed, connection).cause in _FINAL


def no_token(other: Iterable[str]) -> bool:
    """Whether a token for the login could not be had, which is said once and then not for a long time."""
    return any("Failed to acquire SASL" in text for text in other)


def bad_client(text: str, where: str) -> Diagnostic:
    """Say why librdkafka would not even begin."""
    if "No provider for SASL mechanism GSSAPI" in text:
        return BAD_CLIENT.at(
            "the installed confluent-kafka is built without Kerberos (GSSAPI)",
            address=where,
            help="build it with libsasl2: `pip install --no-binary confluent-kafka confluent-kafka`",
        )
    return BAD_CLIENT.at(text, address=where, help="check the files and values under `security`")


def diagnose(tries: Iterable[FailedTry], other: Iterable[str], connection: KafkaConnection, where: str) -> Diagnostic:
    """Say why no connection came about.

    Args:
        tries: what failed, oldest first.
        other: errors that are about no connection.
        connection: the block of the cluster.
        where: alias and address, for messages.
    """
    failures = [failure_of(failed, connection) for failed in tries] or [_unseen(list(other), connection)]
    return diagnosis.diagnose(failures, TERMS, where)


def trouble(tries: Iterable[FailedTry], connection: KafkaConnection) -> tuple[str, ...]:
    """Say what went wrong with connections in the meantime, for a request that got no answer; once per address."""
    said: dict[str, str] = {}
    for failed in tries:
        message, what_now = explained(failure_of(failed, connection), TERMS)
        said[failed.address] = ": ".join((message, *what_now))
    return tuple(said.values())


def failure_of(failed: FailedTry, connection: KafkaConnection) -> Failure:
    """What a failed try means."""
    cause, detail, what_now = _meaning(failed, connection)
    announced = failed.address not in connection.bootstrap
    return Failure(failed.address, cause, detail, what_now, announced)


def _unseen(other: list[str], connection: KafkaConnection) -> Failure:
    """What it means that no try failed, and still nothing came of it."""
    if other and connection.security.protocol.login and _ABOUT_LOGIN.search(other[-1]):
        return Failure(connection.endpoint, Cause.NO_LOGIN, other[-1], (_check_login(connection),))
    what_now = "check the addresses under `bootstrap`, and that this machine may reach them"
    return Failure(connection.endpoint, Cause.SILENT, help=(what_now, *other[-1:]))


def _meaning(failed: FailedTry, connection: KafkaConnection) -> tuple[Cause, str, tuple[str, ...]]:
    """The cause, what the broker or librdkafka says of it, and advice of its own."""
    reason, state = failed.reason, failed.state
    if "Unsupported SASL mechanism" in reason:
        return _wrong_mechanism(reason, connection)
    if "not valid in current SASL state" in reason:
        return Cause.NO_LOGIN_TAKEN, "this listener is without SASL", ()
    if any(word in reason for word in _LOGIN):
        return Cause.LOGIN_REFUSED, _login(reason, connection), (_check_login(connection),)
    if (size := _SIZE.search(reason)) is not None and int(size["size"]) == _HTTP:
        return Cause.STRANGER, "it is a web server", ()
    if (cause := _tls(reason, state)) is not None:
        return cause, reason, ()
    if "Disconnected" in reason and state == "APIVERSION_QUERY":
        return Cause.HANGS_UP_ON_TLS if connection.security.protocol.encrypted else Cause.HANGS_UP, reason, ()
    if ("Disconnected" in reason or "connection closed by peer" in reason) and state == "UP":
        if connection.security.protocol.login:
            return Cause.OTHER, reason, ("see the broker's log",)
        return Cause.LOGIN_NEEDED, reason, ()
    return _network(reason, state), reason, ()


def _tls(reason: str, state: str) -> Cause | None:
    cause = Cause.NOT_TLS if "PLAINTEXT broker listener" in reason else tls_cause(reason)
    if cause in _UNVERIFIED:  # librdkafka says the same words for all of them
        return Cause.BAD_CERTIFICATE
    if cause is None and state == "SSL_HANDSHAKE" and "closed by peer" in reason:
        return Cause.HANGS_UP_ON_TLS
    if cause is None and state == "SSL_HANDSHAKE" and "timed out" not in reason:
        return Cause.NOT_SECURE
    return cause


def _network(reason: str, state: str) -> Cause:
    if "Failed to resolve" in reason:
        return Cause.NO_SUCH_HOST
    if "refused" in reason:
        return Cause.REFUSED
    if "timed out" in reason:
        return Cause.SILENT if state == "CONNECT" else Cause.MUTE
    return Cause.OTHER


def _login(reason: str, connection: KafkaConnection) -> str:
    sasl = connection.security.sasl
    mechanism = sasl.mechanism.value if sasl is not None else "SASL"
    if sasl is None or not sasl.mechanism.by_password:
        return f"with {mechanism}: {reason}"
    user = f"of `{sasl.username}` " if isinstance(sasl.username, str) else ""
    return f"{user}with {mechanism}: wrong user or password"


def _wrong_mechanism(reason: str, connection: KafkaConnection) -> tuple[Cause, str, tuple[str, ...]]:
    sasl = connection.security.sasl
    mechanism = sasl.mechanism.value if sasl is not None else "SASL"
    match = _MECHANISMS.search(reason)
    offered = match["offered"].split(",") if match is not None and match["offered"] else []
    words = " or ".join(f"`{each}`" for each in sorted(offered)) or "others"
    what_now = f"set `mechanism` under `security.sasl` to {words}"
    return Cause.LOGIN_REFUSED, f"with {mechanism}: it does not offer this mechanism", (what_now,)


def _check_login(connection: KafkaConnection) -> str:
    sasl = connection.security.sasl
    if sasl is None:
        return ""
    if sasl.password is not None:
        return f"check `username`, and the value behind `password` ({sasl.password})"
    if sasl.oauth is not None:
        return "check `clientId`, `clientSecret`, `tokenEndpoint` and `scope` under `security.sasl.oauth`"
    return "check the ticket: `klist`, and `principal` and `keytab` under `security.sasl.kerberos`"
