"""Why a connection failed, and what to do now: from the errors of sockets, `http.client` and pika to one Diagnostic.

An integration test makes each of these failures on a real server and reads the message.
"""

import socket
import ssl
from collections.abc import Iterator
from http.client import BadStatusLine, HTTPException, LineTooLong

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.connecting.bounded import FloodError, GibberishError
from mqinfra.providers.base.connecting.codes import TLS_FAILED, UNKNOWN_HOST, UNREACHABLE
from mqinfra.providers.rabbitmq.api.codes import NOT_MANAGEMENT

_NO_TLS = ("wrong version number", "wrong_version_number", "record layer", "unexpected eof", "eof occurred")
_ODD = (FloodError, GibberishError, LineTooLong)
_HANGS_UP = ("connection aborted", "connection reset", "broken pipe", "remote end closed", "without response")


def diagnose(error: BaseException, address: str, where: str, *, tls: bool, field: str = "url") -> Diagnostic:
    """Say why no answer came from an address.

    Args:
        error: what the client library raised.
        address: `host:port`.
        where: alias and address, for messages.
        tls: whether it was tried with TLS.
        field: field of the block that the address comes from.
    """
    causes = list(_chain(error))
    odd = next((cause for cause in causes if isinstance(cause, _ODD) or type(cause) is HTTPException), None)
    if odd is not None:
        return UNREACHABLE.at(
            f"`{address}` answers as no RabbitMQ does: {odd}",
            address=where,
            help=f"check the port under `{field}`, and what is in between",
        )
    text = " ".join(str(cause) for cause in causes).lower()
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return UNKNOWN_HOST.at(
            f"`{address.rpartition(':')[0]}` is not a known host",
            address=where,
            help=f"check the spelling under `{field}`, and the name service",
        )
    if tls and (any(isinstance(cause, ssl.SSLError) for cause in causes) or "[ssl" in text):
        return _tls(text, address, where)
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes) or "connection refused" in text:
        plugin = ", and that its management plugin is on" if field == "url" else ""
        return UNREACHABLE.at(
            f"`{address}` refused the connection: nothing listens on that port",
            address=where,
            help=f"check the port under `{field}`, that the server is up{plugin}",
        )
    return _network(error, text, address, where, tls=tls, field=field)


def hung_up(error: BaseException) -> bool:
    """Whether the other end closed the connection, as it may do with a kept one just when the next call sets out."""
    return any(isinstance(cause, ConnectionResetError | BrokenPipeError) for cause in _chain(error))


def speaks_amqp(host: str, port: int) -> bool:
    """Whether AMQP is at a port: any eight bytes that are no greeting are answered with the right one."""
    try:
        with socket.create_connection((host, port), timeout=1.0) as probe:
            probe.sendall(b"AMQP\0\0\0\0")
            return probe.recv(8).startswith(b"AMQP")
    except OSError:
        return False


def hangs_up(address: str, where: str, *, tls: bool, field: str) -> Diagnostic:
    """The other end closes the connection before it says anything that makes sense.

    A server that misses the client's certificate does so too: its alert may be overtaken by the end of the connection.
    """
    if tls:
        guess = "it wants a certificate of the client, does not speak TLS, or is the port of something else"
    else:
        guess = "it is a TLS port, or the port of something else"
    hints = (f"check the scheme and port under `{field}`", "give `tls.certificate` and `tls.key`" if tls else "")
    return TLS_FAILED.at(f"`{address}` hangs up without an answer: {guess}", address=where, help=hints)


def amqp_port(address: str, where: str) -> Diagnostic:
    """The management API was looked for where AMQP is."""
    return NOT_MANAGEMENT.at(
        f"`{address}` speaks AMQP, and `url` is the address of the management API",
        address=where,
        help=("the management API is usually at port 15672, or 15671 with TLS", f"write `amqp: amqp://{address}`"),
    )


def _tls(text: str, address: str, where: str) -> Diagnostic:
    if "hostname mismatch" in text or "ip address mismatch" in text:
        message, hint = f"the certificate of `{address}` is for another name", "connect by a name that it carries"
    elif "certificate has expired" in text:
        message, hint = f"the certificate of `{address}` has expired", "renew it on the server"
    elif "certificate verify failed" in text or "certificate_verify_failed" in text:
        message = f"the certificate of `{address}` can't be verified: it is not signed by an authority trusted here"
        hint = "give the certificate of the authority under `tls.ca`"
    elif (
        "certificate required" in text
        or "certificate_required" in text
        or "bad certificate" in text
        or "unknown ca" in text
    ):
        message = f"`{address}` wants a certificate from the client"
        hint = "give `certificate` and `key` under `tls`, signed by an authority that the server trusts"
    elif any(sign in text for sign in _NO_TLS):
        return _not_tls(address, where)
    else:
        message, hint = f"no secure connection to `{address}`: {text}", "check `tls`"
    return TLS_FAILED.at(message, address=where, help=hint)


def _not_tls(address: str, where: str) -> Diagnostic:
    return TLS_FAILED.at(
        f"`{address}` does not speak TLS, and its address asks for it",
        address=where,
        help="use the server's TLS port, or `http` and `amqp` if this one is meant to be in plain text",
    )


def _network(error: BaseException, text: str, address: str, where: str, *, tls: bool, field: str) -> Diagnostic:
    if "timed out connecting" in text or "no route" in text or "unreachable" in text:
        return UNREACHABLE.at(
            f"`{address}` does not answer at all",
            address=where,
            help="a firewall in between, a wrong address, or a machine that is down",
        )
    if "timed out" in text or "timeout" in text:
        return UNREACHABLE.at(
            f"`{address}` takes connections and then stays silent",
            address=where,
            help=("a server that hangs or is busy: give `--timeout` more seconds", f"check the port under `{field}`"),
        )
    if isinstance(error, BadStatusLine) or any(sign in text for sign in _HANGS_UP):
        return hangs_up(address, where, tls=tls, field=field)
    words = str(error).strip() or type(error).__name__
    return UNREACHABLE.at(f"no answer from `{address}`: {words}", address=where, help=f"check `{field}` and `tls`")


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what lies under it, also where a library keeps that in `args` or `reason`."""
    todo, seen = [error], 0
    while todo and seen < 20:
        one = todo.pop()
        if one is None:
            continue
        seen += 1
        yield one
        kept = [getattr(one, name, None) for name in ("reason", "exception")]  # of pika
        inner = [one.__cause__ or one.__context__, *kept, *one.args]
        todo += [item for item in inner if isinstance(item, BaseException)]
