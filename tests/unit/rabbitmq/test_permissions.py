"""What permissions say, rest on, and are named by."""

import pytest

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, Reason
from mqinfra.model.reading import Facts
from mqinfra.model.setting import Problem
from mqinfra.providers.rabbitmq.kinds.permissions import PermissionKind
from mqinfra.providers.rabbitmq.kinds.topic_permissions import TopicPermissionKind
from mqinfra.providers.rabbitmq.spec.permission import PermissionSpec, TopicPermissionSpec

GRANT = Address("rabbit", "permissions", ("/shop", "feed"))
TOPIC = Address("rabbit", "topicPermissions", ("/shop", "feed", "amq.topic"))
FACTS = Facts(cluster_id="c", version="4.0.5")


def test_what_is_left_out_is_nothing() -> None:
    assert PermissionSpec.model_validate({"write": "x", "read": None}).to_json() == {
        "configure": "",
        "write": "x",
        "read": "",
    }
    assert TopicPermissionSpec.model_validate({}).to_json() == {"write": "", "read": ""}


def test_they_rest_on_a_vhost_and_a_user() -> None:
    expected = (Address("rabbit", "vhosts", ("/shop",)), Address("rabbit", "users", ("feed",)))
    assert PermissionKind().rests_on(GRANT) == expected


def test_a_topic_permission_rests_on_its_exchange_too_from_4_3() -> None:
    kind = TopicPermissionKind()
    topic = Address("rabbit", "topicPermissions", (*TOPIC.path[:2], "orders"))
    exchange = Address("rabbit", "exchanges", (TOPIC.path[0], "orders"))
    assert kind.rests_on(topic) == (*PermissionKind().rests_on(GRANT), exchange)
    [needed] = kind.expand(topic, TopicPermissionSpec()).references
    assert (needed.target, needed.binds((4, 2, 7)), needed.binds((4, 3)), needed.binds(())) == (
        exchange,
        False,
        True,
        True,
    )


@pytest.mark.parametrize("exchange", ["amq.topic", "amq.rabbitmq.event"])
def test_the_exchanges_of_the_server_are_always_there(exchange: str) -> None:
    kind, address = TopicPermissionKind(), Address("rabbit", "topicPermissions", (*TOPIC.path[:2], exchange))
    assert kind.rests_on(address) == PermissionKind().rests_on(GRANT)
    assert kind.expand(address, TopicPermissionSpec()).references == ()


@pytest.mark.parametrize("pattern", ["(", "[a", "a{2,1}"])
def test_an_expression_that_is_none_is_refused_at_its_field(pattern: str) -> None:
    after = PermissionSpec(read=pattern).to_json()
    answer = PermissionKind().simulate(Change(GRANT, Action.CREATE, Reason.ABSENT, after=after), None, FACTS)
    assert isinstance(answer, Problem)
    assert answer.path == ("read",)


def test_a_topic_permission_is_deleted_by_its_exchange() -> None:
    """Without the exchange in the path all topic permissions of the user go."""
    kind = TopicPermissionKind()
    call = kind.call(kind.delete, TOPIC, {})
    assert str(call) == "DELETE /api/topic-permissions/%2Fshop/feed/amq.topic"
    call = kind.call(kind.put, TOPIC, {"write": "a", "read": ""})
    assert (str(call), call.body) == (
        "PUT /api/topic-permissions/%2Fshop/feed",
        {"exchange": "amq.topic", "write": "a", "read": ""},
    )


@pytest.mark.parametrize("path", [("/shop",), ("/shop", "feed", "x"), ("/shop", "")])
def test_names_of_permissions_have_two_parts(path: tuple[str, ...]) -> None:
    assert PermissionKind().name_problem(Address("rabbit", "permissions", path)) is not None


@pytest.mark.parametrize("path", [("/shop", "feed"), ("/shop", "feed", ""), ("/shop", "..", "x")])
def test_names_of_topic_permissions_have_three_parts(path: tuple[str, ...]) -> None:
    assert TopicPermissionKind().name_problem(Address("rabbit", "topicPermissions", path)) is not None
