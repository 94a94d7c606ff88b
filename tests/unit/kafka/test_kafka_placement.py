"""How a topic stands whose replicas are uneven or on the move: by whom, and what is still to do."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import cast

import pytest
from pydantic import JsonValue

from mqinfra.engine.comparator import Comparator
from mqinfra.engine.recheck import recheck
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference, Reason
from mqinfra.model.reading import Live
from mqinfra.providers.kafka.api.client import KafkaClient
from mqinfra.providers.kafka.api.replicas import Move, Moves
from mqinfra.providers.kafka.api.topic_calls import TopicDescription
from mqinfra.providers.kafka.topics.fields import MOVING, REPLICATION, THROTTLED
from mqinfra.providers.kafka.topics.kind import TopicKind
from mqinfra.providers.kafka.topics.reading import look

ORDERS = Address("kafka", "topics", ("orders",))
KIND = TopicKind()
OURS = {"follower.replication.throttled.replicas": "0:02"}
THEIRS = {"follower.replication.throttled.replicas": "0:2"}
UNDER_WAY: Moves = {"orders": {0: Move(frozenset({2, 3}), frozenset())}}


def live(
    replicas: tuple[int, ...],
    own: Mapping[str, str] | None = None,
    moves: Moves | str | None = None,
    *,
    even: bool = False,
) -> Live:
    """Read a topic with these replicas per partition, which sets this itself."""
    described = TopicDescription("id", replicas, uneven=not even)
    entries = {name: SimpleNamespace(source=1, value=value) for name, value in (own or {}).items()}
    topics = SimpleNamespace(describe=lambda _: [("orders", described)], configs=lambda _: [("orders", entries)])
    client = SimpleNamespace(topics=topics, replicas=SimpleNamespace(moves=moves or {}))
    return look(cast("KafkaClient", client), [ORDERS]).resources[ORDERS]


def difference(found: Live, wanted: JsonValue) -> str | None:
    comparator = Comparator(KIND, lambda *_: None)
    return comparator.difference(REPLICATION, wanted, found, found.spec.fields())


def test_partitions_with_other_numbers_are_a_difference_whichever_is_declared() -> None:
    found = live((2, 3))
    assert difference(found, 2) == difference(found, 3) == "2 on partition 0, 3 on partition 1"


def test_a_move_of_ours_is_what_there_was_before_and_still_to_do() -> None:
    found = live((3, 1), OURS, UNDER_WAY)
    assert found.spec.field(REPLICATION) == 1
    assert not found.unknown
    assert difference(found, 3) == "under way on partition 0"
    assert found.spec.field(("config", "follower.replication.throttled.replicas")) is None


def test_a_move_of_ours_that_came_to_its_end_is_still_to_do_until_its_throttle_is_gone() -> None:
    assert difference(live((3, 3), OURS, even=True), 3) == "moved, and still throttled"
    assert difference(live((3, 3), even=True), 3) is None


@pytest.mark.parametrize("own", [{}, THEIRS])
def test_a_move_of_others_is_not_compared(own: Mapping[str, str]) -> None:
    found = live((3, 1), own, UNDER_WAY)
    assert found.inherited[MOVING] == "partition 0"
    assert THROTTLED not in found.inherited
    assert difference(found, 3) is None
    assert difference(found, 9) is None


def test_a_throttle_without_a_move_is_told_and_stays_a_setting_where_it_is_of_others() -> None:
    found = live((1, 1), THEIRS, even=True)
    assert found.inherited[THROTTLED] == "follower.replication.throttled.replicas"
    assert found.spec.field(("config", "follower.replication.throttled.replicas")) == "0:2"
    assert THROTTLED in live((1, 1), OURS, even=True).inherited


def test_a_plan_of_replicas_that_others_have_begun_to_move_is_stale() -> None:
    change = Change(
        ORDERS, Action.UPDATE, Reason.DIFFERS, (FieldDifference(REPLICATION, 1, 3),), before={"replicationFactor": 1}
    )
    found = recheck(change, live((3, 1), THEIRS, UNDER_WAY), {}, Comparator(KIND, lambda *_: None))
    assert [str(stale) for stale in found.stale] == ["`replicationFactor` was 1 and is now not to be told"]
    found = recheck(change, live((3, 1), OURS, UNDER_WAY), {}, Comparator(KIND, lambda *_: None))
    assert not found.stale
    assert found.remaining is not None
