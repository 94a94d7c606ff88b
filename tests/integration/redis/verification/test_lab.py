"""Masters that are lost, and servers that are restarted one by one, with somebody to take over and without."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.brokers.redis.deployment import RedisDeployment
from tests.brokers.redis.release import DEFAULT, installed
from tests.brokers.redis.settings import Settings
from tests.integration.lab import commands
from tests.integration.redis.provider.conftest import DEPLOYMENTS, Shop
from tests.integration.redis.verification.verified import keys, verify
from tests.integration.verified import results

pytestmark = pytest.mark.slow_faults

LOSS = ("--only", "V41", "--limit", "120s")
ROLLING = ("--only", "V43", "--limit", "150s")
NOBODY = {"sentinel": {"replica_priority": "0"}, "cluster": {"cluster_replica_no_failover": "yes"}, "pair": None}
"""What keeps replicas from taking over; nobody tells that of a pair to."""


@pytest.fixture
def several(request: pytest.FixtureRequest, shop: Shop) -> Iterator[RedisDeployment]:
    """A deployment of several servers, as it was laid out before and after."""
    found: RedisDeployment = request.getfixturevalue(DEPLOYMENTS[request.param])
    found.wipe()
    prepared(shop, found)
    yield found
    found.wipe()


def prepared(shop: Shop, deployment: RedisDeployment) -> None:
    shop.on(deployment)
    shop.declare(streams={"orders": {}})
    shop.apply()


def addresses(deployment: RedisDeployment) -> list[str]:
    return [node.address for node in deployment.members]


@pytest.mark.parametrize("several", ["sentinel", "cluster"], indirect=True)
def test_the_loss_of_a_master_is_survived_where_a_replica_takes_over(
    several: RedisDeployment, shop: Shop, tmp_path: Path
) -> None:
    before, masters = keys(several), {node.address for node in several.primaries}
    with commands(several, tmp_path / "lab", addresses(several)) as stopping:
        found = verify(shop, *LOSS, *stopping)
    assert results(found) == {"V41 orders": "pass"}, found
    assert "none lost" in found["V41 orders"]["evidence"]
    assert {node.address for node in several.primaries} != masters
    assert keys(several) == before


@pytest.mark.parametrize("several", list(NOBODY), indirect=True)
def test_the_loss_of_a_master_fails_where_nobody_takes_over(
    several: RedisDeployment, shop: Shop, tmp_path: Path
) -> None:
    if (keeping := NOBODY[several.topology]) is not None:
        several.configure(**keeping)
    with commands(several, tmp_path / "lab", addresses(several)) as stopping:
        found = verify(shop, *LOSS, *stopping, code=7)
    assert "no message was sent afterwards" in found["V41 orders"]["offenders"], found


@pytest.mark.parametrize(("appendonly", "code", "result"), [("yes", 0, "pass"), ("no", 7, "fail")])
def test_lag_stays_bounded_through_restarts_only_where_servers_come_back_with_what_they_had(
    appendonly: str, code: int, result: str, shop: Shop, tmp_path: Path
) -> None:
    settings = Settings("sentinel", proxied=False, config={"appendonly": appendonly})
    with closing(RedisDeployment(installed(DEFAULT), tmp_path / "servers", settings)) as deployment:
        deployment.start()
        prepared(shop, deployment)
        with commands(deployment, tmp_path / "lab", addresses(deployment)) as stopping:
            found = verify(shop, *ROLLING, *stopping, code=code)
    assert results(found) == {"V43 orders": result}, found
    assert "2 nodes restarted" in found["V43 orders"]["evidence"]
