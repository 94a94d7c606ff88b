"""Old retries stay until all messages came back from them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from mqinfra.model.address import Address
from mqinfra.model.spec import Spec
from mqinfra.providers.rabbitmq.policy.draining import draining
from tests.unit.rabbitmq.test_precedence import CHAIN, FACTS, TO_CHAIN, at, binding, leading, with_retries

ELSEWHERE = leading("^q$", **{"dead-letter-exchange": "", "dead-letter-routing-key": "q.dlq"})
WAITS = [at("queues", name) for name in CHAIN.waits]
EMPTY: dict[Address, int | None] = dict.fromkeys(WAITS, 0)
CHAIN_PARTS = {a for a in with_retries(TO_CHAIN) if a.kind in ("exchanges", "bindings") or a in WAITS}
BACK = {at("exchanges", CHAIN.back), binding(CHAIN.back, "q")}


def needed(
    live: Mapping[Address, Spec], going: Collection[Address], holding: Mapping[Address, int | None]
) -> dict[Address, str]:
    """What is still needed when the policy goes with the rest, so that no queue leads anywhere after the plan."""
    policy = at("policies", "q.policy")
    after = {address: spec for address, spec in live.items() if address not in going and address != policy}
    return draining(live, after, going, holding, FACTS)


def test_a_chain_that_a_queue_leads_to_stays_whole() -> None:
    found = needed(with_retries(TO_CHAIN), CHAIN_PARTS, EMPTY)
    assert found.keys() == CHAIN_PARTS
    assert set(found.values()) == {"`q` leads rejected messages through it until this plan is applied; then it can go"}


def test_a_delay_that_holds_messages_stays_with_its_way_back() -> None:
    live = with_retries(ELSEWHERE)
    first, second = WAITS
    assert needed(live, CHAIN_PARTS, EMPTY) == {}
    found = needed(live, CHAIN_PARTS, {first: 0, second: 3})
    assert found == dict.fromkeys(
        (second, *BACK), f"3 messages in `{second.name}` come back within 2s; it can go once none is left"
    )
    assert first in needed(live, CHAIN_PARTS, {first: None, second: 0})


def test_nothing_waits_for_messages_of_a_queue_that_goes_too() -> None:
    going = {*CHAIN_PARTS, at("queues", "q")}
    assert needed(with_retries(TO_CHAIN), going, {WAITS[0]: 3, WAITS[1]: 0}) == {}


def test_what_dead_letters_are_led_to_after_the_plan_stays() -> None:
    live = with_retries(ELSEWHERE)
    letters = at("queues", "q.dlq")
    assert needed(live, {letters}, {}) == {}
    found = draining(live, {a: spec for a, spec in live.items() if a != letters}, {letters}, {}, FACTS)
    assert found == {letters: "`q` leads rejected messages to it, and would drop them without"}


def test_the_way_back_from_a_delay_that_stays_stays_too() -> None:
    live = with_retries(ELSEWHERE)
    going = {at("exchanges", CHAIN.back)}
    found = draining(live, {a: spec for a, spec in live.items() if a not in going}, going, {}, FACTS)
    assert found.keys() == going
