"""Quotas that clients are held to, and one that is set for nobody."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, cast

from mqinfra.model.address import Address
from mqinfra.model.judgement import Mode, Result
from mqinfra.model.reading import Facts, Reading
from mqinfra.providers.base.verification.canary import Run
from mqinfra.providers.base.verification.check import Check
from mqinfra.providers.base.verification.place import About
from mqinfra.providers.base.verification.procedure import Amount
from mqinfra.providers.kafka.verification.checks.quota import HeldToQuota
from mqinfra.providers.kafka.verification.messenger import KafkaMessenger
from mqinfra.providers.kafka.verification.place import ClusterPlace, TopicPlace
from mqinfra.providers.kafka.verification.procedures.quota import Quota
from mqinfra.verify.history import History
from mqinfra.verify.options import Options
from mqinfra.verify.run import Subject, verify
from tests.integration.kafka.e2e.hand import Hand
from tests.integration.kafka.provider.conftest import connect

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster


class NeverSet(Quota):
    """Sends without a quota."""

    held = False


class Unheld(HeldToQuota):
    procedure = NeverSet


def judged(cluster: KafkaCluster, check: Check) -> tuple[Result, str]:
    place = TopicPlace(Address("kafka", "topics", ("orders",)), "orders")
    whole = ClusterPlace(
        Address("kafka", "cluster", ("kafka",)), "kafka", about=About.CLUSTER, quotas=1, produced=40_000
    )
    with connect(cluster.bootstrap) as session:
        messenger = KafkaMessenger(cast("Any", session)._client, cast("Any", session)._secrets)
        messenger.places = lambda *_: [whole, place]  # type: ignore[method-assign]
        facts = Facts(cluster_id="c", endpoint=cluster.bootstrap)
        subject = Subject("kafka", facts, messenger, {}, Reading("kafka", "kafka", facts), [check])
        options = Options(Mode.CLONE, amount=Amount(messages=60, seconds=60))
        (one,) = verify([subject], options, Run.new(), History(), lambda *_: None, threading.Event())
        assert list(messenger.left()) == []
    return one.result, one.evidence


def test_a_client_is_held_to_its_quota_and_one_without_any_is_not(kafka_4: KafkaCluster) -> None:
    kafka_4.wipe()
    Hand(kafka_4).create("orders")
    result, evidence = judged(kafka_4, HeldToQuota())
    assert (result, "by a quota of 40,000" in evidence) == (Result.PASS, True), evidence
    result, evidence = judged(kafka_4, Unheld())
    assert (result, evidence.startswith("never throttled")) == (Result.FAIL, True), evidence
    assert dict(kafka_4.quotas()) == {}
