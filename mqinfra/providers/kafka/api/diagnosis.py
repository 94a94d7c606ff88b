"""Why a connection failed, and what to do now: from librdkafka's words to one Diagnostic.

The signs were taken from real brokers; an integration test makes each of these failures and reads the message.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.connecting.codes import (
    BAD_CLIENT,
    LOGIN_FAILED,
    TLS_FAILED,
    UNKNOWN_HOST,
    UNREACHABLE,
    WRONG_PROTOCOL,
)
from mqinfra.providers.kafka.api.connection import KafkaConnection
from mqinfra.providers.kafka.api.connection_log import Failure
from mqinfra.providers.kafka.api.sasl import Mechanism

_MECHANISMS = re.compile(r"supported mechanisms: *(?P<offered>[A-Z0-9,-]*)")
_ABOUT_LOGIN = re.compile(r"SASL|OAUTHBEARER|token|kinit|[Kk]erberos|GSSAPI")
_SIZE = re.compile(r"Invalid response size (?P<size>\d+)")
_HTTP = 0x48545450  # the first four bytes of `HTTP/1.1 400`, read as a length


@dataclass(frozen=True, slots=True)
class Cause:
    """One way to fail.

    Attributes:
        code: what it is reported as.
        final: trying again can't help, as with a wrong password, which may also lock the account.
        sign: tells whether a failure is of this kind.
        explain: says what happened and what to do now.
    """

    code: Code
    final: bool
    sign: Callable[[Failure], bool]
    explain: Callable[[Failure, KafkaConnection], tuple[str, str]]


def cause_of(failure: Failure) -> Cause:
    """Find what a failed try means; the last cause takes everything."""
    return next(cause for cause in _CAUSES if cause.sign(failure))


def is_final(failure: Failure) -> bool:
    """Whether trying again can't help."""
    return cause_of(failure).final


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


def diagnose(
    failures: Iterable[Failure], other: Iterable[str], connection: KafkaConnection, where: str, seconds: float
) -> Diagnostic:
    """Say why no connection came about: the most telling failure first."""
    found = list(failures)
    if not found:
        words = list(other)
        if words and connection.security.protocol.login and _ABOUT_LOGIN.search(words[-1]):
            return LOGIN_FAILED.at(f"no login at the broker: {words[-1]}", address=where, help=_check_login(connection))
        return UNREACHABLE.at(
            f"no broker answered within {seconds:g} s",
            address=where,
            help=("check the addresses under `bootstrap`, and that this machine may reach them", *words[-1:]),
        )
    failure = min(reversed(found), key=lambda each: _CAUSES.index(cause_of(each)))
    cause = cause_of(failure)
    message, what_now = _explained(cause, failure, connection)
    others = sorted({each.address for each in found} - {failure.address})
    also = f"no luck with {', '.join(f'`{address}`' for address in others)} either" if others else ""
    return cause.code.at(message, address=where, help=tuple(text for text in (what_now, also) if text))


def trouble(failures: Iterable[Failure], connection: KafkaConnection) -> tuple[str, ...]:
    """Say what went wrong with connections in the meantime, for a request that got no answer; once per address."""
    said: dict[str, str] = {}
    for failure in failures:
        said[failure.address] = ": ".join(_explained(cause_of(failure), failure, connection))
    return tuple(said.values())


def _explained(cause: Cause, failure: Failure, connection: KafkaConnection) -> tuple[str, str]:
    """What happened and what to do now. An address that the cluster itself named stands in no file of the user."""
    message, what_now = cause.explain(failure, connection)
    if failure.address in connection.bootstrap or cause.code in (LOGIN_FAILED, UNKNOWN_HOST):
        return message, what_now
    return f"the cluster says that a broker is at `{failure.address}`, but {message}", _ADVERTISED


_ADVERTISED = (
    "see that the broker is up, and that its `advertised.listeners` names an address that this machine can reach on "
    "the listener that `bootstrap` names"
)


def _check_login(connection: KafkaConnection) -> str:
    sasl = connection.security.sasl
    if sasl is None:
        return ""
    if sasl.password is not None:
        return f"check `username`, and the value behind `password` ({sasl.password})"
    if sasl.oauth is not None:
        return "check `clientId`, `clientSecret`, `tokenEndpoint` and `scope` under `security.sasl.oauth`"
    return "check the ticket: `klist`, and `principal` and `keytab` under `security.sasl.kerberos`"


def _says(*words: str) -> Callable[[Failure], bool]:
    return lambda failure: any(word in failure.reason for word in words)


def _wrong_login(failure: Failure, connection: KafkaConnection) -> tuple[str, str]:
    sasl = connection.security.sasl
    mechanism = sasl.mechanism.value if sasl is not None else "the mechanism"
    user = f" of `{sasl.username}`" if sasl is not None and isinstance(sasl.username, str) else ""
    if sasl is not None and sasl.mechanism.by_password:
        return (f"`{failure.address}` refused the login{user} with {mechanism}: wrong user or password"), _check_login(
            connection
        )
    return f"`{failure.address}` refused the login with {mechanism}: {failure.reason}", _check_login(connection)


def _wrong_mechanism(failure: Failure, connection: KafkaConnection) -> tuple[str, str]:
    sasl = connection.security.sasl
    mechanism = sasl.mechanism if sasl is not None else Mechanism.PLAIN
    match = _MECHANISMS.search(failure.reason)
    offered = match["offered"].split(",") if match is not None and match["offered"] else []
    words = " or ".join(f"`{each}`" for each in sorted(offered)) or "others"
    return (
        f"`{failure.address}` offers no login with {mechanism.value}",
        f"set `mechanism` under `security.sasl` to {words}",
    )


