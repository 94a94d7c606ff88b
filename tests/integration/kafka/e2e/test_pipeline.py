"""The workflows for GitHub on real brokers of three kinds, from a pull request to drift, with secrets planted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.brokers.fixtures import is_matrix, matrix_only
from tests.integration.kafka.e2e.conftest import empty
from tests.integration.kafka.e2e.hand import Hand
from tests.pipelines.runner import EXAMPLES, Runner
from tests.pipelines.shop import FILES, cloned, comments, nothing_leaked, runner_of

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster
    from tests.brokers.rabbitmq.server import RabbitServer
    from tests.brokers.redis.deployment import RedisDeployment

_GITHUB = EXAMPLES / "github"
_LOGIN = ("deploy", "planted-hunter3")
_CLUSTERS = """\
kafka: {{type: kafka, bootstrap: "{kafka}"}}
rabbitmq: {{type: rabbitmq, url: "{url}", amqp: "{amqp}", username: deploy, password: {{env: RABBITMQ_PASSWORD}}}}
redis: {{type: redis, nodes: ["{redis}"]}}
secrets: {{env: [KAFKA_PASSWORD]}}
projects:
  shop:
    scope:
      kafka: {{topics: [orders.*], principals: ['User:mail']}}
      rabbitmq: {{vhosts: {{/shop: {{}}}}, users: [mail]}}
      redis: {{keys: ['{{shop}}:*']}}
"""
_PROJECT = """\
apiVersion: mqinfra/v1
kind: Project
metadata: {name: shop}
manifests: [topology/]
scope:
  kafka: {topics: [orders.*], principals: ['User:mail']}
  rabbitmq: {vhosts: {/shop: {}}, users: [mail]}
  redis: {keys: ['{shop}:*']}
environments:
  prod: {clusters: clusters/prod.yaml}
"""
_MORE = """\
rabbitmq:
  users:
    mail: {password: {env: KAFKA_PASSWORD}}
  vhosts:
    /shop:
      queues:
        mail: {type: quorum, deadLetter: true}
      access:
        mail: {consumes: [mail]}
redis:
  streams:
    '{shop}:feed': {expectedMaxLength: 1000, groups: {web: {startAt: '0'}}}
"""


@dataclass
class Brokers:
    kafka: KafkaCluster
    rabbitmq: RabbitServer
    redis: RedisDeployment

    def asked(self) -> int:
        """How many requests went through the proxies."""
        return sum(len(one.proxy.recorder.requests) for one in (self.kafka, self.rabbitmq, self.redis))


@pytest.fixture
def brokers(request: pytest.FixtureRequest) -> Iterator[Brokers]:
    """All three, empty, and a login of RabbitMQ whose password is a secret."""
    if not is_matrix(request.config):
        pytest.skip(matrix_only("a workflow on three kinds of brokers"))
    kafka_4: KafkaCluster = request.getfixturevalue("kafka_4")
    rabbitmq_3: RabbitServer = request.getfixturevalue("rabbitmq_3")
    redis_7: RedisDeployment = request.getfixturevalue("redis_7")
    empty(kafka_4)
    kafka_4.wipe_users()
    rabbitmq_3.wipe()
    redis_7.wipe()
    user, password = _LOGIN
    rabbitmq_3.management.call("PUT", "users", user, body={"password": password, "tags": "administrator"})
    locks = {"configure": r"^mqinfra\.lock\.", "write": "^$", "read": r"^mqinfra\.lock\."}
    rabbitmq_3.management.call("PUT", "permissions", "/", user, body=locks)
    yield Brokers(kafka_4, rabbitmq_3, redis_7)
    kafka_4.wipe_users()


@pytest.fixture
def runner(brokers: Brokers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runner:
    """A pull request for the three, and a runner with the secrets."""
    clusters = _CLUSTERS.format(
        kafka=brokers.kafka.proxied_bootstrap,
        url=brokers.rabbitmq.proxied_url,
        amqp=brokers.rabbitmq.block["amqp"],
        redis=brokers.redis.proxied_address,
    )
    topology = FILES["topology/orders.yaml"] + _MORE
    files = {"mqinfra.yaml": _PROJECT, "clusters/prod.yaml": clusters, "topology/orders.yaml": topology}
    monkeypatch.setenv("RABBITMQ_PASSWORD", _LOGIN[1])
    return runner_of(cloned(tmp_path, {**FILES, **files}), tmp_path / "runner")


def test_from_a_pull_request_to_drift(
    brokers: Brokers, runner: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert set(runner.job(_GITHUB / "plan.yml", "plan")) == {0}, runner.printed
    (comment,) = comments(runner)
    assert all(name in comment for name in ("orders.created", "mail.dlq", "{shop}:feed"))
    assert ("mail", "SCRAM-SHA-512") not in brokers.kafka.credentials()

    assert set(runner.job(_GITHUB / "apply.yml", "apply")) == {0}, runner.printed
    (comment,) = comments(runner)
    assert "applied: " in comment
    report = json.loads((runner.checkout / "report.json").read_text())
    assert {name for name, count in report["counts"].items() if count} == {"applied"}
    assert ("mail", "SCRAM-SHA-512") in brokers.kafka.credentials()
    hand = Hand(brokers.kafka)
    assert hand.live()["orders.created"].partitions == 6
    assert {"mail", "mail.dlq"} <= {queue["name"] for queue in brokers.rabbitmq.management.get("queues")}

    assert set(runner.job(_GITHUB / "drift.yml", "drift")) == {0}, runner.printed
    nothing_leaked(runner, _LOGIN)

    fork = Runner(runner.checkout, tmp_path / "fork", {})
    monkeypatch.delenv("RABBITMQ_PASSWORD")
    manifest = runner.checkout / "topology" / "orders.yaml"
    manifest.write_text(manifest.read_text().replace("partitions: 6", "partitions: 12"))
    before = brokers.asked()
    assert set(fork.job(_GITHUB / "plan.yml", "plan-of-a-fork")) == {0}, fork.printed
    assert "partitions 6 -> 12" in fork.summary
    assert brokers.asked() == before, "a fork asks no cluster"
    nothing_leaked(fork, _LOGIN)

    monkeypatch.setenv("RABBITMQ_PASSWORD", _LOGIN[1])
    hand.grow("orders.created", 9)
    assert runner.job(_GITHUB / "drift.yml", "drift")[-1] == 2, runner.printed
    assert "orders.created" in runner.summary
    nothing_leaked(runner, _LOGIN)
