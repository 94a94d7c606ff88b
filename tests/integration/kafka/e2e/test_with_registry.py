"""Topics, their schemas and rights on them as one change set, over a real Kafka and a real registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mqinfra.cli.main import run

if TYPE_CHECKING:
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
      registry: {{type: registry, url: "{registry}"}}
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
def servers(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Servers:
    """Both, empty, and a project on them in the working directory."""
    if not request.config.getoption("--matrix"):
        pytest.skip("two kinds of servers at once are tested in the matrix only: pytest --matrix")
    kafka: KafkaCluster = request.getfixturevalue("kafka_4")
    registry: ApicurioServer = request.getfixturevalue("apicurio_3")
    kafka.wipe()
    registry.wipe()
    monkeypatch.chdir(tmp_path)
    text = _PROJECT.format(kafka=kafka.proxied_bootstrap, registry=registry.proxied_url)
    (tmp_path / "mqinfra.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "topology.yaml").write_text(_TOPOLOGY, encoding="utf-8")
    return kafka, registry


def test_topics_schemas_and_rights_are_one_change_set(servers: Servers, capsys: pytest.CaptureFixture[str]) -> None:
    kafka_4, apicurio_3 = servers

    def mq(*arguments: str, code: int = 0) -> str:
        capsys.readouterr()
        found = run(list(arguments))
        said = capsys.readouterr()
        assert found == code, said.out + said.err
        return " ".join((said.out + said.err).split())

    planned = mq("plan")
    assert "`registry/subjects" not in planned, "nothing is missing"
    told = mq("apply", "--auto-approve")
    assert told.index("applied create registry/subjects/orders.created-value") < told.index(
        "applied create kafka/topics/orders.created"
    )
    assert apicurio_3.api.subjects() == ["orders.created-key", "orders.created-value"]
    mq("plan", "--detailed-exitcode")
    apicurio_3.proxy.recorder.clear()
    kafka_4.proxy.recorder.clear()
    mq("apply", "--auto-approve")
    assert apicurio_3.proxy.mutating() == []
    assert [one for one in kafka_4.proxy.mutating() if one.name != "Produce"] == []
