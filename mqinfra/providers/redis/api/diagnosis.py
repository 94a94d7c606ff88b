"""Why a connection failed, and what to do now: from the errors of the socket and the server to one Diagnostic.

An integration test makes each of these failures on a real server and reads the message.
"""

import socket
import ssl
from collections.abc import Iterator

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.connecting.addresses import split
from mqinfra.providers.base.connecting.bounded import FloodError, GibberishError
from mqinfra.providers.base.connecting.codes import LOGIN_FAILED, NOT_ALLOWED, TLS_FAILED, UNKNOWN_HOST, UNREACHABLE
from mqinfra.providers.redis.api.codes import NOT_READY
from mqinfra.providers.redis.api.connection import RedisConnection
from mqinfra.providers.redis.api.resp import ServerError

_LOGIN = ("WRONGPASS", "NOAUTH", "NOPERM", "ERR invalid password", "ERR AUTH <password> called", "ERR Client sent AUTH")


def diagnose(error: BaseException, address: str, connection: RedisConnection, where: str) -> Diagnostic:
    """Say why no connection to an address came about."""
    causes = list(_chain(error))
    text = " ".join(str(cause) for cause in causes)
    if isinstance(error, ServerError):
        if text.startswith(_LOGIN):
            return _login(text, address, connection, where)
        if text.startswith("LOADING"):
            return loading(address, where)
        return UNREACHABLE.at(f"`{address}` refuses to serve: {text}", address=where, help="see the server's log")
    if isinstance(error, FloodError | GibberishError):
        return not_redis(address, str(error), where)
    if any(isinstance(cause, socket.gaierror) for cause in causes) or "Name or service not known" in text:
        return UNKNOWN_HOST.at(
            f"`{split(address)[0]}` is not a known host",
            address=where,
            help="check the spelling under `nodes`, and the name service",
        )
    tls = next((cause for cause in causes if isinstance(cause, ssl.SSLError)), None)
    if connection.tls is not None and (tls is not None or "SSL" in text):
        return _tls(text, address, where)
    return _network(error, text, address, connection, where)


def not_redis(address: str, what: str, where: str) -> Diagnostic:
    """The answer is none that Redis gives."""
    return UNREACHABLE.at(
        f"`{address}` answers as no Redis does: {what}",
        address=where,
        help="check the port under `nodes`, and what is in between",
    )


def loading(address: str, where: str) -> Diagnostic:
    """The server has not read its data yet."""
    return NOT_READY.at(
        f"`{address}` is loading its data",
        address=where,
        help="wait until it is done (`INFO persistence`), and try again",
    )


def _login(text: str, address: str, connection: RedisConnection, where: str) -> Diagnostic:
    user = connection.username or "default"
    if "NOAUTH" in text or "Authentication required" in text:
        return LOGIN_FAILED.at(
            f"`{address}` wants a login, and no password is given",
            address=where,
            help="give `username` and `password: {env: NAME}` in the block of the cluster",
        )
    if text.startswith("NOPERM"):
        return NOT_ALLOWED.at(
            f"`{user}` may not run `info` on `{address}`",
            address=where,
            help=f"an administrator can grant it: `ACL SETUSER {user} +info`",
        )
    if "without any password configured" in text:
        return LOGIN_FAILED.at(
            f"`{address}` wants no password for `{user}`, and one is given",
            address=where,
            help="remove `password`, or give the server one (`requirepass`)",
        )
    return LOGIN_FAILED.at(
        f"`{address}` refused the login of `{user}`: wrong user or password, or the user is disabled",
        address=where,
        help=f"check `username`, and the value behind `password` ({connection.password})",
    )


def _tls(text: str, address: str, where: str) -> Diagnostic:
    low = text.lower()
    if "hostname mismatch" in low or "ip address mismatch" in low:
        message, hint = f"the certificate of `{address}` is for another name", "connect by a name that it carries"
    elif "certificate verify failed" in low or "certificate_verify_failed" in low:
        message = f"the certificate of `{address}` can't be verified: it is not signed by an authority trusted here"
        hint = "give the certificate of the authority under `tls.ca`"
    elif "certificate required" in low or "bad certificate" in low or "unknown ca" in low:
        message = f"`{address}` wants a certificate from the client"
        hint = "give `certificate` and `key` under `tls`, signed by an authority that the server trusts"
    elif "timed out" in low or "wrong version" in low or "record layer" in low or "eof" in low:
        return _not_tls(address, where)
    else:
        message, hint = f"no secure connection to `{address}`: {text}", "check `tls`"
    return TLS_FAILED.at(message, address=where, help=hint)


def _not_tls(address: str, where: str) -> Diagnostic:
    return TLS_FAILED.at(
        f"`{address}` does not speak TLS, and `tls` asks for it",
        address=where,
        help="use the server's TLS port, or remove `tls` if this one is meant to be in plain text",
    )


def _network(error: BaseException, text: str, address: str, connection: RedisConnection, where: str) -> Diagnostic:
    if "refused" in text:
        return UNREACHABLE.at(
            f"`{address}` refused the connection: nothing listens on that port",
            address=where,
            help="check the port under `nodes`, and that the server is up",
        )
    if isinstance(error, ConnectionResetError | BrokenPipeError | ConnectionAbortedError):
        if connection.tls is not None:
            return _not_tls(address, where)
        return TLS_FAILED.at(
            f"`{address}` hangs up on a connection without TLS: it is a TLS port, or no Redis server",
            address=where,
            help="add `tls`, or use the server's plain port",
        )
    if isinstance(error, TimeoutError):
        if connection.tls is not None and _accepts(address):
            return _not_tls(address, where)
        if "connecting" in text:
            return UNREACHABLE.at(
                f"`{address}` does not answer at all",
                address=where,
                help="a firewall in between, a wrong address, or a machine that is down",
            )
        return UNREACHABLE.at(
            f"`{address}` takes connections and then stays silent",
            address=where,
            help="a server that hangs, or another protocol than `tls` says",
        )
    return UNREACHABLE.at(f"no connection to `{address}`: {text}", address=where, help="check `nodes` and `tls`")


def _accepts(address: str) -> bool:
    """Whether anything listens: a server without TLS says nothing to a handshake, like one that is not there."""
    try:
        with socket.create_connection(split(address), timeout=1.0):
            return True
    except OSError:
        return False


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen = 0
    while error is not None and seen < 10:
        yield error
        error, seen = error.__cause__ or error.__context__, seen + 1
