"""Permissions and topic permissions on real servers, with their vhosts and users in the same plan."""

import pytest

from mqinfra.model.event import Outcome
from tests.brokers.rabbitmq.server import RabbitServer
from tests.integration.rabbitmq.provider.account_plans import Accounts, accounts_on

ALL = {
    "vhosts/a%2Fb": {},
    "exchanges/a%2Fb/e%2F1": {"type": "topic"},
    "users/u%2F1": {},
    "permissions/a%2Fb/u%2F1": {"configure": "^x", "read": ".*"},
    "topicPermissions/a%2Fb/u%2F1/e%2F1": {"write": "^k\\."},
    "topicPermissions/a%2Fb/u%2F1/amq.topic": {"read": "^k\\."},
}


@pytest.fixture
def accounts(rabbitmq: RabbitServer, monkeypatch: pytest.MonkeyPatch) -> Accounts:
    return accounts_on(rabbitmq, monkeypatch)


def topics(accounts: Accounts) -> list[tuple[str, str, str]]:
    rows = accounts.server.management.get("topic-permissions")
    return sorted((row["exchange"], row["write"], row["read"]) for row in rows)


def test_everything_is_made_in_one_apply_repaired_and_deleted(accounts: Accounts) -> None:
    management = accounts.server.management
    accounts.converge(ALL)
    assert topics(accounts) == [("amq.topic", "", "^k\\."), ("e/1", "^k\\.", "")]
    management.call("PUT", "permissions", "a/b", "u/1", body={"configure": "", "write": ".*", "read": ".*"})
    assert accounts.changes(ALL) == {"permissions/a%2Fb/u%2F1": ["configure", "write"]}
    accounts.converge(ALL)
    rest = {name: entry for name, entry in ALL.items() if not name.endswith("e%2F1")}
    accounts.converge(rest, {"topicPermissions/a%2Fb/u%2F1/e%2F1": frozenset()})
    assert topics(accounts) == [("amq.topic", "", "^k\\.")]
    rest = {name: entry for name, entry in rest.items() if not name.startswith("permissions")}
    accounts.converge(rest, {"permissions/a%2Fb/u%2F1": frozenset()})
    assert topics(accounts) == [("amq.topic", "", "^k\\.")]


def test_a_user_that_goes_takes_its_permissions_along(accounts: Accounts) -> None:
    accounts.converge(ALL)
    kept = {name: entry for name, entry in ALL.items() if name.startswith(("vhosts", "exchanges"))}
    accounts.converge(kept, {name: frozenset[str]() for name in ALL.keys() - kept.keys()})
    assert topics(accounts) == []


@pytest.mark.parametrize("pattern", ["(", "[a", "*", "a{2,1}", "\\"])
def test_an_expression_that_is_none_is_found_before_the_server_sees_it(accounts: Accounts, pattern: str) -> None:
    accounts.converge({"vhosts/v": {}, "users/u": {}})
    accounts.server.proxy.recorder.clear()
    [error] = accounts.errors({"permissions/v/u": {"write": pattern}})
    assert "pattern" in error
    assert accounts.server.proxy.mutating() == []
    with pytest.raises(Exception, match="400"):
        accounts.server.management.call(
            "PUT", "permissions", "v", "u", body={"configure": "", "write": pattern, "read": ""}
        )


def test_what_the_caller_got_with_a_new_vhost_is_left_alone(accounts: Accounts) -> None:
    accounts.converge({"vhosts/v": {}})
    granted = [row["user"] for row in accounts.server.management.get("vhosts", "v", "permissions")]
    assert granted == ["guest"]


def test_a_missing_user_is_the_servers_refusal(accounts: Accounts) -> None:
    accounts.converge({"vhosts/v": {}})
    [result] = accounts.apply({"permissions/v/nobody": {}}).results
    assert result.outcome is Outcome.FAILED
    assert "vhost_or_user_not_found" in (result.message or "")
