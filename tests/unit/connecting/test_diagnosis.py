"""Why no connection came about: errors of sockets and OpenSSL as causes, and each cause in words that help."""

import re
import socket
import ssl

import pytest

from mqinfra.providers.base.connecting.bounded import FloodError, GibberishError, UnansweredError
from mqinfra.providers.base.connecting.cause import Cause
from mqinfra.providers.base.connecting.diagnosis import Failure, Terms, diagnose
from mqinfra.providers.base.connecting.errors import cause_of
from mqinfra.providers.kafka.api import diagnosis as kafka
from mqinfra.providers.rabbitmq.api import diagnosis as rabbitmq
from mqinfra.providers.redis.api import diagnosis as redis

TERMS = Terms(
    "Anymq",
    "nodes",
    announced="check what the servers announce",
    advice={Cause.MUTE: ("wait for `{product}`",)},
)
ALL_TERMS = [TERMS, kafka.TERMS, redis.TERMS, *rabbitmq.TERMS.values()]
OF_THE_LOGIN = {Cause.LOGIN_REFUSED, Cause.NO_LOGIN, Cause.NO_LOGIN_TAKEN, Cause.LOGIN_NEEDED}
"""What to do about these only the broker knows."""
GAP = re.compile(r"\{\w+\}")
WHERE = "any (a:1)"


def wrapped(error: Exception) -> Exception:
    """An error as a library hands it on, with the first one in its arguments only."""
    return ValueError("request failed", error)


@pytest.mark.parametrize(
    ("error", "tls", "cause"),
    [
        (ConnectionRefusedError(111, "Connection refused"), False, Cause.REFUSED),
        (socket.gaierror(-2, "Name or service not known"), True, Cause.NO_SUCH_HOST),
        (UnansweredError("timed out connecting"), True, Cause.SILENT),
        (OSError(113, "No route to host"), False, Cause.SILENT),
        (TimeoutError("The read operation timed out"), False, Cause.MUTE),
        (ConnectionResetError(104, "Connection reset by peer"), False, Cause.HANGS_UP),
        (ConnectionResetError(104, "Connection reset by peer"), True, Cause.HANGS_UP_ON_TLS),
        (FloodError("an answer of more than 1 MiB"), False, Cause.STRANGER),
        (GibberishError("a reply of no kind"), True, Cause.STRANGER),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number"), True, Cause.NOT_TLS),
        (ssl.SSLEOFError(8, "[SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred"), True, Cause.NOT_TLS),
        (ssl.SSLCertVerificationError(1, "certificate verify failed: Hostname mismatch"), True, Cause.OTHER_NAME),
        (ssl.SSLCertVerificationError(1, "certificate verify failed: IP address mismatch"), True, Cause.OTHER_NAME),
        (ssl.SSLCertVerificationError(1, "verify failed: certificate has expired"), True, Cause.EXPIRED),
        (ssl.SSLCertVerificationError(1, "certificate verify failed: self-signed"), True, Cause.UNTRUSTED),
        (ssl.SSLError(1, "[SSL] tlsv13 alert certificate required"), True, Cause.CLIENT_CERTIFICATE),
        (ssl.SSLError(1, "[SSL: NO_SHARED_CIPHER] no shared cipher"), True, Cause.NOT_SECURE),
        (OSError("something new"), False, Cause.OTHER),
    ],
)
def test_errors_are_causes_also_inside_others(error: Exception, tls: bool, cause: Cause) -> None:  # noqa: FBT001 - a case
    assert cause_of(error, tls=tls)[0] is cause
    assert cause_of(wrapped(error), tls=tls)[0] is cause
    assert cause_of(error, tls=tls)[1]


@pytest.mark.parametrize("terms", ALL_TERMS, ids=lambda terms: f"{terms.product}-{terms.addresses}")
@pytest.mark.parametrize("cause", Cause)
def test_each_cause_names_the_address_or_its_host_and_leaves_no_gap(cause: Cause, terms: Terms) -> None:
    own = ("ask",) if cause in OF_THE_LOGIN else ()
    found = diagnose([Failure("a:1", cause, "{words}", own)], terms, WHERE)
    assert (found.code, found.address) == (cause.value.code.id, WHERE)
    assert "`a:1`" in found.message or "`a`" in found.message
    assert found.help
    assert not GAP.search(found.message.replace("{words}", ""))
    assert not any(GAP.search(text) for text in found.help)


def test_no_two_causes_read_the_same() -> None:
    messages = [diagnose([Failure("a:1", cause, "x")], TERMS, WHERE).message for cause in Cause]
    assert len(set(messages)) == len(messages)


def test_braces_that_are_no_part_stay() -> None:
    found = diagnose([Failure("a:1", Cause.LOGIN_NEEDED)], redis.TERMS, WHERE)
    assert found.help == ("give `username` and `password: {env: NAME}` in the block of the cluster",)


def test_a_broker_knows_better_and_a_failure_knows_best() -> None:
    assert diagnose([Failure("a:1", Cause.MUTE)], TERMS, WHERE).help == ("wait for `Anymq`",)
    assert diagnose([Failure("a:1", Cause.MUTE, help=("ask",))], TERMS, WHERE).help == ("ask",)


def test_an_address_that_the_servers_name_sends_nobody_to_their_files() -> None:
    found = diagnose([Failure("inner:1", Cause.REFUSED, announced=True)], TERMS, WHERE)
    assert found.message.startswith("the deployment announces `inner:1`, but `inner:1` refused the connection")
    assert found.help == ("check what the servers announce",)


def test_the_most_telling_failure_is_told_and_the_others_are_named() -> None:
    refused, silent = Failure("b:1", Cause.REFUSED), Failure("c:1", Cause.SILENT)
    login = Failure("a:1", Cause.LOGIN_REFUSED, "of `me`", ("check",))
    found = diagnose([refused, login, silent], TERMS, WHERE)
    assert found.message == "`a:1` refused the login of `me`"
    assert found.help == ("check", "`b:1`, `c:1` failed too")
