"""Alerts go all the way: streams that are not as they should be, our exporter, Prometheus, Alertmanager, a receiver.

The dashboard asks the same Prometheus.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.brokers.fixtures import is_matrix, matrix_only
from tests.brokers.prometheus.redis_exporter import RedisExporter
from tests.integration.alerting import alerting, jobs
from tests.integration.asking import answered, expressions
from tests.integration.exporting import exporting

if TYPE_CHECKING:
    from pathlib import Path

    from tests.brokers.redis.deployment import RedisDeployment
    from tests.integration.redis.provider.conftest import Shop

FASTER = 300
"""Rules that hold for 5 minutes hold for a second."""
ENVIRONMENT = "it"
RUNBOOKS = "https://wiki.example.com/alerts/"
STREAMS = {
    "stuck": {"labels": {"owner": "money"}, "groups": {"billing": {"startAt": "0", "promises": {"maxDelay": "1s"}}}},
    "alone": {"expectedMaxLength": 10, "labels": {"owner": "mail"}, "groups": {"feed": {"startAt": "0"}}},
    "fine": {"expectedMaxLength": 10, "deadLetter": True, "groups": {"reader": {"startAt": "0"}}},
    "failing": {"deadLetter": True, "labels": {"owner": "money"}},
    "gone": {"labels": {"owner": "mail"}},
}


@contextmanager
def ours(shop: Shop, _: RedisDeployment) -> Iterator[tuple[str, Callable[[], None]]]:
    """Our exporter: where it is, and what stops it."""
    with exporting(shop.root, "--interval", "1s") as (process, url):

        def stop() -> None:
            process.terminate()
            process.wait(20)

        yield url, stop


@contextmanager
def theirs(shop: Shop, deployment: RedisDeployment) -> Iterator[tuple[str, Callable[[], None]]]:
    """The exporter that people have: where it is, and what stops it."""
    exporter = RedisExporter(shop.root / "exporter", deployment.port, [*STREAMS, "fine:dlq", "failing:dlq"])
    try:
        exporter.start()
        yield f"http://{exporter.address}/metrics", exporter.stop
    finally:
        exporter.kill()


DIALECTS = {
    "mqinfra": (ours, "mqinfra.example.com:9808"),
    "redis_exporter": (theirs, "redis-exporter.example.com:9121"),
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_alerts_reach_a_receiver_and_a_healthy_stream_raises_none(
    dialect: str, shop: Shop, single: RedisDeployment, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if dialect != "mqinfra" and not is_matrix(request.config):
        pytest.skip(matrix_only(dialect))
    shop.on(single)
    shop.declare(streams=STREAMS)
    assert shop.mq("apply", "--auto-approve").code == 0
    call = single.nodes[0].admin.call
    for stream, count in (("stuck", 1), ("alone", 13), ("fine", 3), ("failing:dlq", 1)):
        for number in range(count):
            call("XADD", stream, "*", "n", str(number))
    call("XREADGROUP", "GROUP", "billing", "one", "STREAMS", "stuck", ">")
    call("XREADGROUP", "GROUP", "reader", "one", "NOACK", "STREAMS", "fine", ">")
    call("DEL", "gone")
    pages, chosen = tmp_path / "pages", ("--exporter", dialect)
    printed = shop.mq("monitor", "rules", *chosen, "--runbook-url", RUNBOOKS, "--runbooks", str(pages))
    scrape, dashboard = shop.mq("monitor", "rules", *chosen, "-o", "scrape"), shop.mq("monitor", "dashboard", *chosen)

    def about(alert: str, stream: str, group: str = "") -> tuple[str, str, str]:
        return alert, ENVIRONMENT, f"redis/streams/{stream}{group and ' '}{group}"

    exporter, example = DIALECTS[dialect]
    with (
        exporter(shop, single) as (url, stop),
        alerting(tmp_path / "watch", [printed.out], jobs(scrape.out, {example: url}), FASTER, "200ms") as alerts,
    ):
        wanted = {
            about("PendingStuck", "stuck", "billing"),
            about("ConsumerGroupEmpty", "alone", "feed"),
            about("StreamLengthOverCap", "alone"),
            about("DLQNotEmpty", "failing:dlq"),
            about("MetricsAbsent", "gone"),
        }
        for alert in alerts.brings(wanted).values():
            assert (pages / alert.annotations["runbook_url"].removeprefix(RUNBOOKS)).exists()
        found = alerts.arrived()[about("PendingStuck", "stuck", "billing")]
        assert (found.labels["severity"], found.labels["owner"]) == ("warning", "money")
        alerts.quiet("/fine")
        answered(alerts.prometheus, expressions(dashboard.out))
        stop()
        alerts.brings({("ExporterDown", ENVIRONMENT, "redis")})
