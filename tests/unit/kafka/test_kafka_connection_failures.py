"""What librdkafka logs, as it was seen on real brokers, and what a person is told."""

from typing import Any

import pytest

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.kafka.connection import KafkaConnection
from mqinfra.providers.kafka.diagnosis import diagnose, is_final
from mqinfra.providers.kafka.journal import Journal

PLAIN: dict[str, Any] = {}
TLS: dict[str, Any] = {"tls": {"ca": "ca.pem"}}
SCRAM: dict[str, Any] = {
    "sasl": {"mechanism": "SCRAM-SHA-512", "username": "admin", "password": {"env": "KAFKA_PASSWORD"}},
    "allowPlaintextCredentials": True,
}


def journal_of(*lines: str) -> Journal:
    journal = Journal(lambda text: text.replace("hunter2", "***"))
    for line in lines:
        journal.logger.info("FAIL [mqinfra#producer-1] [thrd:x]: %s", line)
    return journal


def told(security: dict[str, Any], *lines: str) -> Diagnostic:
    journal = journal_of(*lines)
    connection = KafkaConnection.model_validate({"type": "kafka", "bootstrap": "b:9092", "security": security})
    return diagnose(journal.failures, journal.other, connection, "kafka (b:9092)", 8)


CASES = [
    (
        "closed port",
        PLAIN,
        "b:9092/bootstrap: Connect to ipv4#127.0.0.1:9092 failed: Connection refused (after 0ms in state CONNECT)",
        "MQ451",
        "refused the connection",
        False,
    ),
    (
        "firewall",
        PLAIN,
        "b:9092/bootstrap: Connection setup timed out in state CONNECT (after 3001ms in state CONNECT)",
        "MQ451",
        "does not answer at all",
        False,
    ),
    (
        "black hole",
        PLAIN,
        "b:9092/bootstrap: Connection setup timed out in state APIVERSION_QUERY (after 3001ms in state APIVERSION_QUERY)",
        "MQ451",
        "stays silent",
        False,
    ),
    (
        "unknown host",
        PLAIN,
        "b:9092/bootstrap: Failed to resolve 'b:9092': Name or service not known (after 0ms in state CONNECT)",
        "MQ452",
        "`b` is no known host",
        False,
    ),
    (
        "unknown advertised host",
        PLAIN,
        "inner:9092/1: Failed to resolve 'inner:9092': Name or service not known (after 0ms in state CONNECT)",
        "MQ452",
        "the cluster says that a broker is at `inner:9092`",
        False,
    ),
    (
        "plain text to a TLS port",
        PLAIN,
        "b:9092/bootstrap: Disconnected: connection closed by peer: receive 0 after POLLIN "
        "(after 42ms in state APIVERSION_QUERY)",
        "MQ454",
        "hangs up on a connection without TLS",
        False,
    ),
    (
        "no login at a SASL port",
        PLAIN,
        "b:9092/bootstrap: Disconnected: connection closed by peer: receive 0 after POLLIN (after 3ms in state UP)",
        "MQ454",
        "does not log in",
        False,
    ),
    (
        "TLS to a plain-text port",
        TLS,
        "ssl://b:9092/bootstrap: SSL handshake failed: Disconnected: SSL connection closed by peer: "
        "connecting to a PLAINTEXT broker listener? (after 4ms in state SSL_HANDSHAKE)",
        "MQ454",
        "does not speak TLS",
        True,
    ),
    (
        "TLS to a web server",
        TLS,
        "ssl://b:9092/bootstrap: SSL handshake failed: error:0A00010B:SSL routines::wrong version number "
        "(after 0ms in state SSL_HANDSHAKE)",
        "MQ454",
        "does not speak TLS",
        True,
    ),
    (
        "plain text to a web server",
        PLAIN,
        "b:9092/bootstrap: Receive failed: Invalid response size 1213486160 (0..100000000): "
        "increase receive.message.max.bytes (after 0ms in state APIVERSION_QUERY)",
        "MQ454",
        "is a web server",
        True,
    ),
    (
        "unknown authority",
        TLS,
        "ssl://b:9092/bootstrap: SSL handshake failed: error:0A000086:SSL routines::certificate verify failed: "
        "broker certificate could not be verified, verify that ssl.ca.location is correctly configured "
        "(after 13ms in state SSL_HANDSHAKE)",
        "MQ453",
        "can't be verified",
        True,
    ),
    (
        "client certificate wanted",
        TLS,
        "ssl://b:9092/bootstrap: SSL alert: tlsv13 alert certificate required (after 1ms in state SSL_HANDSHAKE)",
        "MQ453",
        "wants a certificate from the client",
        True,
    ),
    (
        "other TLS trouble",
        TLS,
        "ssl://b:9092/bootstrap: SSL handshake failed: no shared cipher (after 1ms in state SSL_HANDSHAKE)",
        "MQ453",
        "no shared cipher",
        False,
    ),
    (
        "wrong password",
        SCRAM,
        "sasl_plaintext://b:9092/bootstrap: SASL authentication error: Authentication failed during authentication due "
        "to invalid credentials with SASL mechanism SCRAM-SHA-512 (after 301ms in state AUTH_REQ)",
        "MQ751",
        "refused the login of `admin` with SCRAM-SHA-512: wrong user or password",
        True,
    ),
    (
        "mechanism that is not offered",
        SCRAM,
        "sasl_plaintext://b:9092/bootstrap: SASL SCRAM-SHA-512 mechanism handshake failed: Broker: Unsupported SASL "
        "mechanism: broker's supported mechanisms: PLAIN,GSSAPI (after 1ms in state AUTH_HANDSHAKE)",
        "MQ751",
        "offers no login with SCRAM-SHA-512",
        True,
    ),
    (
        "login at a port without",
        SCRAM,
        "sasl_plaintext://b:9092/bootstrap: SASL SCRAM-SHA-512 mechanism handshake failed: Broker: Request not valid in "
        "current SASL state: broker's supported mechanisms:  (after 1ms in state AUTH_HANDSHAKE)",
        "MQ454",
        "takes no login",
        True,
    ),
    (
        "something new",
        PLAIN,
        "b:9092/bootstrap: Connect to ipv4#10.0.0.1:9092 failed: No route to host (after 0ms in state CONNECT)",
        "MQ451",
        "No route to host",
        False,
    ),
]


