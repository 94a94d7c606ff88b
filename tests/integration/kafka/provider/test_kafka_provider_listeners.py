"""Real brokers are asked for their advertised listeners before a password goes there in plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mqinfra.model.errors import UserError
from tests.brokers.kafka.cluster import KafkaCluster, Settings
from tests.brokers.kafka.node import ADMIN, MECHANISMS
from tests.brokers.kafka.release import installed
from tests.brokers.scratch import scratch_folder
from tests.integration.kafka.provider.conftest import connect, scram

if TYPE_CHECKING:
    from collections.abc import Iterator

PLAIN: dict[str, Any] = {"sasl": {"mechanism": "PLAIN", "username": ADMIN.name, "password": {"env": "ADMIN"}}}
LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule required"


@pytest.fixture(scope="module", params=["4", "3.9"])
def plain(request: pytest.FixtureRequest) -> Iterator[KafkaCluster]:
    """A cluster that takes PLAIN besides SCRAM, on each Kafka line in turn."""
    properties = {
        "listener.name.sasl.sasl.enabled.mechanisms": ",".join((*MECHANISMS, "PLAIN")),
        "listener.name.sasl.plain.sasl.jaas.config": f'{LOGIN} user_{ADMIN.name}="{ADMIN.password}";',
    }
    with scratch_folder(f"kafka-{request.param}-plain") as folder:
        settings = Settings(properties=properties, proxied=False)
        cluster = KafkaCluster(installed(request.param), folder, settings)
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.close()


def by_name(cluster: KafkaCluster) -> str:
    """Another address than the brokers advertise."""
    return cluster.sasl_bootstrap.replace("127.0.0.1", "localhost")


def test_listeners_that_are_not_listed_are_refused(plain: KafkaCluster) -> None:
    for security in (PLAIN, scram()):
        with pytest.raises(UserError) as error:
            connect(by_name(plain), security, announced=[])
        [found] = error.value.diagnostics
        assert found.code == "MQ770"
        assert f"`{plain.sasl_bootstrap}`" in found.message


def test_listeners_that_may_be_logged_in_at_are(plain: KafkaCluster) -> None:
    for bootstrap, announced in ((by_name(plain), ["127.0.0.*"]), (by_name(plain), None), (plain.sasl_bootstrap, [])):
        with connect(bootstrap, PLAIN, announced=announced) as session:
            assert session.facts.brokers == 1
