"""Offsets that a leader did not give: librdkafka makes numbers of them, and no message would seem to be lost."""

from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any, cast

import pytest
from confluent_kafka import OFFSET_INVALID, IsolationLevel, TopicPartition
from confluent_kafka.admin import AdminClient

from mqinfra.model.errors import UserError
from mqinfra.providers.kafka.api.topic_calls import TopicCalls
from mqinfra.providers.kafka.api.wire import Peer, Throttle, Wire


class Admin:
    """Gives every partition the same offset."""

    def __init__(self, offset: int) -> None:
        self._offset = offset

    def list_offsets(
        self, asked: dict[TopicPartition, object], isolation_level: IsolationLevel, request_timeout: float
    ) -> dict[TopicPartition, Any]:
        assert isolation_level is IsolationLevel.READ_UNCOMMITTED
        assert request_timeout > 0
        future: Future[object] = Future()
        future.set_result(SimpleNamespace(offset=self._offset))
        return dict.fromkeys(asked, future)

    def poll(self, timeout: float) -> int:
        return int(timeout)


def calls(offset: int) -> TopicCalls:
    return TopicCalls(Wire(cast("AdminClient", Admin(offset)), Peer("kafka", "broker:9092"), 5, Throttle()))


def test_an_offset_is_what_the_leader_says() -> None:
    assert dict(calls(7).offsets([("orders", 0)], latest=True)) == {("orders", 0): 7}
    assert dict(calls(-1).offsets_at({("orders", 0): 1_000})) == {("orders", 0): -1}


@pytest.mark.parametrize("latest", [True, False])
def test_an_offset_without_an_answer_is_an_error_and_no_number(*, latest: bool) -> None:
    with pytest.raises(UserError) as told:
        dict(calls(OFFSET_INVALID).offsets([("orders", 0)], latest=latest))
    assert told.value.diagnostics[0].code == "MQ418"


def test_a_moment_without_an_answer_is_an_error_and_no_number() -> None:
    with pytest.raises(UserError):
        dict(calls(OFFSET_INVALID).offsets_at({("orders", 0): 1_000}))
