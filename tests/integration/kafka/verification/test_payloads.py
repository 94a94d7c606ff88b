"""V36 over a real Kafka and a real registry: payloads of the declared schemas, and what makes them unreadable."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mqinfra.providers.registry.payloads.frame import framed, unframed
from mqinfra.providers.registry.verification.codec import RegistryCodec
from tests.command import inside
from tests.integration.registry.schemas import COURSES, Course
from tests.integration.verified import VERIFY

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator
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
metadata: {{name: shop}}
kafka:
  topics:
    orders: {{partitions: 2, replicationFactor: 1, keySchema: true, valueSchema: true}}
registry:
  subjects:
    orders-key: {{type: avro, schema: '"long"'}}
    orders-value: {{type: {kind}, file: order.{ending}}}
    stranger: {{type: avro, schema: '"bytes"'}}
"""


class Servers:
    """Kafka and a registry, with what is declared on both."""

    def __init__(self, root: Path, registry: ApicurioServer) -> None:
        self.root, self.registry = root, registry

    def apply(self, course: Course) -> None:
        """Declare a topic with schemas, and make it so."""
        (self.root / f"order.{course.ending}").write_text(course.second, encoding="utf-8")
        text = _TOPOLOGY.format(kind=course.kind, ending=course.ending)
        (self.root / "topology.yaml").write_text(text, encoding="utf-8")
        ran = inside(self.root, "apply", "--auto-approve", "-q")
        assert ran.code == 0, ran.text

    def verify(self, only: str) -> dict[str, tuple[str, str]]:
        """Results and evidence of the topic by the check, of those that were not passed over."""
        told = inside(self.root, *VERIFY, "--only", only, "--messages", "60").json()
        assert told["left"] == []
        found = [one for one in told["judgements"] if one["address"] == "kafka/topics/orders"]
        return {one["check"]: (one["result"], one["evidence"]) for one in found if one["result"] != "skipped"}

    def forget(self, subject: str) -> None:
        """Delete a subject for good."""
        for query in ("", "permanent=true"):
            assert self.registry.api.call("DELETE", "subjects", subject, query=query).status == 200

    def number(self, subject: str) -> int:
        """The id of a subject's latest schema."""
        return int(self.registry.api.call("GET", "subjects", subject, "versions", "latest").body["id"])


@pytest.fixture
def servers(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Servers]:
    """Both, empty, and a project on them in the working directory."""
    if not request.config.getoption("--matrix"):
        pytest.skip("two kinds of servers at once are tested in the matrix only: pytest --matrix")
    kafka: KafkaCluster = request.getfixturevalue("kafka_4")
    registry: ApicurioServer = request.getfixturevalue("apicurio_3")
    kafka.wipe()
    registry.wipe()
    monkeypatch.chdir(tmp_path)
    text = _PROJECT.format(kafka=kafka.bootstrap, registry=registry.url)
    (tmp_path / "mqinfra.yaml").write_text(text, encoding="utf-8")
    yield Servers(tmp_path, registry)
    kafka.wipe()


@pytest.mark.parametrize("course", COURSES, ids=[one.kind for one in COURSES])
def test_payloads_of_the_declared_schema_are_read_as_they_were_written(servers: Servers, course: Course) -> None:
    servers.apply(course)
    result, evidence = servers.verify("V36")["V36"]
    numbers = [f"`{name}` (schema {servers.number(name)})" for name in ("orders-key", "orders-value")]
    told = (
        f"60 messages of {', '.join(numbers)} read as written; what does not fit is refused by serializers and "
        "consumers, and accepted by the brokers, so that only clients enforce the schema"
    )
    assert (result, evidence) == ("pass", told)


def test_other_checks_send_payloads_of_the_declared_schema_too(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    servers.apply(COURSES[0])
    number, made = servers.number("orders-value"), []
    written = RegistryCodec.written

    def counting(codec: RegistryCodec, chance: random.Random) -> bytes:
        made.append(written(codec, chance))
        return made[-1]

    monkeypatch.setattr(RegistryCodec, "written", counting)
    assert servers.verify("V07")["V07"] == ("pass", "60 messages unchanged, with bodies of `orders-value`")
    assert {unframed(one)[0] for one in made} == {number}
    assert len(set(made)) > 30


def test_a_schema_that_somebody_deleted_fails_until_it_is_registered_again(servers: Servers) -> None:
    servers.apply(COURSES[0])
    servers.forget("orders-value")
    result, evidence = servers.verify("V36")["V36"]
    assert result == "fail", evidence
    assert evidence.startswith("`orders-value`: the registry does not have the schema")
    servers.apply(COURSES[0])
    assert servers.verify("V36")["V36"][0] == "pass"


def test_messages_under_the_id_of_another_schema_fail(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    servers.apply(COURSES[0])
    stranger, written = servers.number("stranger"), RegistryCodec.written

    def confused(codec: RegistryCodec, chance: random.Random) -> bytes:
        payload = written(codec, chance)
        return payload if codec.subject.name != "orders-value" else framed(stranger, unframed(payload)[1])

    monkeypatch.setattr(RegistryCodec, "written", confused)
    result, evidence = servers.verify("V36")["V36"]
    assert (result, "60 messages not read as written: it can't be read" in evidence) == ("fail", True), evidence
