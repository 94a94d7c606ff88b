"""What a plan says of routes that move while messages are on their way."""

from __future__ import annotations

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference, Reason
from mqinfra.model.reading import Live
from mqinfra.model.spec import Spec
from mqinfra.providers.rabbitmq.kinds.immutable_advice import of_queue
from mqinfra.providers.rabbitmq.policy.moves import of_bindings, of_policies
from mqinfra.providers.rabbitmq.spec.exchange import ExchangeSpec
from mqinfra.providers.rabbitmq.spec.queue import QueueSpec
from mqinfra.providers.rabbitmq.sugar.retry import Chain
from tests.unit.rabbitmq.test_precedence import CHAIN, FACTS, TO_CHAIN, at, binding, leading, with_retries

POLICY = at("policies", "q.policy")


def test_a_policy_that_moves_to_other_delays_says_until_when_the_old_ones_are_needed() -> None:
    other = Chain("q", (60_000,), "q.dlq")
    after = leading("^q$", **{"dead-letter-exchange": other.entrance})
    changes = {POLICY: Change(POLICY, Action.UPDATE, Reason.DIFFERS, before=TO_CHAIN, after=after)}
    assert of_policies(with_retries(TO_CHAIN), changes, FACTS) == {
        POLICY: (
            (
                "`q`: messages in `q.retry.1.1s`, `q.retry.2.2s` come back within 2s; "
                "what is left of the old retries is needed until then"
            ),
        )
    }


def test_a_policy_that_keeps_its_delays_says_nothing_of_them() -> None:
    after = leading("^q$", **{"dead-letter-exchange": CHAIN.entrance, "delivery-limit": "3"})
    changes = {POLICY: Change(POLICY, Action.UPDATE, Reason.DIFFERS, before=TO_CHAIN, after=after)}
    assert of_policies(with_retries(TO_CHAIN), changes, FACTS) == {}


def changed(*some: tuple[Address, Action]) -> dict[Address, Change]:
    return {address: Change(address, action, Reason.DIFFERS) for address, action in some}


def test_a_binding_that_goes_to_another_queue_says_that_both_get_messages() -> None:
    old, new, edited = binding("ev", "q", "a"), binding("ev", "other", "a"), binding("ev", "q", "b")
    moved = changed((old, Action.DELETE), (new, Action.CREATE))
    assert of_bindings({}, moved) == {new: ("for about a second messages go to both `q` and `other`",)}
    assert of_bindings({}, changed((old, Action.DELETE), (edited, Action.CREATE))) == {}


def test_a_binding_of_a_hash_exchange_says_that_keys_are_spread_anew() -> None:
    live: dict[Address, Spec] = {at("exchanges", "h"): ExchangeSpec(type="x-consistent-hash")}
    new = binding("h", "q", "1")
    [text] = of_bindings(live, changed((new, Action.CREATE)))[new]
    assert text.startswith("`h` spreads routing keys anew")
    assert of_bindings({at("exchanges", "h"): ExchangeSpec(type="topic")}, changed((new, Action.CREATE))) == {}


def test_retries_by_argument_are_for_good_and_the_way_out_is_said() -> None:
    live = Live(QueueSpec(type="quorum"), private="q")

    def advice(before: JsonValue, after: JsonValue) -> str:
        return " ".join(of_queue(FieldDifference(("arguments", "x-dead-letter-exchange"), before, after), live))

    other = Chain("q", (60_000,), "q.dlq")
    assert "`deadLetter: {via: argument}`" in advice(CHAIN.entrance, other.entrance)
    assert "via: argument" not in advice("dlx", other.entrance)
