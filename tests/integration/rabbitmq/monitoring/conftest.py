"""Projects on real servers, run inside this process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.brokers.rabbitmq.release import DEFAULT, installed
from tests.brokers.rabbitmq.server import FAST_STATISTICS, RabbitServer, Settings
from tests.brokers.scratch import scratch_folder
from tests.integration.rabbitmq.e2e.conftest import project
from tests.integration.rabbitmq.e2e.project import Project

__all__ = ["project", "prompt", "prompt_server"]


@pytest.fixture(scope="module")
def prompt_server() -> Iterator[RabbitServer]:
    """A server that tells of its queues a second late, and not five."""
    with scratch_folder("prompt") as folder:
        server = RabbitServer(installed(DEFAULT), folder, Settings(config=FAST_STATISTICS))
        try:
            server.start()
            yield server
        finally:
            server.close()


@pytest.fixture
def prompt(prompt_server: RabbitServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project on it that owns all of it."""
    prompt_server.wipe()
    return Project(tmp_path / "shop", prompt_server, monkeypatch)
