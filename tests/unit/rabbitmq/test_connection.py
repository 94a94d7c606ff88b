"""The block under `clusters:`: what it takes, what it refuses, and what it warns of."""

from typing import Any

import pytest
from pydantic import ValidationError

from mqinfra.providers.rabbitmq.api.connection import RabbitConnection

LOGIN = {"username": "mqinfra", "password": {"env": "RABBITMQ_PASSWORD"}}


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ({}, "needs `url`"),
        ({"url": "rabbit-1:15671"}, "begins with `http://` or `https://`"),
        ({"url": "amqps://rabbit-1:5671"}, "begins with `http://` or `https://`"),
        ({"url": "https://u:hunter2@rabbit-1:15671"}, "credentials don't belong in an address"),
        ({"url": "https://rabbit-1:15671", "amqp": "amqps://u:hunter2@rabbit-1"}, "credentials don't belong"),
        ({"url": "https://rabbit-1:15671/api"}, "ends before `/api`"),
        ({"url": "https://rabbit-1:15671/a/../b"}, "is plain"),
        ({"url": "https://rabbit-1:15671?x=1"}, "no `\\?` and no `#`"),
        ({"url": "https://rabbit-1:port"}, "not a valid address"),
        ({"url": "https://rabbit-1:0"}, "a port is 1 to 65535"),
        ({"url": "https://rabbit-1:70000"}, "its port must be 1 to 65535"),
        ({"url": "https://rabbit..one"}, "has an empty part"),
        ({"url": f"https://{'x' * 64}"}, "longer than a name can be"),
        ({"url": ["https://rabbit-1", "http://localhost"]}, "all of `url`"),
        ({"url": "https://rabbit-1", "amqp": "amqps://rabbit-1/shop"}, "`amqp` has no path"),
        ({"url": "https://rabbit-1", "username": None}, "must be given together"),
        ({"url": "https://rabbit-1", "username": None, "password": None}, "requires a login"),
        ({"url": "https://rabbit-1", "username": "a:b"}, "can't log in by HTTP"),
        ({"url": "http://localhost:15672", "tls": True}, "needs `https` or `amqps`"),
        ({"url": "https://rabbit-1", "tls": {"key": "k"}}, "must be given together"),
        ({"url": "http://rabbit-1:15672"}, "anyone can read it"),
        ({"url": "https://rabbit-1", "amqp": "amqp://rabbit-1"}, "anyone can read it"),
        ({"url": "https://rabbit-1", "lockVhost": ""}, "at least 1 character"),
        ({"url": "https://rabbit-1", "connections": 0}, "greater than or equal to 1"),
        ({"url": "https://rabbit-1", "connections": 65}, "less than or equal to 64"),
    ],
)
def test_blocks_that_can_not_work_are_refused(block: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words) as refusal:
        RabbitConnection.model_validate({**LOGIN, **block})
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize(
    ("block", "endpoint", "brokers"),
    [
        ({"url": "http://localhost:15672"}, "localhost:15672", (("localhost", 5672),)),
        ({"url": "https://rabbit-1"}, "rabbit-1:15671", (("rabbit-1", 5671),)),
        ({"url": "https://proxy/rabbit/", "amqp": "amqps://rabbit-1"}, "proxy:15671", (("rabbit-1", 5671),)),
        ({"url": "http://[::1]:15672", "amqp": "amqp://127.0.0.1:5673"}, "[::1]:15672", (("127.0.0.1", 5673),)),
        ({"url": ["https://a:1", "https://b:2"], "tls": {"ca": "ca.pem"}}, "a:1", (("a", 5671), ("b", 5671))),
        ({"url": "https://a:1, https://b:2", "connections": 64}, "a:1", (("a", 5671), ("b", 5671))),
    ],
)
def test_blocks_that_work(block: dict[str, Any], endpoint: str, brokers: tuple[tuple[str, int], ...]) -> None:
    connection = RabbitConnection.model_validate({**LOGIN, **block})
    assert connection.findings("rabbitmq") == ()
    assert connection.endpoint == endpoint
    assert connection.brokers(connection.url[0]) == brokers


def test_the_node_whose_management_api_answers_is_asked_first_by_amqp() -> None:
    some = {"url": ["https://a:1", "https://b:2", "https://c:3"]}
    told = RabbitConnection.model_validate({**LOGIN, **some, "amqp": ["amqps://a:4", "amqps://b:5", "amqps://c:6"]})
    assert told.brokers("https://b:2") == (("b", 5), ("c", 6), ("a", 4))
    assert RabbitConnection.model_validate({**LOGIN, **some}).brokers("https://c:3") == (
        ("c", 5671),
        ("a", 5671),
        ("b", 5671),
    )
    fewer = RabbitConnection.model_validate({**LOGIN, **some, "amqp": "amqps://proxy"})
    assert fewer.brokers("https://c:3") == (("proxy", 5671),)


def test_a_sandbox_needs_no_address() -> None:
    assert RabbitConnection.model_validate({"sandbox": True}).endpoint == "sandbox"


@pytest.mark.parametrize(
    ("block", "codes"),
    [
        ({"url": "http://rabbit-1:15672", "allowPlaintextCredentials": True}, ["MQ723"]),
        ({"url": "https://r", "amqp": "amqp://r", "allowPlaintextCredentials": True}, ["MQ723"]),
        ({"url": "https://rabbit-1", "tls": {"verify": False}}, ["MQ722"]),
        ({"url": "https://rabbit-1", "tls": {"checkName": False}}, ["MQ722"]),
    ],
)
def test_what_is_risky_is_said(block: dict[str, Any], codes: list[str]) -> None:
    connection = RabbitConnection.model_validate({**LOGIN, **block})
    assert [found.code for found in connection.findings("rabbitmq")] == codes
