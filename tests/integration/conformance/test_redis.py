"""The conformance suite for streams, groups and users: the sandbox, Redis and Valkey keep the same promises."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mqinfra.model.secret import SecretRef, SecretValue
from mqinfra.providers.base.provider import Cluster
from mqinfra.providers.base.session import Session
from mqinfra.providers.catalogue import builtin
from mqinfra.providers.conformance.driver import Driver
from mqinfra.providers.conformance.levels import LEVELS, Level
from mqinfra.providers.conformance.sample import Sample
from mqinfra.providers.redis.api.connection import RedisConnection
from mqinfra.providers.redis.samples import GROUPS, KEEPING_SETTINGS, PARENT, STREAMS, USERS
from mqinfra.providers.sandbox.model_session import model_facts
from mqinfra.providers.sandbox.session import SandboxSession
from tests.brokers.redis.deployment import RedisDeployment

Opener = Callable[[], Session]
SAMPLES = (STREAMS, KEEPING_SETTINGS, GROUPS, USERS)
CELLS = [(sample, level) for sample in SAMPLES for level in LEVELS if level.name not in sample.without]
FIXTURES = {
    "redis-7.0": "redis_7",
    "redis-8.0": "redis_8",
    "redis-8.6": "redis_86",
    "valkey-8.1": "valkey_8",
    "valkey-9.1": "valkey_9",
}


def title_of(sample: Sample) -> str:
    return "settings" if sample is KEEPING_SETTINGS else sample.kind


def no_secrets(reference: SecretRef) -> SecretValue:
    raise AssertionError(f"{reference} was looked up, and the samples have hashes only")


def sandbox(path: Path) -> Opener:
    facts = model_facts("it", "test", brokers=1, version=builtin().providers["redis"].newest)
    return lambda: SandboxSession.open(path / "it.json", "it", "redis", facts, builtin())


def broker(deployment: RedisDeployment) -> Opener:
    connection = RedisConnection.model_validate({"nodes": [f"{deployment.host}:{deployment.port}"]})
    return lambda: builtin().providers["redis"].connect(Cluster("it", connection), no_secrets, 30.0)


@pytest.fixture(params=["sandbox", *FIXTURES])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Opener, bool]:
    if request.param == "sandbox":
        return "sandbox", sandbox(tmp_path), False
    deployment: RedisDeployment = request.getfixturevalue(FIXTURES[request.param])
    deployment.wipe()
    return request.param, broker(deployment), "xcfgset" in deployment.write_commands()


@pytest.mark.parametrize(
    ("sample", "level"), CELLS, ids=[f"{title_of(sample)}-{level.name}" for sample, level in CELLS]
)
def test_level(sample: Sample, level: Level, target: tuple[str, Opener, bool], cell: set[str]) -> None:
    name, opener, keeps_settings = target
    if sample.kind == "streams" and keeps_settings is not (sample is KEEPING_SETTINGS):
        pytest.skip("another sample is for this server, which keeps settings with a stream, or does not")
    if sample.under:
        parent = Driver(builtin(), "redis", opener, STREAMS)
        parent.converge(parent.desired({PARENT: {}}))
    cell.add(f"{name}/{sample.kind}/{level.name}")
    level.prove(Driver(builtin(), "redis", opener, sample))


def test_every_level_that_a_kind_is_without_is_a_level() -> None:
    known = {level.name for level in LEVELS}
    for sample in SAMPLES:
        assert sample.without.keys() <= known
        assert all(sample.without.values())
