"""What a project may own: whole names, prefixes behind a delimiter, and what lies inside."""

import pytest

from mqinfra.model.address import Address
from mqinfra.model.scope import Scope, pattern_owns

SCOPE = Scope(
    {"redis": {"keys": ("orders", "orders.*")}}, whole=frozenset({"kafka"}), shared={"redis": {"groups": "keys"}}
)


@pytest.mark.parametrize(
    ("pattern", "name", "owns"),
    [
        ("orders", "orders", True),
        ("orders", "orders.created", False),
        ("orders", "Orders", False),
        ("orders.*", "orders.created", True),
        ("orders.*", "orders.", False),
        ("orders.*", "orders", False),
        ("orders.*", "ordersx", False),
        ("orders.*", "my.orders.created", False),
    ],
)
def test_a_pattern_owns_whole_names(pattern: str, name: str, owns: bool) -> None:  # noqa: FBT001 - a case
    assert pattern_owns(pattern, name) is owns


@pytest.mark.parametrize(
    ("path", "owns"), [(("orders", "billing"), True), (("billing", "orders"), False), (("billing", "orders.x"), False)]
)
def test_what_lies_inside_goes_with_what_it_lies_in(path: tuple[str, ...], owns: bool) -> None:  # noqa: FBT001 - a case
    assert SCOPE.owns("redis", Address("redis", "groups", path)) is owns


def test_pairs_are_owned_by_their_text() -> None:
    scope = Scope({"kafka": {"quotas": ("user=billing",)}})
    assert scope.owns("kafka", Address("kafka", "quotas", (), (("user", "billing"),)))
    assert not scope.owns("kafka", Address("kafka", "quotas", (), (("user", "mail"),)))


def test_a_whole_cluster_is_owned_and_no_other() -> None:
    assert SCOPE.owns("kafka", Address("kafka", "topics", ("anything",)))
    assert not SCOPE.owns("rabbitmq", Address("rabbit", "queues", ("anything",)))
