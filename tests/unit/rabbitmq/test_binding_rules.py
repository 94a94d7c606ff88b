"""A binding is its own name: the name must lead to one binding, and to none that the server breaks over."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mqinfra.model.address import Address
from mqinfra.providers.rabbitmq.io.binding_reading import listed
from mqinfra.providers.rabbitmq.io.binding_requests import between, parts_of, properties_key
from mqinfra.providers.rabbitmq.io.listing import named
from mqinfra.providers.rabbitmq.kinds.bindings import BindingKind
from mqinfra.providers.rabbitmq.spec.binding import KIND, BindingSpec, address_of
from mqinfra.providers.rabbitmq.spec.binding_refusals import problem

JSON = st.recursive(
    st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
NAME = st.text(st.characters(exclude_characters="\r\n", codec="utf-8"), min_size=1, max_size=20)


def refused(**pairs: str) -> str:
    found = problem(Address("r", "bindings", ("/",), tuple(sorted(pairs.items()))))
    return found.message if found is not None else ""


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ({"exchange": "e", "queue": "q"}, ""),
        ({"exchange": "amq.topic", "queue": "q", "routingKey": "a~b"}, ""),
        ({"exchange": "e", "toExchange": "f", "arguments": '{"x":1}', "routingKey": "a"}, ""),
        ({"exchange": "e", "queue": "q", "arguments": '{"x":1}', "routingKey": "a~b"}, "fail to list bindings"),
        ({"exchange": "e", "queue": "q", "arguments": '{"x": 1}'}, "not written as in addresses"),
        ({"exchange": "e", "queue": "q", "arguments": '{"y":1,"x":1}'}, "not written as in addresses"),
        ({"exchange": "e", "queue": "q", "arguments": '{"x":null}'}, "null"),
        ({"exchange": "e", "queue": "q", "arguments": '{"x":[{"y":null}]}'}, "null"),
        ({"exchange": "e", "queue": "q", "arguments": "{"}, "are not valid arguments"),
        ({"exchange": "e", "queue": "q", "arguments": "[1]"}, "are not valid arguments"),
        ({"exchange": "e", "queue": "q", "toExchange": "f"}, "has one destination"),
        ({"exchange": "e"}, "has one destination"),
        ({"queue": "q"}, "needs its source"),
        ({"exchange": "e", "queue": "q", "key": "k"}, "`key` is not a part"),
        ({"exchange": "e", "queue": "a\nb"}, "line break"),
        ({"exchange": "e", "queue": "q", "routingKey": "é" * 128}, "got 256"),
        ({"exchange": "e", "queue": "q" * 256}, "got 256"),
    ],
)
def test_refusals(pairs: dict[str, str], words: str) -> None:
    said = refused(**pairs)
    assert (words in said) if words else said == ""


def test_an_address_without_pairs_names_no_binding() -> None:
    found = BindingKind().name_problem(Address("r", "bindings", ("/", "q")))
    assert found is not None
    assert "KEY=VALUE" in found.help


@given(NAME, NAME, st.text(max_size=20), st.dictionaries(st.text(), JSON, max_size=3))
def test_an_address_says_all_there_is_of_a_binding(
    exchange: str, queue: str, key: str, arguments: dict[str, Any]
) -> None:
    entry: dict[str, Any] = {"exchange": exchange, "queue": queue, "routingKey": key, "arguments": arguments}
    address = Address.parse(str(address_of("r", "/", entry)))
    assert parts_of(address) == {"routing_key": key, "arguments": arguments}
    assert between(address) == ("bindings", "/", "e", exchange, "q", queue)
    assert BindingKind().placement.pairs_of(BindingSpec.model_validate(entry).to_json()) == address.pairs


def test_numbers_of_another_type_are_another_binding() -> None:
    values: list[Any] = [1, 1.0, "1", True]
    rows: Any = [
        {"routing_key": "k", "arguments": {"x": value}, "properties_key": f"key-{number}"}
        for number, value in enumerate(values)
    ]
    for number, value in enumerate(values):
        assert properties_key(rows, {"routing_key": "k", "arguments": {"x": value}}) == f"key-{number}"
    assert properties_key(rows, {"routing_key": "k", "arguments": {"x": 2}}) is None
    assert properties_key(None, {"routing_key": "k", "arguments": {}}) is None


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"exchange": "e", "queue": "q"}, {"r/vhosts/%2F", "r/exchanges/%2F/e", "r/queues/%2F/q"}),
        ({"exchange": "amq.topic", "queue": "q"}, {"r/vhosts/%2F", "r/queues/%2F/q"}),
        ({"exchange": "e", "toExchange": "amq.fanout"}, {"r/vhosts/%2F", "r/exchanges/%2F/e"}),
        ({"exchange": "e", "toExchange": "f"}, {"r/vhosts/%2F", "r/exchanges/%2F/e", "r/exchanges/%2F/f"}),
    ],
)
def test_what_a_binding_rests_on(entry: dict[str, Any], expected: set[str]) -> None:
    assert {str(address) for address in BindingKind().rests_on(address_of("r", "/", entry))} == expected


def test_the_default_exchange_binds_by_itself() -> None:
    kind = BindingKind()
    assert kind.internal(Address("r", "bindings", ("/",), (("queue", "q"), ("routingKey", "q")))) is not None
    assert kind.internal(address_of("r", "/", {"exchange": "e", "queue": "q"})) is None


def test_arguments_stand_in_addresses_as_canonical_json() -> None:
    address = address_of("r", "/", {"exchange": "e", "queue": "q", "arguments": {"b": [1, 1.0], "a": "x"}})
    assert json.loads(dict(address.pairs)["arguments"]) == {"a": "x", "b": [1, 1.0]}
    assert dict(address.pairs)["arguments"] == '{"a":"x","b":[1,1.0]}'


@given(
    NAME,
    NAME,
    st.sampled_from(["queue", "exchange"]),
    st.text(max_size=20),
    st.dictionaries(st.text(), JSON, max_size=3),
)
def test_a_listed_binding_has_the_address_and_spec_of_its_entry(
    exchange: str, target: str, kind: str, key: str, arguments: dict[str, Any]
) -> None:
    row = {
        "source": exchange,
        "destination": target,
        "destination_type": kind,
        "routing_key": key,
        "arguments": arguments,
    }
    entry: dict[str, Any] = {"exchange": exchange, "routingKey": key, "arguments": arguments}
    entry["queue" if kind == "queue" else "toExchange"] = target
    declared = BindingSpec.model_validate(entry)
    wanted = address_of("r", "/", declared.to_json())
    [(address, live)] = listed(named("r", KIND, None), "/", [row])
    assert address == wanted
    [(known, _)] = listed(named("r", KIND, [wanted]), "/", [row])
    assert known is wanted
    assert (live.spec, live.spec.fields()) == (declared, declared.fields())
