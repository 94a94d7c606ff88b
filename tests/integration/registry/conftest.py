"""A project against a real Apicurio Registry behind a proxy, and one against a fake of Confluent's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.brokers.registry.confluent import Confluent
from tests.integration.registry.project import Project

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.brokers.registry.server import ApicurioServer


@pytest.fixture
def project(registry: ApicurioServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """An empty registry, and a project that owns all of it."""
    registry.wipe()
    block = f'{{type: registry, url: "{registry.proxied_url}"}}'
    return Project(tmp_path / "shop", block, registry.proxy.mutating, monkeypatch)


@pytest.fixture
def confluent() -> Iterator[Confluent]:
    """A fake of Confluent's registry."""
    server = Confluent()
    yield server
    server.close()


@pytest.fixture
def other_project(confluent: Confluent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The same against the fake."""
    block = f'{{type: registry, url: "{confluent.url}"}}'
    return Project(tmp_path / "shop", block, lambda: confluent.written, monkeypatch)
