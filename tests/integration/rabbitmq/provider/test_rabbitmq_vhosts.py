"""Vhosts on real servers: changed without wiping what others wrote, and deleted only with consent."""

import pika
import pytest

from mqinfra.model.change import CostKind
from mqinfra.model.event import Outcome
from tests.brokers.rabbitmq.server import RabbitServer
from tests.integration.rabbitmq.provider.account_plans import Accounts, accounts_on

VHOST = "shop/@%é 1"
NAME = "vhosts/shop%2F@%25é%201"


@pytest.fixture
def accounts(rabbitmq: RabbitServer, monkeypatch: pytest.MonkeyPatch) -> Accounts:
    return accounts_on(rabbitmq, monkeypatch)


def test_a_vhost_is_made_repaired_and_deleted(accounts: Accounts) -> None:
    management = accounts.server.management
    entry = {"description": "orders", "tags": ["b", "a"], "limits": {"max-queues": 10, "max-connections": -1}}
    sent = accounts.converge({NAME: entry})
    assert [request.split("/")[2] for request in sent] == ["vhosts", "vhost-limits", "vhost-limits"]
    management.call("PUT", "vhosts", VHOST, body={"description": "by hand", "tags": "c"})
    management.call("PUT", "vhost-limits", VHOST, "max-queues", body={"value": 3})
    assert accounts.changes({NAME: entry}) == {NAME: ["description", "limits.max-queues", "tags"]}
    accounts.converge({NAME: entry})
    found = management.get("vhosts", VHOST)
    assert (found["description"], sorted(found["tags"])) == ("orders", ["a", "b"])
    assert accounts.converge({}, {NAME: frozenset()}) == ["DELETE /api/vhosts/shop%2F%40%25%C3%A9%201"]
    assert VHOST not in [row["name"] for row in management.get("vhosts")]


def test_what_nobody_declares_stays_when_something_else_is_changed(accounts: Accounts) -> None:
    """A PUT wipes description and tags that it does not name."""
    management = accounts.server.management
    management.call("PUT", "vhosts", "v", body={"description": "by hand", "tags": "x,y", "tracing": True})
    accounts.converge({"vhosts/v": {"description": "declared"}})
    assert sorted(management.get("vhosts", "v")["tags"]) == ["x", "y"]
    accounts.converge({"vhosts/v": {"tags": ["z"]}})
    found = management.get("vhosts", "v")
    assert (found["description"], found["tags"], found["tracing"]) == ("declared", ["z"], True)


def test_a_new_vhost_says_who_got_all_rights_on_it(accounts: Accounts) -> None:
    [result] = accounts.apply({"vhosts/v": {}}).results
    # The caller's name is its password, too, which no message repeats.
    assert "gave `***` all rights on the new vhost `v`" in (result.message or "")


@pytest.mark.parametrize("queue_type", ["quorum", "stream", "classic"])
def test_a_default_queue_type_is_given_at_creation(accounts: Accounts, queue_type: str) -> None:
    accounts.converge({"vhosts/v": {"defaultQueueType": queue_type, "description": "a"}})
    assert accounts.server.management.get("vhosts", "v")["default_queue_type"] == queue_type
    accounts.converge({"vhosts/v": {"description": "b"}})
    assert accounts.server.management.get("vhosts", "v")["default_queue_type"] == queue_type


def test_a_default_queue_type_is_changed_where_the_server_can(accounts: Accounts) -> None:
    accounts.converge({"vhosts/v": {"defaultQueueType": "quorum"}})
    entry = {"vhosts/v": {"defaultQueueType": "stream"}}
    if accounts.server.since("3.11.12"):
        accounts.converge(entry)
    else:
        [error] = accounts.errors(entry)
        assert f"needs RabbitMQ 3.11.12, and this is {accounts.server.version}" in error


def test_protection_is_refused_where_the_server_has_none(accounts: Accounts) -> None:
    entry = {"vhosts/v": {"deletionProtection": True}}
    if accounts.server.since("4.0.9"):
        accounts.converge(entry)
    else:
        [error] = accounts.errors(entry)
        assert f"needs RabbitMQ 4.0.9, and this is {accounts.server.version}" in error


def test_deleting_a_vhost_says_what_goes_and_needs_consent(accounts: Accounts) -> None:
    management = accounts.server.management
    accounts.converge({"vhosts/v": {}})
    management.call("PUT", "queues", "v", "q", body={"durable": True})
    management.call("PUT", "exchanges", "v", "e", body={"durable": True, "type": "direct"})
    parameters = pika.ConnectionParameters(
        accounts.server.host,
        accounts.server.amqp_port,
        "v",
        pika.PlainCredentials(accounts.server.user, accounts.server.password),
        client_properties={"connection_name": "shop-1"},
    )
    connection = pika.BlockingConnection(parameters)
    channel = connection.channel()
    channel.confirm_delivery()
    channel.queue_bind("q", "e", "k")
    for _ in range(3):
        channel.basic_publish("e", "k", b"x")
    [change] = accounts.plan({}, {"vhosts/v": frozenset()}).changes
    costs = {cost.kind: cost.number for cost in change.costs}
    assert costs[CostKind.MESSAGES_LOST] == 3
    texts = " ".join(cost.text for cost in change.costs)
    for phrase in (
        "1 queue would be deleted with it",
        "1 exchange would be deleted with it",
        "1 binding would be deleted with it",
        "1 permission would be deleted",
    ):
        assert phrase in texts
    assert change.blocked_by
    connection.close()
    accounts.converge({}, {"vhosts/v": frozenset({"messages", "consumers"})})


def test_many_limits_are_read_with_two_lists(accounts: Accounts) -> None:
    names = [f"vhosts/v{number}" for number in range(20)]
    accounts.converge({name: {"limits": {"max-queues": 5}} for name in names})
    accounts.server.proxy.recorder.clear()
    accounts.read(*names)
    asked = [str(r) for r in accounts.server.proxy.recorder.requests if "/vhost" in r.path]
    lists = [text for text in asked if "asks%2Fwhether%2Fslashes" not in text]
    assert len(lists) == 2, asked
    assert len(asked) <= 3, asked


def test_a_lost_answer_is_found_done_by_reading_back(accounts: Accounts) -> None:
    accounts.server.proxy.faults.cut_after(nth=1, of="mutating")
    [result] = accounts.apply({"vhosts/v": {"description": "x"}}).results
    assert result.outcome is Outcome.APPLIED
