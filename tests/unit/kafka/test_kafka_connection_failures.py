"""What librdkafka logs, as it was seen on real brokers, and what a person is told."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.kafka.api.connection import KafkaConnection
from mqinfra.providers.kafka.api.connection_log import ConnectionLog
from mqinfra.providers.kafka.api.diagnosis import diagnose, is_final

PLAIN: dict[str, Any] = {}
TLS: dict[str, Any] = {"tls": {"ca": "ca.pem"}}
SCRAM: dict[str, Any] = {
    "sasl": {"mechanism": "SCRAM-SHA-512", "username": "admin", "password": {"env": "KAFKA_PASSWORD"}},
    "allowPlaintextCredentials": True,
}


def log_of(*lines: str) -> ConnectionLog:
    log = ConnectionLog()
    for line in lines:
        log.logger.info("FAIL [mqinfra#producer-1] [thrd:x]: %s", line)
    return log


def connection_of(security: dict[str, Any]) -> KafkaConnection:
    return KafkaConnection.model_validate({"type": "kafka", "bootstrap": "b:9092", "security": security})


def told(security: dict[str, Any], *lines: str) -> Diagnostic:
    log = log_of(*lines)
    connection = connection_of(security)
    return diagnose(log.failures, log.other, connection, "kafka (b:9092)")


SECURITY = {"plain": PLAIN, "tls": TLS, "scram": SCRAM}
CASES: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("connection_failures.yaml").read_text(encoding="utf-8")
)


def line_of(title: str) -> str:
    return next(str(case["line"]) for case in CASES if case["title"] == title)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["title"])
def test_each_failure_has_its_own_words(case: dict[str, Any]) -> None:
    found = told(SECURITY[case["security"]], case["line"])
    assert found.code == case["code"]
    assert case["says"] in found.message
    assert found.help
    assert found.address == "kafka (b:9092)"
    assert not found.message.endswith(".")
    failed = log_of(case["line"]).failures[0]
    assert is_final(failed, connection_of(SECURITY[case["security"]])) is case["final"]


def test_no_two_failures_read_the_same() -> None:
    messages = [told(SECURITY[case["security"]], case["line"]).message for case in CASES]
    # A port that does not speak TLS looks the same whoever listens there.
    assert len(set(messages)) == len(messages) - 1


def test_a_wrong_password_says_where_the_password_comes_from() -> None:
    found = told(SCRAM, line_of("wrong password"))
    assert "env KAFKA_PASSWORD" in found.help[0]


def test_the_mechanisms_that_are_offered_are_named() -> None:
    found = told(SCRAM, line_of("mechanism that is not offered"))
    assert "`GSSAPI` or `PLAIN`" in found.help[0]


def test_the_most_telling_failure_wins_and_the_others_are_named() -> None:
    found = told(
        SCRAM,
        "c:9092/bootstrap: Connect to ipv4#127.0.0.1:9092 failed: Connection refused (after 0ms in state CONNECT)",
        line_of("wrong password"),
    )
    assert found.code == "MQ720"
    assert "`c:9092`" in found.help[1]


def test_silence_without_a_word_is_told_too() -> None:
    assert told(PLAIN).code == "MQ414"


def test_a_token_that_can_not_be_had_is_a_failed_login() -> None:
    connection = connection_of({"tls": True, "sasl": {"oauth": {"tokenEndpoint": "https://id", "clientId": "c"}}})
    log = log_of()
    log.on_error("Failed to acquire SASL OAUTHBEARER token: x is wrong")
    found = diagnose(log.failures, log.other, connection, "kafka (b:9092)")
    assert (found.code, found.message) == (
        "MQ720",
        "no login at `b:9092`: Failed to acquire SASL OAUTHBEARER token: x is wrong",
    )


def test_what_librdkafka_says_of_connections_is_taken_apart() -> None:
    (failure,) = log_of("sasl_ssl://[::1]:9092/bootstrap: SASL no (after 1ms in state AUTH_REQ)").failures
    assert (failure.address, failure.reason, failure.state) == ("[::1]:9092", "SASL no", "AUTH_REQ")


def test_repeated_errors_do_not_pile_up() -> None:
    log = log_of()
    for number in range(5_000):
        log.on_error(f"error {number}")
        log.logger.info("FAIL [x] [thrd:y]: b:9092/1: no (after 1ms in state CONNECT)")
    assert len(log.other) <= 501
    assert len(log.failures) <= 500
    assert log.other[-1] == "error 4999"


@pytest.mark.parametrize("title", ["advertised address refuses", "advertised address does not answer"])
def test_an_address_of_the_clusters_own_sends_nobody_to_their_files(title: str) -> None:
    help_ = " ".join(told(PLAIN, line_of(title)).help)
    assert "`advertised.listeners`" in help_
    assert "port under `bootstrap`" not in help_
