"""Why a connection to Redis failed: from the errors of the socket and the server to causes.

An integration test makes each of these failures on a real server and reads the message.
"""

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.connecting import diagnosis
from mqinfra.providers.base.connecting.cause import Cause
from mqinfra.providers.base.connecting.codes import NOT_ALLOWED
from mqinfra.providers.base.connecting.diagnosis import Failure, Terms
from mqinfra.providers.base.connecting.errors import cause_of
from mqinfra.providers.redis.api.codes import NOT_READY
from mqinfra.providers.redis.api.connection import RedisConnection, Sentinel
from mqinfra.providers.redis.api.resp import ServerError

TERMS = Terms(
    product="Redis",
    addresses="nodes",
    announced=(
        "see that the server is up, and that `replica-announce-ip` and its like name an address that this machine can "
        "reach: the deployment itself announces it"
    ),
    advice={
        Cause.NO_LOGIN_TAKEN: ("remove `password`, or give the server one (`requirepass`)",),
        Cause.LOGIN_NEEDED: ("give `username` and `password: {env: NAME}` in the block of the cluster",),
    },
)
_LOGIN = ("WRONGPASS", "ERR invalid password", "ERR AUTH <password> called", "ERR Client sent AUTH")


def diagnose(
    error: OSError | ServerError,
    address: str,
    block: RedisConnection | Sentinel,
    where: str,
    *,
    tls: bool,
    announced: bool,
) -> Diagnostic:
    """Say why no connection to an address came about.

    Args:
        error: what was raised, or said by the server.
        address: `host:port`.
        block: the block, or the part of it, that names user and password.
        where: alias and address of the cluster, for messages.
        tls: it was tried with TLS.
        announced: the servers name the address, and not the block.
    """
    if isinstance(error, ServerError):
        return _said(str(error), address, block, where)
    cause, detail = cause_of(error, tls=tls)
    if "handshake operation timed out" in detail:  # a plain port waits for the end of a line that never comes
        cause = Cause.NOT_TLS
    return _told(Failure(address, cause, detail, announced=announced), where)


def not_redis(address: str, what: str, where: str) -> Diagnostic:
    """The answer is none that Redis gives."""
    return _told(Failure(address, Cause.STRANGER, what), where)


def loading(address: str, where: str) -> Diagnostic:
    """The server has not read its data yet."""
    return NOT_READY.at(
        f"`{address}` is loading its data",
        address=where,
        help="wait until it is done (`INFO persistence`), and try again",
    )


def _said(text: str, address: str, block: RedisConnection | Sentinel, where: str) -> Diagnostic:
    """What the server's no means."""
    user = block.username or "default"
    if text.startswith("LOADING"):
        return loading(address, where)
    if text.startswith("NOPERM"):
        return NOT_ALLOWED.at(
            f"`{user}` may not run `info` on `{address}`",
            address=where,
            help=f"an administrator can grant it: `ACL SETUSER {user} +info`",
        )
    if text.startswith("NOAUTH") or "Authentication required" in text:
        return _told(Failure(address, Cause.LOGIN_NEEDED), where)
    if text.startswith(_LOGIN) and "without any password configured" in text:
        detail = f"`{user}` has no password there, and one is given"
        return _told(Failure(address, Cause.NO_LOGIN_TAKEN, detail), where)
    if text.startswith(_LOGIN):
        detail = f"of `{user}`: wrong user or password, or the user is disabled"
        what_now = f"check `username`, and the value behind `password` ({block.password})"
        return _told(Failure(address, Cause.LOGIN_REFUSED, detail, (what_now,)), where)
    return _told(Failure(address, Cause.REFUSES_TO_SERVE, text), where)


def _told(failure: Failure, where: str) -> Diagnostic:
    return diagnosis.diagnose([failure], TERMS, where)
