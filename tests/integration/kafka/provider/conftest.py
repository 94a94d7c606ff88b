from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from mqinfra.model.secret import SecretRef, SecretValue
from mqinfra.providers.base.provider import Cluster
from mqinfra.providers.kafka.api.connection import KafkaConnection
from mqinfra.providers.kafka.provider import KafkaProvider
from tests.brokers.kafka.node import ADMIN, LIMITED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mqinfra.providers.base.session import Session
    from tests.brokers.kafka.cluster import KafkaCluster

SECRETS = {"ADMIN": ADMIN.password, "LIMITED": LIMITED.password, "WRONG": "not-the-password"}
TIMEOUT = 15.0


def reveal(reference: SecretRef) -> SecretValue:
    return SecretValue(SECRETS[str(reference.env)])


def scram(user: str = "ADMIN", mechanism: str = "SCRAM-SHA-512") -> dict[str, Any]:
    name = LIMITED.name if user == "LIMITED" else ADMIN.name
    return {"sasl": {"mechanism": mechanism, "username": name, "password": {"env": user}}}


def connect(
    bootstrap: str, security: dict[str, Any] | None = None, *, timeout: float = TIMEOUT, **rest: Any
) -> Session:
    block = {"type": "kafka", "bootstrap": bootstrap, "security": security or {}, **rest}
    provider = KafkaProvider()
    return provider.connect(Cluster("kafka", KafkaConnection.model_validate(block)), reveal, timeout)


@pytest.fixture
def session(kafka: KafkaCluster) -> Iterator[Session]:
    """A session of a super user with an empty cluster, on each Kafka line in turn."""
    kafka.wipe()
    with connect(kafka.bootstrap) as opened:
        yield opened


@pytest.fixture
def proxied(kafka_4: KafkaCluster) -> Iterator[Session]:
    """A session through the proxy with an empty cluster."""
    kafka_4.wipe()
    with connect(kafka_4.proxied_bootstrap, timeout=3) as opened:
        yield opened


@pytest.fixture
def limited(kafka: KafkaCluster) -> Iterator[Session]:
    """A session of a user without any right."""
    kafka.wipe_acls()
    with ExitStack() as stack:
        yield stack.enter_context(connect(kafka.sasl_bootstrap, scram("LIMITED")))
        kafka.wipe_acls()
