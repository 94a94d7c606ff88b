import pytest

from mqinfra.model.address import Address
from mqinfra.providers.kafka.topics.kind import TopicKind

KIND = TopicKind()


def topic(name: str) -> Address:
    return Address("kafka", "topics", (name,))


@pytest.mark.parametrize("name", ["orders", "orders.created", "Orders_1-x", "...", "a" * 249, "_x"])
def test_good_names_pass(name: str) -> None:
    assert KIND.name_problem(topic(name)) is None
    assert KIND.internal(topic(name)) is None


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "not a valid topic name"),
        (".", "not a valid topic name"),
        ("..", "not a valid topic name"),
        ("a" * 250, "got 250"),
        ("a b", "` `"),
        ("örders", "`ö`"),
        ("a/b:c/", "`/`, `:`"),
    ],
)
def test_bad_names_are_refused_with_what_is_wrong(name: str, says: str) -> None:
    problem = KIND.name_problem(topic(name))
    assert problem is not None
    assert says in problem.message
    assert problem.help


@pytest.mark.parametrize(
    ("name", "certain"),
    [
        ("__consumer_offsets", True),
        ("__transaction_state", True),
        ("__share_group_state", True),
        ("__cluster_metadata", True),
        ("__remote_log_metadata", True),
        ("_schemas", False),
        ("__anything", False),
    ],
)
def test_internal_topics_say_whether_that_is_certain(name: str, certain: bool) -> None:  # noqa: FBT001 - a case
    reason = KIND.internal(topic(name))
    assert reason is not None
    assert ("convention" in reason) is not certain


@pytest.mark.parametrize(
    "address",
    [
        Address("kafka", "topics", ("orders.a", "billing")),
        Address("kafka", "topics", ("orders.a",), (("team", "billing"),)),
        Address("kafka", "topics", (), (("orders.a", "billing"),)),
    ],
    ids=str,
)
def test_an_address_that_would_be_read_as_another_topics_names_none(address: Address) -> None:
    problem = KIND.name_problem(address)
    assert problem is not None
    assert "is not a topic's address" in problem.message
