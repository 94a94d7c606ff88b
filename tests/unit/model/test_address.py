"""Addresses as text: what is read, what is refused, and why."""

import copy
import pickle
import re
import sys
import threading
from dataclasses import FrozenInstanceError

import pytest
from pydantic import BaseModel, ValidationError

from mqinfra.model import address
from mqinfra.model.address import Address, AddressError


@pytest.mark.parametrize(
    ("address", "text"),
    [
        (Address("kafka", "topics", ("orders.created",)), "kafka/topics/orders.created"),
        (Address("kafka", "topics", ("orders created",)), "kafka/topics/orders%20created"),
        (Address("rabbit", "queues", ("/", "orders")), "rabbit/queues/%2F/orders"),
        (Address("rabbit", "queues", ("100%", "a=b,c*")), "rabbit/queues/100%25/a%3Db%2Cc%2A"),
        (Address("kafka", "topics", ("größe",)), "kafka/topics/größe"),
        (Address("kafka", "topics", ("a\u00a0b\u2003c",)), "kafka/topics/a%C2%A0b%E2%80%83c"),
        (Address("kafka", "topics", ("\ud800",)), "kafka/topics/%ED%A0%80"),
        (Address("kafka", "topics", ("",)), "kafka/topics/"),
        (Address("kafka", "quotas", (), (("user", "b"), ("client-id", "w"))), "kafka/quotas/client-id=w,user=b"),
        (Address("kafka", "quotas", (), (("user", ""),)), "kafka/quotas/user="),
        (Address("rabbit", "bindings", ("/shop",), (("to", "a/b"),)), "rabbit/bindings/%2Fshop/to=a%2Fb"),
        (Address("kafka", "quotas", (), (("ip", "a,b=c"), ("user", "x=y"))), "kafka/quotas/ip=a%2Cb%3Dc,user=x%3Dy"),
        (Address("kafka", "quotas", (), (("user", "a=b"),)), "kafka/quotas/user=a%3Db"),
        (Address("kafka", "quotas", (), (("user", "a,b"),)), "kafka/quotas/user=a%2Cb"),
    ],
)
def test_address_and_text_are_each_others_reverse(address: Address, text: str) -> None:
    assert str(address) == text
    assert Address.parse(text) == address
    assert Address.parse(text).path == address.path
    assert Address.parse(text).pairs == address.pairs


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("orders", "write ALIAS/KIND/NAME"),
        ("kafka/topics", "write ALIAS/KIND/NAME"),
        ("/topics/orders", "`` is not a cluster alias"),
        ("kafka//orders", "`` is not a kind"),
        ("ka fka/topics/orders", "`ka fka` is not a cluster alias"),
        ("kafka/topics/100%", "a `%` in a name is written %25"),
        ("kafka/topics/%4", "a `%` in a name is written %25"),
        ("kafka/topics/%FF", "does not decode to UTF-8"),
        ("kafka/topics/orders.*", "a `*` in a name is written %2A"),
        ("kafka/topics/a b", "as %20"),
        ("kafka/topics/a%20 b", "as %20"),
        ("kafka/topics/a\nb", "as %20"),
        ("kafka/topics/a,b", "written %2C and %3D"),
        ("rabbit/bindings/a=b/to=c", "written %2C and %3D"),
        ("kafka/quotas/user=a,user=b", "duplicate key"),
        ("kafka/quotas/user=a=b", "must be KEY=VALUE"),
        ("kafka/quotas/user=a,b", "must be KEY=VALUE"),
    ],
)
def test_text_that_is_no_address_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(AddressError, match="is not a valid address") as error:
        Address.parse(text)
    assert why in str(error.value)


def test_signs_blanks_and_control_characters_are_encoded_and_no_others() -> None:
    hidden = re.compile(r"[/%,=*\s\x00-\x1f\x7f-\x9f\ud800-\udfff]")
    for character in map(chr, range(sys.maxunicode + 1)):
        kept = Address("kafka", "topics", (character,)).text.endswith(f"/{character}")
        assert kept is (hidden.match(character) is None), f"U+{ord(character):04X}"


def test_an_address_needs_a_name() -> None:
    with pytest.raises(AddressError, match="needs a name"):
        Address("kafka", "topics")


def test_a_key_stands_once() -> None:
    with pytest.raises(AddressError, match=r"duplicate key in `user=a,user=b`"):
        Address("kafka", "quotas", (), (("user", "b"), ("user", "a")))


def test_pairs_name_a_resource_in_any_order() -> None:
    one = Address("kafka", "quotas", (), (("user", "b"), ("client-id", "w")))
    other = Address("kafka", "quotas", (), (("client-id", "w"), ("user", "b")))
    assert one == other
    assert hash(one) == hash(other)
    assert one.name == "client-id=w,user=b"


def test_a_name_that_looks_like_pairs_is_another_resource() -> None:
    assert Address("kafka", "quotas", ("user=b",)) != Address("kafka", "quotas", (), (("user", "b"),))


def test_addresses_sort_by_their_text() -> None:
    texts = ["kafka/topics/a", "kafka/topics/a.b", "kafka/topics/b", "kafka/users/a"]
    assert [str(address) for address in sorted(Address.parse(text) for text in reversed(texts))] == texts


def test_address_is_its_text_in_json() -> None:
    class Holder(BaseModel):
        address: Address

    holder = Holder(address=Address("rabbit", "queues", ("/", "orders")))
    assert holder.model_dump_json() == '{"address":"rabbit/queues/%2F/orders"}'
    assert Holder.model_validate_json(holder.model_dump_json()) == holder
    with pytest.raises(ValidationError, match="is not a valid address"):
        Holder.model_validate({"address": "orders"})


def test_there_is_one_object_for_each_address() -> None:
    address = Address("kafka", "quotas", (), (("user", "b"), ("client-id", "w")))
    assert Address.parse("kafka/quotas/client-id=w,user=b") is address
    assert copy.deepcopy(address) is address
    assert pickle.loads(pickle.dumps(address)) is address  # noqa: S301 - our own bytes
    assert address.on("other") is Address.parse("other/quotas/client-id=w,user=b")


@pytest.mark.parametrize("name", ["cluster", "path", "text", "colour"])
def test_an_address_does_not_change(name: str) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(Address("kafka", "topics", ("orders",)), name, "other")


def test_address_survives_a_pickle() -> None:
    address = Address("kafka", "topics", ("a b",))
    assert pickle.loads(pickle.dumps(address)) == address  # noqa: S301 - our own bytes


def test_what_nobody_holds_is_forgotten_so_that_a_monitor_does_not_grow() -> None:
    kept = Address("kafka", "topics", ("kept",))
    for number in range(300_000):
        Address("kafka", "topics", (f"gone-{number}",))
    held = address._TABLE.held
    alive = sum(one() is not None for one in held.values())
    assert len(held) <= max(address._FEW, 2 * alive) < 300_000
    assert Address("kafka", "topics", ("kept",)) is kept


def test_threads_get_the_same_object() -> None:
    names = [f"raced-{number}" for number in range(20_000)]
    found: list[list[Address]] = []
    threads = [
        threading.Thread(target=lambda: found.append([Address("kafka", "topics", (name,)) for name in names]))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(one is other for some in found for one, other in zip(found[0], some, strict=True))
