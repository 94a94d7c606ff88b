"""Secrets that the random topologies refer to."""

from pathlib import Path

import pytest

from tests.ownership.topologies import EVERYTHING, SECRETS, Parts
from tests.ownership.workspace import Workspace


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def whole(tmp_path: Path) -> Workspace:
    """A project of which about everything was applied and is no longer declared."""
    space = Workspace(tmp_path / "project")
    space.project()
    space.declare(t=EVERYTHING.document())
    assert space.mq("apply", "--auto-approve", "-q").code == 0
    space.declare(t=Parts(users=EVERYTHING.users).document())
    return space
