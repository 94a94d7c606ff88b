"""Names of topics that hold records: no two owners share one, even where Kafka takes two names for the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mqinfra.model.address import Address
from mqinfra.model.record import Owner
from mqinfra.providers.kafka.records.names import is_cut, owner_of, topic_of
from mqinfra.providers.kafka.topics.kind import TopicKind
from mqinfra.providers.kafka.topics.names import MAX_LENGTH, name_problem

SHORT = st.text(max_size=12) | st.text("ab-._", max_size=8)
OWNERS = st.builds(Owner, SHORT, SHORT)


def taken_for(topic: str) -> str:
    """What Kafka compares when it looks for names that collide."""
    return topic.replace(".", "_")


@pytest.mark.parametrize(
    ("owner", "topic"),
    [
        (Owner("shop", "prod"), "_mqinfra.shop.prod"),
        (Owner("my-shop", "prod-eu"), "_mqinfra.my-shop.prod-eu"),
        (Owner("shop.eu", "pre_prod"), "_mqinfra.shop--2eeu.pre--5fprod"),
        (Owner("a--b-", "é"), "_mqinfra.a--2d-b--2d.--c3--a9"),
    ],
)
def test_ordinary_names_stand_as_they_are(owner: Owner, topic: str) -> None:
    assert topic_of(owner) == topic
    assert owner_of(topic) == owner


@given(OWNERS)
def test_a_name_says_whose_it_is_and_kafka_takes_it(owner: Owner) -> None:
    topic = topic_of(owner)
    assert name_problem(topic) is None
    assert is_cut(topic) or owner_of(topic) == owner


@given(OWNERS, OWNERS)
def test_no_two_owners_share_a_name_or_one_that_kafka_takes_for_the_same(one: Owner, other: Owner) -> None:
    assert (taken_for(topic_of(one)) == taken_for(topic_of(other))) is (one == other)


def test_parts_can_not_be_moved_over_the_border() -> None:
    owners = [Owner("a.b", "c"), Owner("a", "b.c"), Owner("a_b", "c"), Owner("a", "b_c"), Owner("a-b", "c")]
    assert len({taken_for(topic_of(owner)) for owner in owners}) == len(owners)


def test_names_that_are_too_long_are_cut_and_told_apart_by_a_hash() -> None:
    owners = [Owner("p" * 300, "e"), Owner("p" * 301, "e"), Owner("p", "e" * 300), Owner("é" * 90, "ü" * 90)]
    topics = [topic_of(owner) for owner in owners]
    assert len(set(topics)) == len(owners)
    for topic in topics:
        assert len(topic) <= MAX_LENGTH
        assert name_problem(topic) is None
        assert is_cut(topic)
        assert owner_of(topic) is None


@pytest.mark.parametrize("topic", ["orders", "_mqinfra.shop", "_mqinfra.a--2.b", "_mqinfra.a--61.b", "_mqinfra.--ff.b"])
def test_a_topic_that_no_owner_has_is_nobody_s(topic: str) -> None:
    assert owner_of(topic) is None


def test_topics_of_records_are_never_declared_exported_or_left_over() -> None:
    kind = TopicKind()
    for topic in (topic_of(Owner("shop", "prod")), topic_of(Owner("p" * 300, "e"))):
        assert kind.internal(Address("kafka", "topics", (topic,))) == "mqinfra keeps a project's records in it"
    assert kind.internal(Address("kafka", "topics", ("_mqinfra-orders",))) is None
