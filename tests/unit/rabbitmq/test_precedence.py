"""What has to be seen before routes, queues and policies are deleted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, Reason
from mqinfra.model.reading import Facts
from mqinfra.model.spec import Spec
from mqinfra.providers.rabbitmq.policy.precedence import precedence
from mqinfra.providers.rabbitmq.spec.binding import BindingSpec, pairs_of
from mqinfra.providers.rabbitmq.spec.exchange import ExchangeSpec
from mqinfra.providers.rabbitmq.spec.policy import PolicySpec
from mqinfra.providers.rabbitmq.spec.queue import QueueSpec
from mqinfra.providers.rabbitmq.sugar.retry import Chain

FACTS = Facts(cluster_id="c", version="4.3.6")
CHAIN = Chain("q", (1000, 2000), "q.dlq")
SPECS: Mapping[str, type[Spec]] = {
    "bindings": BindingSpec,
    "exchanges": ExchangeSpec,
    "policies": PolicySpec,
    "queues": QueueSpec,
}


def at(kind: str, name: str) -> Address:
    return Address("mq", kind, ("v", name))


def binding(exchange: str, queue: str, key: str = "") -> Address:
    return Address("mq", "bindings", ("v",), pairs_of({"exchange": exchange, "queue": queue, "routingKey": key}))


def leading(pattern: str, **definition: JsonValue) -> dict[str, JsonValue]:
    return {"pattern": pattern, "applyTo": "queues", "priority": 1, "definition": definition}


def with_retries(policy: Mapping[str, JsonValue]) -> dict[Address, Spec]:
    """A queue with retries, all that they need, and its policy."""
    live: dict[Address, Spec] = {
        at("queues", "q"): QueueSpec(type="quorum"),
        at("queues", "q.dlq"): QueueSpec(type="quorum"),
        at("policies", "q.policy"): PolicySpec.model_validate(policy),
    }
    for item in CHAIN.made("v", "quorum"):
        data = {name: value for name, value in item.data.items() if name != "deadLetter"}
        live[Address("mq", item.kind, item.path, item.pairs)] = SPECS[item.kind].model_validate(data)
    return live


def deletes(some: Iterable[Address]) -> dict[Address, Change]:
    return {address: Change(address, Action.DELETE, Reason.TOMBSTONE, before={}) for address in some}


def firsts(live: Mapping[Address, Spec], changes: Mapping[Address, Change]) -> dict[Address, set[Address]]:
    found: dict[Address, set[Address]] = {}
    for address, first in precedence(live, changes, FACTS):
        found.setdefault(address, set()).add(first)
    return found


TO_CHAIN = leading("^q$", **{"dead-letter-exchange": CHAIN.entrance})


def test_an_old_chain_goes_after_the_policy_that_leads_away_and_the_way_back_after_the_delays() -> None:
    live = with_retries(TO_CHAIN)
    policy = at("policies", "q.policy")
    after = leading("^q$", **{"dead-letter-exchange": "", "dead-letter-routing-key": "q.dlq"})
    chain = [at("exchanges", name) for name in CHAIN.exchanges] + [at("queues", name) for name in CHAIN.waits]
    back = binding(CHAIN.back, "q")
    changes = deletes([*chain, back])
    changes[policy] = Change(policy, Action.UPDATE, Reason.DIFFERS, before=TO_CHAIN, after=after)
    found = firsts(live, changes)
    passed = {at("exchanges", name) for name in CHAIN.exchanges if name != CHAIN.back}
    passed |= {at("queues", name) for name in CHAIN.waits}
    assert all(policy in found[address] for address in passed)
    delays = {at("queues", name) for name in CHAIN.waits}
    assert found[at("exchanges", CHAIN.back)] == delays
    assert found[back] == delays


def test_a_policy_that_is_given_up_goes_before_the_queue_of_its_dead_letters() -> None:
    policy, letters = at("policies", "q.policy"), at("queues", "q.dlq")
    live: dict[Address, Spec] = {
        at("queues", "q"): QueueSpec(),
        letters: QueueSpec(),
        policy: PolicySpec.model_validate(
            leading("^q$", **{"dead-letter-exchange": "", "dead-letter-routing-key": "q.dlq"})
        ),
    }
    assert firsts(live, deletes([policy, letters])) == {letters: {policy}}


def test_a_policy_outlives_all_queues_that_it_is_in_force_on() -> None:
    policy, guarded = at("policies", "guard"), [at("queues", "a.dlq"), at("queues", "b.dlq")]
    live: dict[Address, Spec] = {address: QueueSpec() for address in guarded}
    live[policy] = PolicySpec.model_validate(leading("dlq$", overflow="drop-head"))
    assert firsts(live, deletes([policy, *guarded])) == {policy: set(guarded)}
    assert firsts(live, deletes([policy, guarded[0]])) == {}


def test_a_queue_with_its_retries_and_policy_goes_without_a_circle() -> None:
    live = with_retries(TO_CHAIN)
    found = firsts(live, deletes(live))
    assert found[at("policies", "q.policy")] == {at("queues", "q")}
    assert not found.keys() & {address for address in live if address.kind == "queues"}


def test_a_binding_goes_after_those_that_are_new_to_its_queue_or_for_its_messages() -> None:
    old, new = binding("ev", "q", "order.*"), binding("ev", "q", "order.paid")
    moved, elsewhere = binding("ev", "other", "order.*"), binding("ev", "other", "x")
    live: dict[Address, Spec] = {old: BindingSpec(exchange="ev", queue="q", routing_key="order.*")}
    changes = deletes([old])
    changes |= {a: Change(a, Action.CREATE, Reason.ABSENT, after={}) for a in (new, moved, elsewhere)}
    assert firsts(live, changes) == {old: {new, moved}}
