"""A project on a real Redis deployment, and the command line run inside this process."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from mqinfra.model.secret import SecretRef, SecretValue
from tests.brokers.redis.deployment import CommandStats, RedisDeployment
from tests.command import Ran, inside

DEPLOYMENTS = {
    "single": "redis_7",
    "pair": "redis_7_pair",
    "sentinel": "redis_7_sentinel",
    "cluster": "redis_7_cluster",
}


KEEPING = frozenset({"sadd", "hset", "hdel", "set", "pexpire"})
"""What mqinfra sends for its records and its lock, and for no resource."""
REPLICATED = frozenset({"pexpireat", "del"})
"""What a master makes of the expiry of a lock for its replicas; what else it deletes, it counts itself."""


@dataclass
class Shop:
    """The project `shop`; it owns every key and user of its deployment."""

    root: Path

    def mq(self, *arguments: str) -> Ran:
        """Run a command line inside this process."""
        return inside(self.root, *arguments)

    def on(self, deployment: RedisDeployment, **block: Any) -> None:
        """Run on a deployment."""
        self.connect({**deployment.block, **block})

    def connect(self, block: Mapping[str, Any]) -> None:
        project = {
            "apiVersion": "mqinfra/v1",
            "kind": "Project",
            "metadata": {"name": "shop"},
            "manifests": ["topology/"],
            "scope": {"redis": {"wholeCluster": True}},
            # Tests make by hand what a plan then changes.
            "defaults": {f"redis/{kind}": {"lifecycle": {"adopt": True}} for kind in ("streams", "users", "access")},
            "environments": {"it": {"clusters": {"redis": {"type": "redis", **block}}}},
        }
        (self.root / "mqinfra.yaml").write_text(yaml.safe_dump(project), encoding="utf-8")

    def declare(
        self, removed: Mapping[str, Any] | None = None, allowed: Mapping[str, Any] | None = None, **kinds: Any
    ) -> None:
        """Declare the sections of `redis:`."""
        head = {"apiVersion": "mqinfra/v1", "kind": "Topology", "metadata": {"name": "shop"}}
        body: dict[str, Any] = {"redis": kinds} if kinds else {}
        if removed:
            body["removed"] = removed
        if allowed:
            body["allowed"] = allowed
        (self.root / "topology" / "shop.yaml").write_text(yaml.safe_dump({**head, **body}), encoding="utf-8")

    def plan(self) -> Any:
        """The plan as JSON."""
        ran = self.mq("plan", "-q", "-o", "json", "--timeout", "10")
        assert ran.out, ran.text
        return ran.json()

    def changes(self) -> dict[str, Any]:
        """Changes of a plan by address, without the alias."""
        return {change["address"].removeprefix("redis/"): change for change in self.plan()["changes"]}

    def codes(self) -> list[str]:
        return [found["code"] for found in self.plan()["diagnostics"]]

    def apply(self) -> Ran:
        ran = self.mq("apply", "--auto-approve", "--timeout", "10")
        assert ran.code == 0, ran.text
        return ran

    def settled(self, deployment: RedisDeployment) -> None:
        """A second apply has nothing to do, and sends nothing that changes any resource."""
        before = deployment.commandstats()
        ran = self.apply()
        assert "No changes" in ran.text or "nothing" in ran.text.lower(), ran.text
        assert resource_changes(deployment, before) == set()


def resource_changes(deployment: RedisDeployment, before: CommandStats) -> set[str]:
    """The commands since `before` that change resources, and not only records and the lock of an apply."""
    replicas = {node.address for node in deployment.replicas}
    return {
        name
        for address, some in deployment.changes_since(before).items()
        for name in some.keys() - KEEPING - (REPLICATED if address in replicas else frozenset())
    }


def no_secrets(reference: SecretRef) -> SecretValue:
    raise AssertionError(reference)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    (tmp_path / "topology").mkdir()
    monkeypatch.chdir(tmp_path)
    return Shop(tmp_path)


@pytest.fixture
def single(redis_7: RedisDeployment) -> RedisDeployment:
    redis_7.wipe()
    return redis_7


@pytest.fixture
def pair(redis_7_pair: RedisDeployment) -> RedisDeployment:
    redis_7_pair.wipe()
    return redis_7_pair


@pytest.fixture(params=list(DEPLOYMENTS))
def deployment(request: pytest.FixtureRequest) -> RedisDeployment:
    found: RedisDeployment = request.getfixturevalue(DEPLOYMENTS[request.param])
    found.wipe()
    return found
