"""A project against real RabbitMQ servers, behind a proxy that sees and spoils what goes between them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.rabbitmq.e2e.project import Project

if TYPE_CHECKING:
    from tests.brokers.rabbitmq.server import RabbitServer


@pytest.fixture
def project(rabbitmq: RabbitServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Each RabbitMQ line in turn, empty, and a project that owns all of it."""
    rabbitmq.wipe()
    return Project(tmp_path / "shop", rabbitmq, monkeypatch)
