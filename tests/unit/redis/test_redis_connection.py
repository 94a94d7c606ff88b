"""The block under `clusters:`: what it takes, what it refuses, and what it warns of."""

from typing import Any

import pytest
from pydantic import ValidationError

from mqinfra.providers.base.connecting.fault import Meaning
from mqinfra.providers.redis.api.connection import RedisConnection
from mqinfra.providers.redis.api.discovery import replicated
from mqinfra.providers.redis.api.faults import fault_from, is_wrong_type, result_of

SECRET = {"env": "REDIS_PASSWORD"}


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ({}, "needs one of"),
        ({"nodes": ["a:1"], "host": "b"}, "needs one of"),
        ({"nodes": ["a"]}, "is not a valid address"),
        ({"nodes": ["redis://u:hunter2@a:1"]}, "without a scheme or credentials"),
        ({"nodes": ["a:1"], "port": 7}, "needs `host`"),
        ({"nodes": ["a:70000"]}, "must be 1 to 65535"),
        ({"nodes": ["a..b:1"]}, "is not a valid address"),
        ({"nodes": ["[::1]]:1"]}, "is not a valid address"),
        ({"nodes": ["[1.2.3.4]:1"]}, "is not a valid address"),
        ({"host": "x" * 64}, "is not a valid address"),
        ({"host": "a", "port": 0}, "greater than or equal to 1"),
        ({"host": "a", "port": 70_000}, "less than or equal to 65535"),
        ({"nodes": ["a:1"], "announced": ["redis://a"]}, "write `host` or `host:port`"),
        ({"nodes": ["a:1"], "announced": ["a:70000"]}, "write `host` or `host:port`"),
        ({"nodes": ["a:1"], "topology": "sentinel"}, "must be given together"),
        ({"nodes": ["a:1"], "password": SECRET}, "anyone can read it"),
        ({"nodes": ["a:1"], "tls": {"key": "k"}}, "must be given together"),
    ],
)
def test_blocks_that_can_not_work_are_refused(block: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words) as refusal:
        RedisConnection.model_validate(block)
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize(
    "block",
    [
        {"nodes": "127.0.0.1:6379, localhost:6380", "password": SECRET},
        {"nodes": ["[::1]:6379"], "password": SECRET},
        {"host": "redis-1", "password": SECRET, "tls": True},
        {"sentinel": {"service": "main", "nodes": ["s:26379"]}, "topology": "sentinel"},
        {"sandbox": True},
    ],
)
def test_blocks_that_work(block: dict[str, Any]) -> None:
    assert RedisConnection.model_validate(block).findings("redis") == ()


@pytest.mark.parametrize(
    ("block", "codes"),
    [
        ({"password": SECRET, "allowPlaintextCredentials": True}, ["MQ723"]),
        ({"tls": {"verify": False}}, ["MQ722"]),
        ({"tls": {"checkName": False}}, ["MQ722"]),
    ],
)
def test_what_is_risky_is_said(block: dict[str, Any], codes: list[str]) -> None:
    connection = RedisConnection.model_validate({"nodes": ["redis-1:6379"], **block})
    assert [found.code for found in connection.findings("redis")] == codes


def test_replicas_are_found_by_what_the_master_says() -> None:
    info = {
        "connected_slaves": "2",
        "slave0": "ip=10.0.0.2,port=6379,state=online,offset=1,lag=0",
        "slave1": "ip=fd00::3,port=6380,state=online,offset=1,lag=0",
    }
    assert [(member.name, member.master) for member in replicated("m:1", info)] == [
        ("m:1", True),
        ("10.0.0.2:6379", False),
        ("[fd00::3]:6380", False),
    ]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("WRONGTYPE Operation against a key holding the wrong kind of value", Meaning.REFUSED),
        ("no such key", Meaning.ABSENT),
        ("NOPERM this user has no permissions to run the 'xadd' command", Meaning.DENIED),
        ("READONLY You can't write against a read only replica.", Meaning.RETRY),
        ("BUSYGROUP Consumer Group name already exists", Meaning.REFUSED),
    ],
)
def test_errors_mean_what_the_server_says(text: str, meaning: Meaning) -> None:
    assert fault_from(text).meaning is meaning
    assert is_wrong_type(fault_from(text)) is text.startswith("WRONGTYPE")


def test_a_missing_right_is_named() -> None:
    refused = result_of(fault_from("NOPERM no"), "ACL SETUSER on redis-1:6379")
    assert "`ACL SETUSER NAME +acl|setuser`" in str(refused)
