"""Why no connection came about, as a value: each cause has one code, its words and what to do now."""

from enum import Enum

from mqinfra.model.code import Code
from mqinfra.model.frozen import dataclass
from mqinfra.providers.base.connecting.codes import (
    LOGIN_FAILED,
    TLS_FAILED,
    UNKNOWN_HOST,
    UNREACHABLE,
    WRONG_PROTOCOL,
)


@dataclass(frozen=True, slots=True)
class Saying:
    """What is said of a cause.

    Attributes:
        code: what it is reported as.
        message: what happened, with `{address}`, `{host}`, `{detail}` and the parts of `Terms` in it.
        help: what to do now, with the same in it; a broker may have better advice.
    """

    code: Code
    message: str
    help: tuple[str, ...] = ()


class Cause(Enum):
    """Ways to fail, the most telling first: a refused login says more than another server that is down."""

    LOGIN_REFUSED = Saying(LOGIN_FAILED, "`{address}` refused the login {detail}")
    NO_LOGIN_TAKEN = Saying(LOGIN_FAILED, "`{address}` does not accept a login: {detail}")
    NO_LOGIN = Saying(LOGIN_FAILED, "no login at `{address}`: {detail}")
    OTHER_NAME = Saying(
        TLS_FAILED, "the certificate of `{address}` is for another name", ("connect by a name that it carries",)
    )
    EXPIRED = Saying(TLS_FAILED, "the certificate of `{address}` has expired", ("renew it on the server",))
    UNTRUSTED = Saying(
        TLS_FAILED,
        "the certificate of `{address}` can't be verified: it is not signed by an authority trusted here",
        ("give the certificate of the authority under `{tls}.ca`",),
    )
    BAD_CERTIFICATE = Saying(
        TLS_FAILED,
        "the certificate of `{address}` can't be verified: it is not signed by an authority trusted here, it is for "
        "another name, or it has expired",
        ("give the certificate of the authority under `{tls}.ca`, and connect by a name that the server's carries",),
    )
    NOT_TLS = Saying(
        WRONG_PROTOCOL,
        "`{address}` does not speak TLS, but the cluster's block asks for it",
        ("use the server's TLS port, or {use_plain} if this one is meant to be in plain text",),
    )
    CLIENT_CERTIFICATE = Saying(
        TLS_FAILED,
        "`{address}` requires a client certificate",
        ("give `certificate` and `key` under `{tls}`, signed by an authority that the server trusts",),
    )
    STRANGER = Saying(
        WRONG_PROTOCOL,
        "`{address}` does not answer like {product}: {detail}",
        ("check the port under `{addresses}`, and any proxy in between",),
    )
    NOT_SECURE = Saying(TLS_FAILED, "no secure connection to `{address}`: {detail}", ("check `{tls}`",))
    HANGS_UP_ON_TLS = Saying(
        TLS_FAILED,
        "`{address}` closes the connection without an answer: it wants a client certificate, does not speak TLS, or "
        "is the port of another service",
        ("check the port under `{addresses}`", "give `certificate` and `key` under `{tls}`"),
    )
    """A server's alert may be overtaken by the end of the connection."""
    HANGS_UP = Saying(
        WRONG_PROTOCOL,
        "`{address}` closes the connection without an answer: it is a TLS port, or the port of another service",
        ("{use_tls}, or check the port under `{addresses}`",),
    )
    LOGIN_NEEDED = Saying(LOGIN_FAILED, "`{address}` requires a login, and none is given")
    NO_SUCH_HOST = Saying(
        UNKNOWN_HOST, "host `{host}` can't be resolved", ("check the spelling under `{addresses}`, and DNS",)
    )
    REFUSED = Saying(
        UNREACHABLE,
        "`{address}` refused the connection: nothing listens on that port",
        ("check the port under `{addresses}`, and that the server is up",),
    )
    SILENT = Saying(
        UNREACHABLE,
        "`{address}` does not answer",
        ("check the address, any firewall in between, and that the machine is up",),
    )
    MUTE = Saying(
        UNREACHABLE,
        "`{address}` accepts connections, but does not answer",
        ("the server hangs, or the port speaks another protocol: check the port under `{addresses}`, and `{tls}`",),
    )
    REFUSES_TO_SERVE = Saying(UNREACHABLE, "`{address}` refuses to serve: {detail}", ("see the server's log",))
    OTHER = Saying(UNREACHABLE, "no answer from `{address}`: {detail}", ("check `{addresses}` and `{tls}`",))
