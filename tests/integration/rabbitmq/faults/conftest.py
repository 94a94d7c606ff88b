"""A project whose apply faults are played on."""

from pathlib import Path

import pytest

from tests.brokers.rabbitmq.server import RabbitServer
from tests.integration.rabbitmq.e2e.project import Project
from tests.integration.rabbitmq.faults.subject import Topology


@pytest.fixture
def subject(rabbitmq_3: RabbitServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Topology:
    monkeypatch.setenv("EMAIL_PASSWORD", "a long enough password")
    return Topology(Project(tmp_path / "shop", rabbitmq_3, monkeypatch))
