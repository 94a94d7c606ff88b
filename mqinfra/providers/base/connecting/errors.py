"""What Python's sockets and OpenSSL say, as causes; libraries on top of them wrap and quote it."""

import errno
import socket
import ssl
from collections.abc import Iterator

from mqinfra.providers.base.connecting.bounded import FloodError, GibberishError, UnansweredError
from mqinfra.providers.base.connecting.cause import Cause

_TLS: tuple[tuple[Cause, tuple[str, ...]], ...] = (
    (Cause.OTHER_NAME, ("hostname mismatch", "ip address mismatch")),
    (Cause.EXPIRED, ("certificate has expired",)),
    (Cause.UNTRUSTED, ("certificate verify failed", "certificate_verify_failed")),
    (
        Cause.CLIENT_CERTIFICATE,
        ("certificate required", "certificate_required", "bad certificate", "unknown ca"),
    ),
    (
        Cause.NOT_TLS,
        (
            "wrong version number",
            "wrong_version_number",
            "record layer",
            "record overflow",
            "packet length too long",
            "unexpected eof",
            "eof occurred",
        ),
    ),
)
_NEVER_THERE = frozenset({errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN})
_GONE = (ConnectionResetError, BrokenPipeError, ConnectionAbortedError)
_DEEPEST = 20


def tls_cause(text: str) -> Cause | None:
    """What OpenSSL's words mean; None for words that say nothing about one of our causes."""
    low = text.lower()
    return next((cause for cause, signs in _TLS if any(sign in low for sign in signs)), None)


def cause_of(error: BaseException, *, tls: bool) -> tuple[Cause, str]:
    """What an error means, and its words.

    Args:
        error: what was raised.
        tls: whether it was tried with TLS.
    """
    causes = list(chain(error))
    odd = next((cause for cause in causes if isinstance(cause, FloodError | GibberishError)), None)
    if odd is not None:
        return Cause.STRANGER, str(odd)
    words = str(error).strip() or type(error).__name__
    if _is(causes, socket.gaierror):
        return Cause.NO_SUCH_HOST, words
    if tls and _is(causes, ssl.SSLError):
        return tls_cause(" ".join(map(str, causes))) or Cause.NOT_SECURE, words
    return _network(causes, tls=tls), words


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what lies under it, also where a library keeps that in `args`."""
    todo, seen = [error], 0
    while todo and seen < _DEEPEST:
        one = todo.pop()
        if one is None:
            continue
        seen += 1
        yield one
        inner = [one.__cause__ or one.__context__, *one.args]
        todo += [item for item in inner if isinstance(item, BaseException)]


def hung_up(error: BaseException) -> bool:
    """Whether the other end closed the connection, as it may do with a kept one just when the next call sets out."""
    return any(isinstance(cause, ConnectionResetError | BrokenPipeError) for cause in chain(error))


def _network(causes: list[BaseException], *, tls: bool) -> Cause:
    if _is(causes, ConnectionRefusedError):
        return Cause.REFUSED
    if _is(causes, UnansweredError) or any(isinstance(one, OSError) and one.errno in _NEVER_THERE for one in causes):
        return Cause.SILENT
    if _is(causes, TimeoutError):
        return Cause.MUTE
    if _is(causes, *_GONE):
        return Cause.HANGS_UP_ON_TLS if tls else Cause.HANGS_UP
    return Cause.OTHER


def _is(causes: list[BaseException], *types: type[BaseException]) -> bool:
    return any(isinstance(cause, types) for cause in causes)
