"""An empty queue is believed to be one only once the server's statistics are newer than the look at it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from mqinfra.model.address import Address
from mqinfra.providers.rabbitmq.api.call import Answer, Call, RabbitFault
from mqinfra.providers.rabbitmq.api.faults import answered
from mqinfra.providers.rabbitmq.io.client import RabbitClient
from mqinfra.providers.rabbitmq.io.queue_statistics import Proof, Renewal, Statistics, of_row, statistics_of

QUEUE = Address("r", "queues", ("/", "q"))
NOTHING = {"messages": 0, "messages_ready": 0, "messages_unacknowledged": 0}


def row(mark: int | None, kind: str = "quorum", **figures: Any) -> dict[str, Any]:
    """What the server says of a queue; without a mark it has no statistics."""
    return {"type": kind} | ({} if mark is None else {**NOTHING, "reductions": mark, **figures})


@dataclass
class Server:
    """Answers with one row after the other, one per second, and with the last one for ever."""

    rows: Sequence[dict[str, Any]]
    index: int | None = None
    proofs: dict[tuple[str, ...], Proof] = field(default_factory=dict)
    now: float = 0.0
    looks: int = 0

    def send(self, calls: Sequence[Call]) -> list[Answer | RabbitFault]:
        return [self._answer(call) for call in calls]

    def _answer(self, call: Call) -> Answer | RabbitFault:
        if call.segments[-1] == "status":
            return answered("", 400) if self.index is None else Answer(200, [{"Last Log Index": self.index}])
        self.looks += 1
        return Answer(200, self.rows[min(int(self.now), len(self.rows) - 1)])

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def renewed(self) -> Statistics | None:
        known = statistics_of(Answer(200, self.rows[min(int(self.now), len(self.rows) - 1)]), ())
        client = cast("RabbitClient", self)
        return Renewal(client, {QUEUE: known}, sleep=self.sleep, clock=lambda: self.now).run().get(QUEUE)


def test_the_first_renewal_may_be_older_than_the_look() -> None:
    server = Server([row(1), row(1), row(2), row(2), row(3, messages=1, messages_dlx=1)])
    seen = server.renewed()
    assert seen is not None
    assert (seen.hidden, seen.dead, server.now) == (1, 1, 4.0)


def test_a_queue_that_stays_empty_is_believed_after_the_second_renewal() -> None:
    server = Server([row(1), row(2), row(2), row(3)])
    assert server.renewed() == of_row(row(3))
    assert server.now == 3.0


def test_statistics_that_are_not_renewed_prove_nothing() -> None:
    server = Server([row(1), row(2)])
    assert server.renewed() is None
    assert server.now == 20.0


def test_a_queue_without_statistics_is_waited_for() -> None:
    assert Server([row(None), row(None), row(5), row(6)]).renewed() == of_row(row(6))
    assert Server([row(None)]).renewed() is None


def test_a_stream_has_no_turns_and_is_believed_after_the_time_of_two() -> None:
    server = Server([row(0, "stream")])
    assert server.renewed() == of_row(row(0, "stream"))
    assert server.now > 11
    filled = Server([row(0, "stream"), row(0, "stream"), row(0, "stream", messages=4, messages_ready=4)])
    seen = filled.renewed()
    assert seen is not None
    assert seen.held == 4


def test_a_queue_whose_log_stands_still_is_looked_at_once() -> None:
    server = Server([row(1), row(2), row(3)], index=7)
    assert server.renewed() is not None
    waited = server.now
    server.now += 3600
    assert server.renewed() == of_row(row(3))
    assert server.now == waited + 3600


def test_a_queue_whose_log_grew_is_waited_for_again() -> None:
    server = Server([row(number) for number in range(30)], index=7)
    assert server.renewed() is not None
    waited, server.index = server.now, 8
    assert server.renewed() is not None
    assert server.now > waited


@pytest.mark.parametrize(("pause", "again"), [(14.0, False), (16.0, True)])
def test_where_the_log_is_not_told_a_proof_counts_for_some_seconds(pause: float, *, again: bool) -> None:
    server = Server([row(number) for number in range(60)])
    assert server.renewed() is not None
    server.now += pause
    before = server.now
    assert server.renewed() is not None
    assert (server.now > before) == again


def test_a_log_that_grows_while_one_waits_proves_nothing_for_later() -> None:
    server = Server([row(1), row(2), row(3)], index=7)

    def sleep(seconds: float) -> None:
        server.now += seconds
        server.index = (server.index or 0) + 1

    known = {QUEUE: of_row(row(1))}
    assert Renewal(cast("RabbitClient", server), known, sleep=sleep, clock=lambda: server.now).run() != {}
    assert server.proofs == {}
