"""Topics, their schemas, rights on them and users as one change set, over a real Kafka and a real registry.

Kafka keeps the records and the lock of the registry, as a registry has no place for them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from mqinfra.cli.where import Where
from mqinfra.cli.workspace import open_workspace
from mqinfra.model.record import Owner
from tests.command import inside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.brokers.kafka.cluster import KafkaCluster
    from tests.brokers.registry.server import ApicurioServer

_PROJECT = """\
apiVersion: mqinfra/v1
kind: Project
metadata: {{name: shop}}
manifests: [topology.yaml]
scope: {{kafka: {{wholeCluster: true}}, registry: {{wholeCluster: true}}}}
environments:
  it:
    clusters:
      kafka: {{type: kafka, bootstrap: "{kafka}"}}
      registry: {{type: registry, url: "{registry}", records: kafka}}
"""
_TOPOLOGY = """\
apiVersion: mqinfra/v1
kind: Topology
metadata: {name: shop}
kafka:
  topics:
    orders.created:
      partitions: 3
      replicationFactor: 1
      keySchema: true
      valueSchema: true
  users:
    billing: {mechanisms: [SCRAM-SHA-512], password: {env: BILLING_PASSWORD, revision: 1}}
  access:
    billing:
      principal: User:billing
      consumes: [orders.created]
      group: billing
registry:
  subjects:
    orders.created-key: {type: avro, schema: '"long"'}
    orders.created-value:
      type: avro
      schema: '{"type": "record", "name": "Order", "fields": [{"name": "id", "type": "long"}]}'
      compatibility: BACKWARD
"""


Servers = tuple["KafkaCluster", "ApicurioServer"]


@pytest.fixture
def servers(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Servers]:
    """Both, empty, and a project on them in the working directory."""
    if not request.config.getoption("--matrix"):
        pytest.skip("two kinds of servers at once are tested in the matrix only: pytest --matrix")
    kafka: KafkaCluster = request.getfixturevalue("kafka_4")
    registry: ApicurioServer = request.getfixturevalue("apicurio_3")
    kafka.wipe()
    kafka.wipe_users()
    registry.wipe()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BILLING_PASSWORD", "of-billing-9c1")
    text = _PROJECT.format(kafka=kafka.proxied_bootstrap, registry=registry.proxied_url)
    (tmp_path / "mqinfra.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "topology.yaml").write_text(_TOPOLOGY, encoding="utf-8")
    yield kafka, registry
    kafka.wipe_users()


@pytest.fixture
def mq(servers: Servers, tmp_path: Path) -> Callable[..., str]:
    """Run a command line inside this process, with what it says on one line."""
    assert servers

    def run_it(*arguments: str, code: int = 0) -> str:
        ran = inside(tmp_path, *arguments)
        assert ran.code == code, ran.text
        return " ".join(ran.text.split())

    return run_it


def test_topics_schemas_rights_and_users_are_one_change_set(servers: Servers, mq: Callable[..., str]) -> None:
    kafka_4, apicurio_3 = servers
    planned = mq("plan")
    assert "`registry/subjects" not in planned, "nothing is missing"
    told = mq("apply", "--auto-approve")
    assert told.index("applied create registry/subjects/orders.created-value") < told.index(
        "applied create kafka/topics/orders.created"
    )
    assert apicurio_3.api.subjects() == ["orders.created-key", "orders.created-value"]
    assert ("billing", "SCRAM-SHA-512") in kafka_4.credentials()
    assert "applied create kafka/acls/" in told
    mq("plan", "--detailed-exitcode")
    apicurio_3.proxy.recorder.clear()
    kafka_4.proxy.recorder.clear()
    mq("apply", "--auto-approve")
    assert apicurio_3.proxy.mutating() == []
    assert kafka_4.proxy.mutating() == []


def test_records_of_the_registry_stand_on_kafka(servers: Servers, mq: Callable[..., str], tmp_path: Path) -> None:
    _, apicurio_3 = servers
    mq("apply", "--auto-approve")
    status = {one["alias"]: one for one in json.loads(mq("status", "-o", "json"))["clusters"]}
    assert status["registry"]["records"]["created"] == 2
    assert status["registry"]["place"] != status["kafka"]["place"]
    assert status["registry"]["place"].endswith("on `kafka`")
    apicurio_3.api.call("PUT", "config", "orders.created-value", body={"compatibility": "FULL"})
    drifted = mq("drift", code=2)
    assert "registry/subjects/orders.created-value" in drifted
    topology = tmp_path / "topology.yaml"
    text = topology.read_text(encoding="utf-8").replace("      keySchema: true\n", "")
    topology.write_text(
        "\n".join(line for line in text.splitlines() if "orders.created-key" not in line) + "\n", encoding="utf-8"
    )
    assert "no longer declared; left in place: registry/subjects/orders.created-key" in mq("plan", "--undeclared")
    text = topology.read_text(encoding="utf-8")
    topology.write_text(text + "removed: {registry/subjects/orders.created-key: {}}\n", encoding="utf-8")
    mq("apply", "--auto-approve")
    assert apicurio_3.api.subjects() == ["orders.created-value"]
    assert "no longer declared" not in mq("plan", "--undeclared")


def test_two_applies_to_the_registry_at_once_wait_for_each_other(servers: Servers, mq: Callable[..., str]) -> None:
    assert servers
    workspace = open_workspace(Where("it"))
    with (
        workspace.opener("registry") as session,
        session.lock(Owner("shop", "it"), "ann applying shop/it", 5),
    ):
        told = mq("apply", "--auto-approve", "--select", "cluster:registry", "--lock-timeout", "1", code=6)
    assert "ann applying shop/it" in told