def _no_login_wanted(failure: Failure, _: KafkaConnection) -> tuple[str, str]:
    return (
        f"`{failure.address}` takes no login: this listener is without SASL",
        "remove `security.sasl`, or use the port of a listener with SASL",
    )


def _untrusted(failure: Failure, connection: KafkaConnection) -> tuple[str, str]:
    # librdkafka says the same words for all three.
    given = connection.security.tls is not None and (connection.security.tls.ca or connection.security.tls.ca_pem)
    authority = "the authority in `security.tls.ca`" if given else "an authority that this machine trusts"
    message = (
        f"the certificate of `{failure.address}` can't be verified: it is not signed by {authority}, "
        "it is for another name, or it has expired"
    )
    return message, (
        "give the certificate of the cluster's authority under `security.tls.ca`, "
        "and connect by a name that the broker's certificate carries"
    )


def _client_certificate(failure: Failure, _: KafkaConnection) -> tuple[str, str]:
    return (
        f"`{failure.address}` wants a certificate from the client, and another than it got",
        "give `certificate` and `key` under `security.tls`, signed by an authority that the brokers trust",
    )


def _not_tls(failure: Failure, _: KafkaConnection) -> tuple[str, str]:
    return (
        f"`{failure.address}` does not speak TLS, and `security` asks for it",
        "use the port of a TLS listener, or remove `security.tls` if this one is meant to be in plain text",
    )


def _tls(failure: Failure, _: KafkaConnection) -> tuple[str, str]:
    return f"no secure connection to `{failure.address}`: {failure.reason}", "check `security.tls`"


def _is_http(failure: Failure) -> bool:
    match = _SIZE.search(failure.reason)
    return match is not None and int(match["size"]) == _HTTP


def _http(failure: Failure, _: KafkaConnection) -> tuple[str, str]:
    return f"`{failure.address}` is a web server, not a Kafka broker", "check the port under `bootstrap`"


def _hangs_up(failure: Failure) -> bool:
    return _says("Disconnected")(failure) and failure.state == "APIVERSION_QUERY"


def _wants_tls(failure: Failure, _: KafkaConnection) -> tuple[str, str]:
    return (
        f"`{failure.address}` hangs up on a connection without TLS: it is a TLS listener, or no Kafka broker",
        "add a `tls` block under `security`, or use the port of a plain-text listener",
    )


def _hangs_up_later(failure: Failure) -> bool:
    return _says("Disconnected", "connection closed by peer")(failure) and failure.state == "UP"


def _wants_login(failure: Failure, connection: KafkaConnection) -> tuple[str, str]:
    if connection.security.protocol.login:
        return f"`{failure.address}` hung up: {failure.reason}", "see the broker's log"
    return (
        f"`{failure.address}` hangs up on a client that does not log in: it is a SASL listener",
        "add a `sasl` block under `security`, or use the port of a listener without login",
    )


def _unknown_host(failure: Failure, connection: KafkaConnection) -> tuple[str, str]:
    host = failure.address.rpartition(":")[0]
    if failure.address in connection.bootstrap:
        return f"`{host}` is not a known host", "check the spelling under `bootstrap`, and the name service"
    return (
        f"the cluster says that a broker is at `{failure.address}`, and that host is not known here",
        "the brokers' `advertised.listeners` must name hosts that this machine can resolve",
    )


def _refused(failure: Failure, _: KafkaConnection) -> tuple[str, str]:
    return (
        f"`{failure.address}` refused the connection: nothing listens on that port",
        "check the port under `bootstrap`, and that the broker is up",
    )


def _silent(failure: Failure) -> bool:
    return _says("timed out")(failure)


def _silence(failure: Failure, _: KafkaConnection) -> tuple[str, str]:
    if failure.state == "CONNECT":
        return (
            f"`{failure.address}` does not answer at all",
            "a firewall in between, a wrong address, or a machine that is down",
        )
    return (
        f"`{failure.address}` takes connections and then stays silent",
        "no Kafka broker on this port, or one that hangs",
    )


def _anything(failure: Failure, _: KafkaConnection) -> tuple[str, str]:
    return f"no connection to `{failure.address}`: {failure.reason}", "check `bootstrap` and `security`"


_CAUSES = (
    Cause(LOGIN_FAILED, True, _says("Unsupported SASL mechanism"), _wrong_mechanism),
    Cause(WRONG_PROTOCOL, True, _says("not valid in current SASL state"), _no_login_wanted),
    Cause(LOGIN_FAILED, True, _says("SASL", "OAUTHBEARER", "uthentication"), _wrong_login),
    Cause(TLS_FAILED, True, _says("certificate verify failed"), _untrusted),
    Cause(
        WRONG_PROTOCOL,
        True,
        _says("PLAINTEXT broker listener", "wrong version number", "packet length too long", "record overflow"),
        _not_tls,
    ),
    Cause(TLS_FAILED, True, _says("certificate required", "bad certificate", "unknown ca"), _client_certificate),
    Cause(WRONG_PROTOCOL, True, _is_http, _http),
    Cause(TLS_FAILED, False, lambda failure: failure.state == "SSL_HANDSHAKE" and not _silent(failure), _tls),
    Cause(WRONG_PROTOCOL, False, _hangs_up, _wants_tls),
    Cause(WRONG_PROTOCOL, False, _hangs_up_later, _wants_login),
    Cause(UNKNOWN_HOST, False, _says("Failed to resolve"), _unknown_host),
    Cause(UNREACHABLE, False, _says("refused"), _refused),
    Cause(UNREACHABLE, False, _silent, _silence),
    Cause(UNREACHABLE, False, lambda _: True, _anything),
)
"""Most telling first: a login that failed says more than another broker that is down."""
