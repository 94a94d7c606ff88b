"""Runs of `mqinfra verify`, and what they concluded."""

from typing import Any

from tests.brokers.redis.deployment import RedisDeployment
from tests.integration.redis.provider.conftest import Ran, Shop

_ARGUMENTS = ("verify", "-q", "-o", "json", "--seed", "7", "--messages", "400", "--timeout", "10")
_TRIES = 20


def verify(shop: Shop, *arguments: str, code: int = 0) -> dict[str, dict[str, Any]]:
    """Verify, and return judgements by `CHECK NAME`; checks that were skipped are left out."""
    return _judged(shop.mq(*_ARGUMENTS, *arguments), code)


def meddled(shop: Shop, *arguments: str) -> dict[str, dict[str, Any]]:
    """Verify while somebody meddles until a run fails: for one of a tenth of a second they may be too late."""
    ran = shop.mq(*_ARGUMENTS, *arguments)
    for _ in range(_TRIES):
        if ran.code == 7:
            break
        ran = shop.mq(*_ARGUMENTS, *arguments)
    return _judged(ran, 7)


def _judged(ran: Ran, code: int) -> dict[str, dict[str, Any]]:
    assert ran.code == code, ran.text
    assert ran.json["left"] == []
    found = {f"{one['check']} {one['address'].rpartition('/')[2]}": one for one in ran.json["judgements"]}
    return {name: one for name, one in found.items() if one["result"] != "skipped"}


def results(found: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {name: one["result"] for name, one in found.items()}


def keys(deployment: RedisDeployment) -> set[str]:
    """All keys of all masters."""
    return {str(key) for node in deployment.primaries for key in node.admin.call("KEYS", "*")}
