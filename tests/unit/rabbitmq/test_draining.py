"""Old retries stay until all messages came back from them."""

from __future__ import annotations

from mqinfra.model.address import Address
from mqinfra.providers.rabbitmq.policy.draining import draining
from tests.unit.rabbitmq.test_precedence import CHAIN, FACTS, TO_CHAIN, at, binding, leading, with_retries

ELSEWHERE = leading("^q$", **{"dead-letter-exchange": "", "dead-letter-routing-key": "q.dlq"})
WAITS = [at("queues", name) for name in CHAIN.waits]
EMPTY: dict[Address, int | None] = dict.fromkeys(WAITS, 0)
CHAIN_PARTS = {a for a in with_retries(TO_CHAIN) if a.kind in ("exchanges", "bindings") or a in WAITS}
BACK = {at("exchanges", CHAIN.back), binding(CHAIN.back, "q")}


def test_a_chain_that_a_queue_leads_to_stays_whole() -> None:
    found = draining(with_retries(TO_CHAIN), CHAIN_PARTS, EMPTY, FACTS)
    assert found.keys() == CHAIN_PARTS
    assert set(found.values()) == {"`q` leads rejected messages through it until this plan is applied; then it can go"}


def test_a_delay_that_holds_messages_stays_with_its_way_back() -> None:
    live = with_retries(ELSEWHERE)
    first, second = WAITS
    assert draining(live, CHAIN_PARTS, EMPTY, FACTS) == {}
    found = draining(live, CHAIN_PARTS, {first: 0, second: 3}, FACTS)
    assert found == dict.fromkeys(
        (second, *BACK), f"3 messages in `{second.name}` come back within 2s; it can go once none is left"
    )
    assert first in draining(live, CHAIN_PARTS, {first: None, second: 0}, FACTS)


def test_nothing_waits_for_messages_of_a_queue_that_goes_too() -> None:
    going = {*CHAIN_PARTS, at("queues", "q")}
    assert draining(with_retries(TO_CHAIN), going, {WAITS[0]: 3, WAITS[1]: 0}, FACTS) == {}
