"""Rules about what is declared among what a real server has: they must see what nobody declared."""

from mqinfra.model.diagnostic import Severity
from tests.integration.rabbitmq.provider.conftest import Topology


def found(shop: Topology, code: str) -> list[tuple[Severity, str]]:
    return [(item.severity, item.message) for item in shop.plan().diagnostics if item.code == code]


def test_dead_letter_exchange_that_the_server_lacks_is_a_warning(shop: Topology) -> None:
    letters = {"type": "classic", "arguments": {"x-dead-letter-exchange": "dlx"}}
    shop.declare(queues={"orders": letters}, exchanges={"other": {"type": "fanout"}})
    missing = "the dead letters of `orders` go to `dlx`, which is not an exchange that is declared or exists"
    assert found(shop, "MQ511") == [(Severity.WARNING, missing)]
    shop.converge()  # the argument stays as it is, and so does what is said of it
    assert found(shop, "MQ511") == [(Severity.WARNING, missing)]
    shop.put("exchanges", "dlx", type="fanout")
    assert found(shop, "MQ511") == []


def test_dead_letter_exchange_of_which_all_bindings_are_known_leads_nowhere(shop: Topology) -> None:
    letters = {"type": "classic", "arguments": {"x-dead-letter-exchange": "dlx"}}
    shop.put("exchanges", "dlx", type="fanout")
    shop.put("queues", "failed", durable=True)
    shop.declare(
        queues={"orders": letters},
        exchanges={"other": {"type": "fanout"}},
        bindings=[{"exchange": "other", "queue": "orders"}],
    )
    nowhere = "the dead letters of `orders` go to `dlx`, which has no binding"
    assert found(shop, "MQ511") == [(Severity.WARNING, nowhere)]
    shop.server.management.call("POST", "bindings", shop.vhost, "e", "dlx", "q", "failed", body={})
    assert found(shop, "MQ511") == []


def test_policy_that_nobody_declared_ties(shop: Topology) -> None:
    shop.put("policies", "old", pattern="^orders$", definition={"max-length": 1}, **{"apply-to": "queues"})
    shop.declare(
        queues={"orders": {"type": "classic"}}, policies={"ttl": {"pattern": ".*", "definition": {"expires": 9}}}
    )
    [(severity, message)] = found(shop, "MQ610")
    assert severity is Severity.WARNING
    assert "`old` and `ttl` both match queue `orders`" in message
    shop.declare(
        queues={"orders": {"type": "classic"}},
        policies={"ttl": {"pattern": ".*", "priority": 1, "definition": {"expires": 9}}},
    )
    assert found(shop, "MQ610") == []


def test_permission_reaches_names_that_nobody_declared(shop: Topology) -> None:
    shop.put("queues", "not-orders", durable=True)
    shop.declare(queues={"orders": {"type": "classic"}}, permissions={"guest": {"read": "orders"}})
    [(_, message)] = found(shop, "MQ730")
    assert "also grants `not-orders`" in message


def test_caller_keeps_its_permission(shop: Topology) -> None:
    shop.remove(shop.address("permissions", shop.server.user))
    [(severity, message)] = found(shop, "MQ710")
    assert severity is Severity.ERROR
    assert f"`{shop.server.user}` could do nothing more in vhost `/shop`" in message


def test_exchange_type_of_a_plugin_that_is_off_is_an_error(shop: Topology) -> None:
    shop.declare(exchanges={"hashed": {"type": "x-recent-history"}, "plain": {"type": "topic"}})
    [(severity, message)] = found(shop, "MQ344")
    assert severity is Severity.ERROR
    assert "x-recent-history" in message
