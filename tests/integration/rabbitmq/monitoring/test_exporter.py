"""The endpoint of metrics beside a RabbitMQ that goes up and down: no leak, and no 0 for what nobody knows."""

from __future__ import annotations

import pytest

from mqinfra.monitor import metrics
from tests.integration.exporting import WAITING, a_thousand_scrapes
from tests.integration.rabbitmq.e2e.amqp import channel, publish
from tests.integration.rabbitmq.e2e.project import Project
from tests.integration.rabbitmq.verification.verified import VHOST
from tests.waiting import until


@pytest.mark.newest
@pytest.mark.slow_faults
@pytest.mark.parametrize("kind", ["classic", "quorum"])
def test_a_thousand_scrapes_while_the_server_goes_and_comes_back(kind: str, project: Project) -> None:
    project.declare({"vhosts": {VHOST: {"queues": {"mails": {"type": kind}}}}})
    project.apply()
    with channel(project.server, VHOST) as line:
        line.confirm_delivery()
        for _ in range(WAITING):
            publish(line, "", "mails")
    server = project.server
    queue = ("queues", VHOST, "mails")
    until(lambda: server.management.get(*queue).get("messages") == WAITING, "the server does not tell what waits")
    node = server.node
    a_thousand_scrapes(project.root, metrics.MESSAGES.name, ('state="ready"',), node.kill, node.start)
