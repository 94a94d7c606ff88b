"""Two applies at once on a real server."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from tests.faults.plugin import exhaustive
from tests.integration.redis.ownership.live import held
from tests.ownership.pairs import races

if TYPE_CHECKING:
    import pytest

    from tests.brokers.redis.deployment import RedisDeployment
    from tests.ownership.workspace import Workspace


def documents(number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Streams that are new each round, and users whose commands the two want otherwise."""
    streams: dict[str, Any] = {f"shop:s{n}": {} for n in range(number + 1)}
    one, other = (
        {"redis": {"streams": streams, "users": {name: {"commands": [f"+{word}"]} for name in ("r", "s")}}}
        for word in (("get", "set") if number % 2 else ("xlen", "xread"))
    )
    return one, other


def test_they_never_interleave(space: Workspace, redis_7: RedisDeployment, pytestconfig: pytest.Config) -> None:
    races(space, documents, partial(held, redis_7), many=exhaustive(pytestconfig))
