"""Each check of messages is seen to fail on a real broker, under clients and topics that break its promise."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pytest
from _pytest.mark import ParameterSet
from confluent_kafka import TopicPartition

from mqinfra.model.address import Address
from mqinfra.model.judgement import Mode, Result
from mqinfra.model.reading import Facts, Reading
from mqinfra.providers.base.verification.canary import Run
from mqinfra.providers.base.verification.check import Check
from mqinfra.providers.base.verification.ground import Consumer, Ground, Producer
from mqinfra.providers.base.verification.message import Delivery, Message, Sent
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.base.verification.procedure import Amount
from mqinfra.providers.kafka.verification.checks.exactly_once import ExactlyOnce
from mqinfra.providers.kafka.verification.checks.idempotent import Idempotent
from mqinfra.providers.kafka.verification.consumer import GroupConsumer
from mqinfra.providers.kafka.verification.ground import CloneGround, clone_name
from mqinfra.providers.kafka.verification.messenger import KafkaMessenger
from mqinfra.providers.kafka.verification.place import TopicPlace
from mqinfra.providers.kafka.verification.procedures.cut_answers import CutAnswers
from mqinfra.providers.kafka.verification.procedures.pipeline import Pipeline
from mqinfra.providers.kafka.verification.producer import TopicProducer
from mqinfra.verify.checks.all import CHECKS
from mqinfra.verify.history import History
from mqinfra.verify.options import Options
from mqinfra.verify.run import Subject, verify
from tests.integration.kafka.e2e.hand import Hand
from tests.integration.kafka.provider.conftest import connect

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster

FEW = Amount(messages=60, keys=5, seconds=20)


class Twice(TopicProducer):
    """Sends all again, as a producer does that knows no retry when it sees one."""

    def send(self, messages: Sequence[Message], timeout: float) -> Sequence[Sent]:
        super().send(messages, timeout)
        return super().send(messages, timeout)


class Changing(TopicProducer):
    """Sends other bodies than it was given."""

    def send(self, messages: Sequence[Message], timeout: float) -> Sequence[Sent]:
        return super().send([replace(one, body=b"other") for one in messages], timeout)


class Deaf(GroupConsumer):
    """Gets nothing."""

    def receive(self, most: int, timeout: float) -> Sequence[Delivery]:
        super().receive(most, timeout)
        return []


class Going(GroupConsumer):
    """Goes back to the first that it got, once, instead of accepting."""

    back = False

    def receive(self, most: int, timeout: float) -> Sequence[Delivery]:
        return super().receive(min(most, 5), timeout)

    def accept(self, deliveries: Sequence[Delivery]) -> None:
        if self.back:
            super().accept(deliveries)
        else:
            self.requeue(deliveries[0])
        self.back = True


class Broken(CloneGround):
    """A copy whose clients, or which itself, break a promise."""

    breaks = ""

    def producer(self) -> Producer:
        match self.breaks:
            case "V04":
                return Twice(self.client.clients, self.name)
            case "V07":
                return Changing(self.client.clients, self.name)
            case "V11":
                return TopicProducer(self.client.clients, self.name, {"partitioner": "random"})
            case "V06":
                stranger = TopicProducer(self.client.clients, self.name)
                stranger.send([Message("stranger", "key", b"from elsewhere")], 10)
        return super().producer()

    def consumer(self, *, group: str = "one", accepts_itself: bool = False) -> Consumer:
        if group == "again":
            self.lose()
        made: type[GroupConsumer] = {"V02": Deaf, "V03": Deaf, "V05": Going}.get(self.breaks, GroupConsumer)
        return made(self.client.clients, self.name, self._group(group), accepts_itself=accepts_itself)

    def doomed(self, *, group: str = "one", accepts_itself: bool = False) -> Consumer:
        # Accepted too early; or, for what counts as done, never.
        return super().doomed(group=group, accepts_itself=not accepts_itself)

    def drain(self, timeout: float) -> Iterator[Delivery]:
        if self.breaks == "V03":
            self.lose()
        return super().drain(timeout)

    def lose(self) -> None:
        """Delete all records, as a retention that is too short does."""
        ends = [TopicPartition(self.name, number, -1) for number in range(self.lanes)]
        for future in cast("Any", self.client.wire.admin.delete_records(ends)).values():
            future.result(10)


class BreakingMessenger(KafkaMessenger):
    """Hands out broken copies."""

    breaks = ""

    @contextmanager
    def ground(self, place: Place, mode: Mode, run: Run) -> Iterator[Ground[Place]]:  # noqa: ARG002 - copies only
        assert isinstance(place, TopicPlace)
        ground = Broken(self.client, place, clone_name(run, 1, place.name))
        ground.breaks = self.breaks
        try:
            ground.make({})
            yield cast("Ground[Place]", ground)
        finally:
            ground.take_away()


class Untransactional(Pipeline):
    """Writes, and then commits where it read to."""

    transactional = False


class Forgetful(CutAnswers):
    """Sends again without saying which message is which."""

    idempotent = False


class Doubling(Idempotent):
    procedure = Forgetful


class HalfOnce(ExactlyOnce):
    procedure = Untransactional


def judged(cluster: KafkaCluster, check: Check, *, breaks: str) -> tuple[Result, str]:
    """Judge one check on a topic of three partitions whose copies are broken."""
    cluster.wipe()
    Hand(cluster).create("orders", partitions=3)
    place = TopicPlace(Address("kafka", "topics", ("orders",)), "orders", lanes=3, partitions=3, replays=True)
    with connect(cluster.bootstrap) as session:
        messenger = BreakingMessenger(cast("Any", session)._client, cast("Any", session)._secrets)
        messenger.breaks = breaks
        messenger.places = lambda *_: [place]  # type: ignore[method-assign]
        facts = Facts(cluster_id="c", endpoint=cluster.bootstrap)
        subject = Subject("kafka", facts, messenger, {}, Reading("kafka", "kafka", facts), [check])
        (one,) = verify(
            [subject], Options(Mode.CLONE, amount=FEW), Run.new(), History(), lambda *_: None, threading.Event()
        )
        assert list(messenger.left()) == []
    return one.result, one.evidence


def test_an_answer_that_is_cut_off_doubles_nothing_unless_the_producer_is_not_idempotent(
    kafka_4: KafkaCluster,
) -> None:
    result, evidence = judged(kafka_4, Idempotent(), breaks="")
    assert (result, "each stored once" in evidence) == (Result.PASS, True), evidence
    result, evidence = judged(kafka_4, Doubling(), breaks="")
    assert (result, "stored twice" in evidence, "lost" in evidence) == (Result.FAIL, True, False), evidence


def _slow(number: str) -> ParameterSet:
    """One that has to wait for what does not come."""
    return pytest.param(number, marks=pytest.mark.slow_faults)


@pytest.mark.parametrize("number", [*map(_slow, ("V02", "V03", "V45")), "V04", "V05", "V06", "V07", "V11"])
def test_a_broken_promise_about_messages_fails_its_check(number: str, kafka_4: KafkaCluster) -> None:
    check = next(one for one in CHECKS if one.id == number)
    result, evidence = judged(kafka_4, check, breaks=number)
    assert result is Result.FAIL, evidence


@pytest.mark.slow_faults
@pytest.mark.parametrize("number", ["V08", "V09"])
def test_consumers_that_accept_at_the_wrong_time_fail_their_check(number: str, kafka_4: KafkaCluster) -> None:
    check = next(one for one in CHECKS if one.id == number)
    result, evidence = judged(kafka_4, check, breaks=number)
    assert result is Result.FAIL, evidence


@pytest.mark.slow_faults
def test_a_pipeline_without_transactions_gives_messages_twice(kafka_4: KafkaCluster) -> None:
    result, evidence = judged(kafka_4, HalfOnce(), breaks="")
    assert result is Result.FAIL, evidence
    assert ("delivered twice" in evidence, "lost" in evidence) == (True, False), evidence
