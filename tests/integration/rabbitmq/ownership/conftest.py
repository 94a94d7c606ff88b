"""A project on a real RabbitMQ, run inside this process."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.ownership.topologies import SECRETS
from tests.ownership.workspace import Workspace

if TYPE_CHECKING:
    from tests.brokers.rabbitmq.server import RabbitServer

SCOPE = {"rabbitmq": {"vhosts": ["/shop"], "users": ["w", "v"]}}


@pytest.fixture
def space(rabbitmq_3: RabbitServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    rabbitmq_3.wipe()
    for name, value in {**SECRETS, "LOGIN": "guest"}.items():
        monkeypatch.setenv(name, value)
    found = Workspace(tmp_path / "project")
    login = {"username": "guest", "password": {"env": "LOGIN"}}
    amqp = f"amqp://{rabbitmq_3.host}:{rabbitmq_3.amqp_port}"
    found.project({"rabbitmq": {"type": "rabbitmq", "url": rabbitmq_3.proxied_url, "amqp": amqp, **login}}, SCOPE)
    return found
