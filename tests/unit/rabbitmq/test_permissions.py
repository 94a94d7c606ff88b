"""What permissions say, rest on, and are named by."""

import pytest

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, Reason
from mqinfra.model.reading import Facts
from mqinfra.model.setting import Problem
from mqinfra.providers.rabbitmq.permission_spec import PermissionSpec, TopicPermissionSpec
from mqinfra.providers.rabbitmq.permissions import PermissionKind
from mqinfra.providers.rabbitmq.topic_permissions import TopicPermissionKind

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
    assert TopicPermissionKind().rests_on(TOPIC) == expected


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
