"""A project that begins with what a running RabbitMQ has."""

from __future__ import annotations

import os
from pathlib import Path

from tests.integration.rabbitmq.e2e.project import Project
from tests.integration.taken_over import taken_over


def test_a_project_begins_with_what_rabbitmq_has(project: Project, tmp_path: Path) -> None:
    queue = {"type": "quorum", "bindings": [{"exchange": "bus", "routingKey": "paid"}], "deadLetter": True}
    project.declare({"vhosts": {"/shop": {"exchanges": {"bus": {"type": "topic"}}, "queues": {"mail": queue}}}})
    project.apply()
    server = project.server
    # What was made is to look as if it were made by hand: nobody's record owns it.
    for row in server.management.get("global-parameters"):
        if row["name"].startswith("mqinfra."):
            server.management.call("DELETE", "global-parameters", row["name"])
    source = f"rabbit=rabbitmq+http://{server.user}@{server.proxied_url.partition('://')[2]}"
    variables = {**os.environ, "RABBIT_PASSWORD": server.password}
    text = taken_over(tmp_path / "taken", source, variables)
    assert "routingKey: paid" in text
    assert server.password not in text.split()