@pytest.mark.parametrize(
    ("security", "line", "code", "says", "final"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_each_failure_has_its_own_words(security: dict[str, Any], line: str, code: str, says: str, final: bool) -> None:  # noqa: FBT001 - a case
    found = told(security, line)
    assert found.code == code
    assert says in found.message
    assert found.help
    assert found.address == "kafka (b:9092)"
    assert not found.message.endswith(".")
    assert is_final(journal_of(line).failures[0]) is final


def test_no_two_failures_read_the_same() -> None:
    messages = [told(case[1], case[2]).message for case in CASES]
    # A port that does not speak TLS looks the same whoever listens there.
    assert len(set(messages)) == len(messages) - 1


def test_a_wrong_password_says_where_the_password_comes_from() -> None:
    found = told(SCRAM, next(case[2] for case in CASES if case[0] == "wrong password"))
    assert "env KAFKA_PASSWORD" in found.help[0]


def test_the_mechanisms_that_are_offered_are_named() -> None:
    found = told(SCRAM, next(case[2] for case in CASES if case[0] == "mechanism that is not offered"))
    assert "`GSSAPI` or `PLAIN`" in found.help[0]


def test_the_most_telling_failure_wins_and_the_others_are_named() -> None:
    found = told(
        SCRAM,
        "c:9092/bootstrap: Connect to ipv4#127.0.0.1:9092 failed: Connection refused (after 0ms in state CONNECT)",
        next(case[2] for case in CASES if case[0] == "wrong password"),
    )
    assert found.code == "MQ751"
    assert "`c:9092`" in found.help[1]


def test_silence_without_a_word_is_told_too() -> None:
    assert told(PLAIN).code == "MQ451"


def test_a_token_that_can_not_be_had_is_a_failed_login() -> None:
    connection = KafkaConnection.model_validate(
        {
            "type": "kafka",
            "bootstrap": "b:9092",
            "security": {"tls": True, "sasl": {"oauth": {"tokenEndpoint": "https://id", "clientId": "c"}}},
        }
    )
    journal = journal_of()
    journal.hear("Failed to acquire SASL OAUTHBEARER token: hunter2 is wrong")
    found = diagnose(journal.failures, journal.other, connection, "kafka (b:9092)", 8)
    assert (found.code, found.message) == (
        "MQ751",
        "no login at the broker: Failed to acquire SASL OAUTHBEARER token: *** is wrong",
    )


def test_what_librdkafka_says_of_connections_is_taken_apart() -> None:
    (failure,) = journal_of("sasl_ssl://[::1]:9092/bootstrap: SASL hunter2 (after 1ms in state AUTH_REQ)").failures
    assert (failure.address, failure.reason, failure.state) == ("[::1]:9092", "SASL ***", "AUTH_REQ")


def test_repeated_errors_do_not_pile_up() -> None:
    journal = journal_of()
    for number in range(5_000):
        journal.hear(f"error {number}")
        journal.logger.info("FAIL [x] [thrd:y]: b:9092/1: no (after 1ms in state CONNECT)")
    assert len(journal.other) <= 501
    assert len(journal.failures) <= 500
    assert journal.other[-1] == "error 4999"
