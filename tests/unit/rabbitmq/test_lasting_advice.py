"""Advice on what can't change names what to paste, and never promises a policy that an argument would win over."""

from typing import Any

import pytest
import yaml

from mqinfra.model.change import FieldDifference
from mqinfra.model.reading import Live
from mqinfra.providers.rabbitmq.kinds.immutable_advice import of_exchange, of_queue, policy_text
from mqinfra.providers.rabbitmq.pattern.regex import Pattern, compile_pattern
from mqinfra.providers.rabbitmq.spec.exchange import ExchangeSpec
from mqinfra.providers.rabbitmq.spec.queue import QueueSpec

NAMES = ("orders.email", "it's", "a/b {c}, d: #e", "ünï 💥", "yes", "12", "[x]", "a\\b$")


def queue(difference: FieldDifference, type_: str = "quorum", name: str = "orders.email") -> str:
    return " ".join(of_queue(difference, Live(QueueSpec.model_validate({"type": type_}), private=name), (3, 12)))


@pytest.mark.parametrize("name", NAMES)
def test_the_policy_is_yaml_whose_pattern_matches_this_name_alone(name: str) -> None:
    [[title, policy]] = yaml.safe_load(policy_text("queue", name, "max-length", 5))["policies"].items()
    assert title == f"{name}.limits"
    assert policy["applyTo"] == "queues"
    assert policy["definition"] == {"max-length": 5}
    pattern = compile_pattern(policy["pattern"])
    assert isinstance(pattern, Pattern)
    assert pattern.literals == frozenset({name.encode()})


@pytest.mark.parametrize("value", [5, True, "yes", "drop-head", "a: b", "", "1"])
def test_values_keep_their_type(value: Any) -> None:
    [policy] = yaml.safe_load(policy_text("queue", "q", "key", value))["policies"].values()
    assert policy["definition"] == {"key": value}


def test_what_is_added_can_be_a_policy() -> None:
    said = queue(FieldDifference(("arguments", "x-max-length"), after=5))
    assert said.startswith("a policy can set the same on the live queue")
    assert "definition: {max-length: 5}" in said


def test_what_an_argument_fixed_no_policy_changes() -> None:
    said = queue(FieldDifference(("arguments", "x-max-length"), before=4, after=5))
    assert said.startswith("an argument wins over a policy")


@pytest.mark.parametrize("argument", ["x-single-active-consumer", "x-max-priority", "x-nobody-knows"])
def test_what_no_policy_can_set_gets_no_policy(argument: str) -> None:
    assert queue(FieldDifference(("arguments", argument), after=True)) == ""


def test_a_key_that_the_type_lacks_gets_no_policy() -> None:
    assert queue(FieldDifference(("arguments", "x-message-ttl"), after=5), "stream") == ""


def test_an_argument_on_the_live_side_alone_can_be_declared() -> None:
    said = queue(FieldDifference(("arguments", "x-ours"), before="no"))
    assert '`arguments: {x-ours: "no"}`' in said


def test_a_type_is_moved_away_from() -> None:
    said = queue(FieldDifference(("type",), before="classic", after="quorum"))
    assert "declare a new queue beside it" in said
    assert "polic" in said


def test_an_alternate_exchange_can_be_a_policy() -> None:
    live = Live(ExchangeSpec.model_validate({"type": "topic"}), private="orders")
    [said] = of_exchange(FieldDifference(("arguments", "alternate-exchange"), after="rest"), live)
    assert "applyTo: exchanges, definition: {alternate-exchange: rest}" in said
    assert of_exchange(FieldDifference(("type",), before="topic", after="direct"), live) == ()


def test_a_name_that_is_not_known_is_a_placeholder() -> None:
    live = Live(QueueSpec.model_validate({"type": "classic"}))
    [said] = of_queue(FieldDifference(("arguments", "x-max-length"), after=5), live)
    assert "'^NAME$'" in said
