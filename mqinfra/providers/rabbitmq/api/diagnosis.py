"""Why a connection to RabbitMQ failed: from the errors of sockets, `http.client` and pika to causes.

An integration test makes each of these failures on a real server and reads the message.
"""

import socket
from http.client import BadStatusLine, HTTPException, LineTooLong

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.connecting import diagnosis
from mqinfra.providers.base.connecting.cause import Cause
from mqinfra.providers.base.connecting.diagnosis import Failure, Terms
from mqinfra.providers.base.connecting.errors import cause_of
from mqinfra.providers.rabbitmq.api.codes import NOT_MANAGEMENT

_SLOW = ("a server that hangs or is busy: give `--timeout` more seconds", "check the port under `{addresses}`")
_PLUGIN = ("check the port under `{addresses}`, that the server is up, and that its management plugin is on",)
TERMS = {
    "url": Terms(
        "RabbitMQ",
        "url",
        use_tls="write `https`",
        use_plain="write `http`",
        advice={Cause.MUTE: _SLOW, Cause.REFUSED: _PLUGIN},
    ),
    "amqp": Terms("RabbitMQ", "amqp", use_tls="write `amqps`", use_plain="write `amqp`", advice={Cause.MUTE: _SLOW}),
}


def diagnose(error: BaseException, address: str, where: str, *, tls: bool, field: str = "url") -> Diagnostic:
    """Say why no answer came from an address.

    Args:
        error: what the client library raised.
        address: `host:port`.
        where: alias and address, for messages.
        tls: whether it was tried with TLS.
        field: field of the block that the address comes from.
    """
    cause, detail = cause_of(error, tls=tls)
    if isinstance(error, BadStatusLine):  # also an end without any line, or another protocol's first words
        cause = Cause.HANGS_UP_ON_TLS if tls else Cause.HANGS_UP
    elif isinstance(error, LineTooLong) or type(error) is HTTPException:
        cause = Cause.STRANGER
    return diagnosis.diagnose([Failure(address, cause, detail)], TERMS[field], where)


def login_refused(address: str, detail: str, what_now: tuple[str, ...], where: str) -> Diagnostic:
    """The server knows the user not at all, or by another password, or wants it elsewhere."""
    return diagnosis.diagnose([Failure(address, Cause.LOGIN_REFUSED, detail, what_now)], TERMS["url"], where)


def speaks_amqp(host: str, port: int) -> bool:
    """Whether AMQP is at a port: any eight bytes that are no greeting are answered with the right one."""
    try:
        with socket.create_connection((host, port), timeout=1.0) as probe:
            probe.sendall(b"AMQP\0\0\0\0")
            return probe.recv(8).startswith(b"AMQP")
    except OSError:
        return False


def amqp_port(address: str, where: str) -> Diagnostic:
    """The management API was looked for where AMQP is."""
    return NOT_MANAGEMENT.at(
        f"`{address}` speaks AMQP, and `url` is the address of the management API",
        address=where,
        help=("the management API is usually at port 15672, or 15671 with TLS", f"write `amqp: amqp://{address}`"),
    )
