"""A project that begins with what a running Redis has."""

from __future__ import annotations

import os
from pathlib import Path

from tests.brokers.redis.deployment import RedisDeployment
from tests.integration.redis.provider.conftest import Shop
from tests.integration.taken_over import taken_over


def test_a_project_begins_with_what_redis_has(shop: Shop, single: RedisDeployment, tmp_path: Path) -> None:
    single.wipe()
    shop.on(single)
    shop.declare(streams={"{s}:a": {"groups": {"g": {"startAt": "0"}}}})
    shop.apply()
    # What was made is to look as if it were made by hand: nobody's record owns it.
    admin = single.nodes[0].admin
    admin.call("DEL", *admin.call("KEYS", "{mqinfra*"))
    source = f"redis=redis://{single.host}:{single.port}"
    text = taken_over(tmp_path / "taken", source, os.environ)
    assert "{s}:a" in text
    assert "groups:" in text
