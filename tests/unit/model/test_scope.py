"""What a project may own: whole names, prefixes behind a delimiter, and what lies inside."""

import pytest

from mqinfra.model.address import Address
from mqinfra.model.scope import Ownership, Scope, pattern_owns

SCOPE = Scope(
    {"redis": {"keys": ("orders", "orders.*")}},
    whole=frozenset({"kafka"}),
    ownership={"redis": {"groups": Ownership("keys")}},
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


PARTS = Scope(
    {"rabbitmq": {"vhosts": ("/shop",), "users": ("email",)}},
    parts={"rabbitmq": {"/": ("orders.*",)}},
    ownership={
        "rabbitmq": {
            "vhosts": Ownership("vhosts"),
            "queues": Ownership("vhosts", lies_within=True),
            "bindings": Ownership("vhosts", lies_within=True, named_by=("queue", "toExchange")),
            "permissions": Ownership("vhosts", lies_within=True, shared_word="users"),
            "topicPermissions": Ownership("vhosts", lies_within=True, shared_word="users"),
            "parameters": Ownership("vhosts", lies_within=True),
        }
    },
)


@pytest.mark.parametrize(
    ("text", "owns"),
    [
        ("vhosts/%2Fshop", True),
        ("vhosts/%2F", False),
        ("queues/%2Fshop/anything", True),
        ("queues/%2F/orders.email", True),
        ("queues/%2F/billing", False),
        ("queues/%2Fother/orders.email", False),
        ("bindings/%2F/exchange=billing,queue=orders.email", True),
        ("bindings/%2F/exchange=orders.x,queue=billing", False),
        ("bindings/%2F/exchange=billing,toExchange=orders.x", True),
        ("permissions/%2F/email", True),
        ("permissions/%2F/orders.email", False),
        ("permissions/%2Fshop/anybody", True),
        ("permissions/%2Fother/email", False),
        ("topicPermissions/%2F/email/orders.x", True),
        ("topicPermissions/%2F/billing/email", False),
        ("parameters/%2F/shovel/orders.move", True),
        ("parameters/%2F/orders.x/billing", False),
    ],
)
def test_a_part_of_a_vhost_is_owned_by_names(text: str, owns: bool) -> None:  # noqa: FBT001 - a case
    assert PARTS.owns("rabbitmq", Address.parse(f"rabbitmq/{text}")) is owns


def test_a_vhost_of_which_a_part_is_owned_is_shared() -> None:
    assert PARTS.shares("rabbitmq", Address("rabbitmq", "vhosts", ("/",)))
    assert not PARTS.shares("rabbitmq", Address("rabbitmq", "vhosts", ("/shop",)))
    assert not PARTS.shares("rabbitmq", Address("rabbitmq", "vhosts", ("/other",)))
