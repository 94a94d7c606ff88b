"""The rights of Kafka Streams and of Kafka Connect suffice, and each is needed. In the matrix, as it takes minutes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mqinfra.providers.kafka.access.rights import Client
from mqinfra.providers.kafka.access.spec import AccessSpec
from mqinfra.providers.kafka.api.acl import Acl
from tests.brokers.kafka.node import LIMITED
from tests.integration.kafka.acls import jvm
from tests.integration.kafka.acls.clients import OK
from tests.integration.kafka.e2e.hand import Hand

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster


@pytest.fixture(autouse=True)
def matrix_only(request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("--matrix") and os.environ.get("MQINFRA_MATRIX", "") in {"", "0"}:
        pytest.skip("JVM clients are tried in the matrix only: pytest --matrix, or MQINFRA_MATRIX=1")


def rights(**access: object) -> list[Acl]:
    spec = AccessSpec.model_validate(access)
    return [right.acl for right in Client(f"User:{LIMITED.name}", spec, lambda _: None, lambda _: False).rights()]


def ready(cluster: KafkaCluster, some: list[Acl], *topics: str) -> None:
    """An empty cluster with these rights and topics, and a record in the first."""
    cluster.wipe()
    hand = Hand(cluster)
    hand.create(*topics)
    hand.create_acls(*some)
    hand.produce(topics[0], 1)


@pytest.mark.parametrize("guarantee", ["at_least_once", "exactly_once_v2"])
def test_the_rights_of_streams_suffice_and_each_is_needed(
    guarantee: str, kafka_4: KafkaCluster, tmp_path: Path
) -> None:
    def tried(number: int, without: int | None) -> str:
        app, source, target = f"app{number}", f"in{number}", f"out{number}"
        block = {"applicationId": app, "exactlyOnce": guarantee != "at_least_once"}
        some = rights(consumes=[source], produces=[target], streams=block)
        ready(kafka_4, [acl for index, acl in enumerate(some) if index != without], source, target)
        return jvm.streams(kafka_4, app, source, target, guarantee, tmp_path / app)

    assert tried(0, None) == OK
    count = len(rights(consumes=["a"], produces=["b"], streams={"applicationId": "c", "exactlyOnce": True}))
    count -= guarantee == "at_least_once"
    needless = [index for index in range(count) if tried(index + 1, index) == OK]
    assert needless == []


@pytest.mark.parametrize("exactly_once", [False, True])
def test_the_rights_of_connect_suffice_and_each_is_needed(
    kafka_4: KafkaCluster, tmp_path: Path, *, exactly_once: bool
) -> None:
    def needs(number: int) -> list[Acl]:
        connect = {"group": f"con{number}", "exactlyOnce": exactly_once}
        return rights(consumes=["in"], produces=["out"], group="connect-", prefixed=["group"], connect=connect)

    def tried(number: int, without: int | None) -> str:
        some = [acl for index, acl in enumerate(needs(number)) if index != without]
        ready(kafka_4, some, "in", "out")
        with jvm.connect(kafka_4, f"con{number}", tmp_path, exactly_once=exactly_once) as worker:
            return worker.outcome("in", "out")

    assert tried(0, None) == OK
    chosen = [index for index, acl in enumerate(needs(0)) if not exactly_once or acl.resource == "transactionalId"]
    needless = [needs(0)[index] for index in chosen if tried(index + 1, index) == OK]
    assert needless == []
