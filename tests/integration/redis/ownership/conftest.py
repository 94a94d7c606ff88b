"""A project on a real Redis, run inside this process."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.ownership.topologies import SECRETS
from tests.ownership.workspace import Workspace

if TYPE_CHECKING:
    from tests.brokers.redis.deployment import RedisDeployment

SCOPE = {"redis": {"keys": ["shop:*"], "users": ["r", "s"]}}


@pytest.fixture
def space(redis_7: RedisDeployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    redis_7.wipe()
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    found = Workspace(tmp_path / "project")
    found.project({"redis": {"type": "redis", **redis_7.block}}, SCOPE)
    return found
