"""Users on real servers: passwords are compared without writing, rotated, kept, and shown nowhere."""

import base64
import hashlib
import json

import pika
import pika.exceptions
import pytest
from pika.exceptions import AMQPConnectionError, ProbableAuthenticationError

from mqinfra.model.event import Outcome
from mqinfra.render.plan_json import plan_to_json
from tests.brokers.rabbitmq.server import RabbitServer
from tests.integration.rabbitmq.provider.account_plans import Accounts, Entries, accounts_on

USER = "feed/@%é 1"
NAME = "users/feed%2F@%25é%201"
PLANTED = "planted-pässword/@:&"


@pytest.fixture
def accounts(rabbitmq: RabbitServer, monkeypatch: pytest.MonkeyPatch) -> Accounts:
    return accounts_on(rabbitmq, monkeypatch)


def lets_in(server: RabbitServer, user: str, password: str) -> bool:
    server.management.call("PUT", "permissions", "/", user, body={"configure": "", "write": "", "read": ""})
    credentials = pika.PlainCredentials(user, password)
    try:
        pika.BlockingConnection(pika.ConnectionParameters(server.host, server.amqp_port, "/", credentials)).close()
    except (AMQPConnectionError, ProbableAuthenticationError):
        return False
    return True


def test_a_user_is_made_repaired_and_deleted(accounts: Accounts) -> None:
    management = accounts.server.management
    entry = {"tags": ["monitoring", "shop"], "limits": {"max-connections": 5}}
    accounts.converge({NAME: entry})
    management.call("PUT", "users", USER, body={"password_hash": "", "tags": "other"})
    management.call("PUT", "user-limits", USER, "max-connections", body={"value": 1})
    assert accounts.changes({NAME: entry}) == {NAME: ["limits.max-connections", "tags"]}
    accounts.converge({NAME: entry})
    assert accounts.converge({}, {NAME: frozenset()}) == ["DELETE /api/users/feed%2F%40%25%C3%A9%201"]


def test_a_password_is_set_compared_and_rotated(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = {NAME: {"password": {"env": "FEED"}}}
    for password in (PLANTED, "another-password"):
        monkeypatch.setenv("FEED", password)
        sent = accounts.converge(entry)
        assert len(sent) == 1
        assert lets_in(accounts.server, USER, password)
    assert not lets_in(accounts.server, USER, PLANTED)
    accounts.server.management.call("PUT", "users", USER, body={"password": "by-hand", "tags": ""})
    assert accounts.changes(entry) == {NAME: ["password"]}
    accounts.converge(entry)
    assert lets_in(accounts.server, USER, "another-password")


@pytest.mark.parametrize("algorithm", ["sha256", "sha512", "md5"])
def test_hashes_of_all_algorithms_are_compared(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch, algorithm: str
) -> None:
    salted = b"\x01\x02\xff\x00"
    salted += hashlib.new(algorithm, salted + PLANTED.encode(), usedforsecurity=False).digest()
    body = {
        "password_hash": base64.b64encode(salted).decode(),
        "hashing_algorithm": f"rabbit_password_hashing_{algorithm}",
        "tags": "",
    }
    accounts.server.management.call("PUT", "users", USER, body=body)
    monkeypatch.setenv("FEED", PLANTED)
    assert accounts.changes({NAME: {"password": {"env": "FEED"}}}) == {}
    monkeypatch.setenv("FEED", "other")
    assert accounts.changes({NAME: {"password": {"env": "FEED"}}}) == {NAME: ["password"]}


def test_a_password_nobody_changes_stays(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    """A PUT without a password takes it away."""
    accounts.server.management.call("PUT", "users", USER, body={"password": "by-hand", "tags": ""})
    accounts.converge({NAME: {"tags": ["one"]}})
    assert lets_in(accounts.server, USER, "by-hand")
    monkeypatch.setenv("FEED", "by-hand")
    accounts.converge({NAME: {"tags": ["two"], "password": {"env": "FEED"}}})
    assert lets_in(accounts.server, USER, "by-hand")


def test_a_user_without_a_password_can_not_log_in_with_one(accounts: Accounts) -> None:
    accounts.converge({"users/plain": {}})
    assert not lets_in(accounts.server, "plain", "")
    assert not lets_in(accounts.server, "plain", "guest")


def test_no_secret_is_shown(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEED", PLANTED)
    entry = {NAME: {"password": {"env": "FEED"}}}
    plan = accounts.plan(entry)
    with accounts.open_session() as session:
        requests = session.requests(plan.changes)
    report = accounts.driver.apply(plan)
    hashed = accounts.server.management.get("users", USER)["password_hash"]
    monkeypatch.setenv("FEED", "next")
    said = "".join(map(repr, (plan, requests, report, accounts.read(NAME), accounts.plan(entry))))
    said += plan_to_json(plan) + plan_to_json(accounts.plan(entry))
    for secret in (PLANTED, json.dumps(PLANTED)[1:-1], hashed):
        assert secret not in said


def test_a_secret_that_is_not_at_hand_is_not_compared_and_no_change(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEED", PLANTED)
    entry = {NAME: {"password": {"env": "FEED"}}}
    accounts.converge(entry)
    monkeypatch.delenv("FEED")
    plan = accounts.plan(entry)
    assert plan.changes == ()
    [missing] = plan.uncompared
    assert (missing.address.name, missing.field) == (USER, "password")
    assert "FEED is not set" in missing.reason
    # What else differs is changed without it, and the password stays.
    accounts.apply({NAME: {"password": {"env": "FEED"}, "tags": ["monitoring"]}})
    assert lets_in(accounts.server, USER, PLANTED)
    monkeypatch.setenv("FEED", "rotated")
    [change] = accounts.plan({NAME: {"password": {"env": "FEED"}, "tags": ["monitoring"]}}).changes
    assert [(item.path, item.note) for item in change.differences] == [(("password",), "differs")]


def test_an_empty_password_is_refused(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEED", "")
    [result] = accounts.apply({NAME: {"password": {"env": "FEED"}}}).results
    assert (result.outcome, "is empty" in (result.message or "")) == (Outcome.FAILED, True)
    assert accounts.server.proxy.mutating() == []


def test_the_callers_own_user_is_safe(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OWN", PLANTED)
    accounts.converge({"users/guest": {"tags": ["administrator"], "password": {"env": "RABBIT_LOGIN"}}})
    cases: dict[str, Entries] = {
        "which would lose `administrator`": {"users/guest": {"tags": ["management"]}},
        "with another password its calls fail": {
            "users/guest": {"tags": ["administrator"], "password": {"env": "OWN"}}
        },
    }
    for words, entries in cases.items():
        assert any(words in error for error in accounts.errors(entries)), words
    assert any("would be deleted" in error for error in accounts.errors({}, {"users/guest": frozenset({"consumers"})}))


def test_deleting_a_user_says_what_goes_with_it(accounts: Accounts) -> None:
    management = accounts.server.management
    accounts.converge({"vhosts/v": {}, "users/u": {}})
    grant = {"configure": "", "write": "", "read": ""}
    management.call("PUT", "permissions", "v", "u", body=grant)
    management.call("PUT", "topic-permissions", "v", "u", body={"exchange": "amq.topic", "write": "", "read": ""})
    [change] = accounts.plan({}, {"users/u": frozenset()}).changes
    texts = " ".join(cost.text for cost in change.costs)
    assert "1 permission would be deleted with it" in texts
    assert "1 topicPermission would be deleted with it" in texts
    accounts.converge({}, {"users/u": frozenset()})
    assert [row["user"] for row in management.get("permissions") if row["user"] == "u"] == []
