"""Alerts go all the way, by RabbitMQ's own plugin and by our exporter: queues, Prometheus, Alertmanager, a receiver."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.brokers.fixtures import is_matrix, matrix_only
from tests.brokers.rabbitmq.release import LINES, installed
from tests.brokers.rabbitmq.server import FAST_STATISTICS, METRICS, PLUGINS, RabbitServer, Settings
from tests.brokers.scratch import scratch_folder
from tests.cli.conftest import HEAD, Project, begin, mq
from tests.integration.alerting import Key, alerting, jobs
from tests.integration.exporting import exporting
from tests.integration.rabbitmq.e2e.amqp import connect

if TYPE_CHECKING:
    from pathlib import Path

    from pika.adapters.blocking_connection import BlockingChannel

__all__ = ["begin", "mq"]

FASTER = 120
"""Rules that hold for 10 minutes hold for 5 seconds."""
DIALECTS = {"plugin": ("--exporter", "rabbitmq_prometheus"), "ours": ()}
"""An environment for each dialect, by which its alerts are known."""
ABOUT = {
    "alone": ("QueueNoConsumers", "ConsumerLagHigh"),
    "full": ("QueueNearMaxLength",),
    "held": ("QueueUnackedHigh",),
    "failing.dlq": ("DLQNotEmpty",),
    "gone": ("MetricsAbsent",),
}
QUEUES = """\
rabbitmq:
  vhosts:
    /:
      exchanges:
        nowhere: {type: topic}
      queues:
        alone: {type: quorum, labels: {owner: money}, promises: {maxLag: 5}}
        full: {type: classic, labels: {owner: mail}, arguments: {x-max-length: 10}}
        held: {type: quorum, labels: {team: mail}, promises: {maxLag: 3}}
        failing: {type: classic, labels: {owner: money}, deadLetter: true}
        gone: {type: classic}
        fine: {type: classic, labels: {owner: money}, arguments: {x-max-length: 10}, deadLetter: true}
"""


@pytest.fixture(params=LINES)
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[RabbitServer]:
    if not is_matrix(request.config):
        pytest.skip(matrix_only("the way of an alert from RabbitMQ to a receiver"))
    with scratch_folder("rabbitmq-alerts") as folder:
        settings = Settings(plugins=(*PLUGINS, METRICS), config=FAST_STATISTICS, proxied=False)
        found = RabbitServer(installed(request.param), folder, settings)
        for name, value in found.secrets.items():
            monkeypatch.setenv(name, value)
        try:
            found.start()
            yield found
        finally:
            found.close()


@pytest.fixture
def shop(server: RabbitServer, begin: Callable[[str], Project]) -> Project:
    """The queues, one of which somebody has deleted."""
    cluster = {"rabbit": {"type": "rabbitmq", **server.block}}
    manifest = {
        "apiVersion": "mqinfra/v1",
        "kind": "Project",
        "metadata": {"name": "shop"},
        "manifests": ["topology/"],
        "scope": {"rabbitmq": {"wholeCluster": True}},
        "environments": {name: {"clusters": cluster} for name in DIALECTS},
    }
    found = begin(yaml.safe_dump(manifest))
    found.topology(HEAD + QUEUES)
    ran = found.mq("apply", "-e", "plugin", "--auto-approve")
    assert ran.code == 0, ran.err
    server.management.call("DELETE", "queues", "/", "gone")
    return found


def test_alerts_of_both_exporters_reach_a_receiver_and_a_healthy_queue_raises_none(
    shop: Project, server: RabbitServer, tmp_path: Path
) -> None:
    def printed(environment: str, *words: str) -> str:
        ran = shop.mq("monitor", "rules", "-e", environment, *DIALECTS[environment], *words)
        assert ran.code == 0, ran.err
        return ran.out

    def about(alert: str, queue: str) -> set[Key]:
        return {(alert, environment, f"rabbit/queues/%2F/{queue}") for environment in DIALECTS}

    addresses = {"rabbitmq.example.com:15692": server.metrics_url}
    rules = [printed(environment) for environment in DIALECTS]
    scrape = printed("plugin", "--exporter", "mqinfra", "-o", "scrape")
    wanted = {key for queue, names in ABOUT.items() for name in names for key in about(name, queue)}
    wanted |= {("UnroutableMessages", environment, "rabbit") for environment in DIALECTS}
    with exporting(shop.root, "-e", "plugin", "--interval", "1s") as (_, url):
        scraped = jobs(scrape, addresses | {"mqinfra.example.com:9808": url})
        with alerting(tmp_path / "watch", rules, scraped, FASTER, "500ms") as alerts:
            with closing(connect(server, "/")) as connection:
                channel = connection.channel()
                fill(channel)
                found = alerts.brings(wanted, meanwhile=lambda: channel.basic_publish("nowhere", "no.such.key", b"x"))
            assert {found[key].labels["owner"] for key in about("QueueUnackedHigh", "held")} == {"mail"}
            alerts.quiet("/fine")
            server.kill()
            alerts.brings({("ExporterDown", environment, "rabbit") for environment in DIALECTS})


def fill(channel: BlockingChannel) -> None:
    """Bring every queue into its state; consumers stay as long as the channel."""
    channel.basic_qos(prefetch_count=100)
    channel.basic_consume("held", lambda *_: None)
    channel.basic_consume("fine", lambda *_: None, auto_ack=True)
    for queue, count in (("alone", 7), ("full", 9), ("held", 4), ("failing.dlq", 1), ("fine", 3)):
        for _ in range(count):
            channel.basic_publish("", queue, b"x")
