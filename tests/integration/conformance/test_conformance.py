"""The conformance suite of every kind: its sandbox and each release of its broker keep the same promises."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mqinfra.model.secret import SecretRef, SecretValue
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.provider import Cluster, SandboxOptions
from mqinfra.providers.base.sample import Sample
from mqinfra.providers.base.session import Session
from mqinfra.providers.conformance.driver import Driver
from mqinfra.providers.conformance.levels import LEVELS, Level
from mqinfra.providers.kafka.topics.sample import REPLICAS
from mqinfra.providers.sandbox.session import SandboxSession
from tests.brokers.fixtures import is_matrix, matrix_only
from tests.brokers.lines import Line, lines_of
from tests.brokers.server import Server

Opener = Callable[[], Session]
CATALOGUE = installed()
SAMPLES = [(broker, sample) for broker, provider in CATALOGUE.providers.items() for sample in provider.samples]
# Broker, the release of it or None for its sandbox, sample, level; a server's tests stand together.
CASES = [
    pytest.param(
        broker,
        line,
        sample,
        level,
        id=f"{line.name if line else f'sandbox-{broker}'}-{sample.label}-{level.name}",
    )
    for broker in CATALOGUE.providers
    for line in (None, *lines_of(broker))
    for sample in CATALOGUE.providers[broker].samples
    for level in LEVELS
    if level.name not in sample.without
]


def sandbox(broker: str, sample: Sample, folder: Path) -> Opener:
    """A sandbox of one broker; of three for samples that need more."""
    provider = CATALOGUE.providers[broker]
    facts = provider.sandbox_facts(Driver.alias, "test", SandboxOptions(brokers=1))
    if not sample.suits(facts):
        facts = provider.sandbox_facts(Driver.alias, "test", SandboxOptions(brokers=3))
    return lambda: SandboxSession.open(folder / "it.json", Driver.alias, broker, facts, CATALOGUE)


def real(broker: str, server: Server[Any]) -> Opener:
    provider = CATALOGUE.providers[broker]
    cluster = Cluster(Driver.alias, provider.connection.model_validate({"type": broker, **server.block}))

    def secrets(reference: SecretRef) -> SecretValue:
        return SecretValue(server.secrets.get(str(reference.env), "of-the-conformance-suite"))

    return lambda: provider.connect(cluster, secrets, 30.0)


@pytest.mark.parametrize(("broker", "line", "sample", "level"), CASES)
def test_level(
    broker: str,
    line: Line | None,
    sample: Sample,
    level: Level,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    cell: set[str],
) -> None:
    if line is None:
        opener = sandbox(broker, sample, tmp_path)
    else:
        server: Server[Any] = request.getfixturevalue(line.fixture)
        server.wipe()
        opener = real(broker, server)
    driver = Driver(CATALOGUE, broker, opener, sample)
    if not driver.suits():
        pytest.skip("another sample of the kind is for this server")
    cell.add(f"{line.name if line else 'sandbox'}/{sample.kind}/{level.name}")
    level.prove(driver)


@pytest.mark.parametrize(
    "level", [level for level in LEVELS if level.name not in REPLICAS.without], ids=lambda one: one.name
)
def test_replicas_on_three_brokers(
    level: Level, request: pytest.FixtureRequest, cell: set[str], pytestconfig: pytest.Config
) -> None:
    if not is_matrix(pytestconfig):
        pytest.skip(matrix_only("what needs three brokers"))
    server: Server[Any] = request.getfixturevalue("kafka_4_three")
    server.wipe()
    driver = Driver(CATALOGUE, "kafka", real("kafka", server), REPLICAS)
    assert driver.suits()
    cell.add(f"kafka-4-three/topics/{level.name}")
    level.prove(driver)


def test_every_kind_that_can_be_declared_has_a_sample() -> None:
    sampled = {(broker, sample.kind) for broker, sample in SAMPLES}
    without = [kind.name for kind in CATALOGUE.kinds() if (kind.broker, kind.name) not in sampled]
    assert without == []


@pytest.mark.parametrize(("broker", "sample"), SAMPLES, ids=[f"{broker}-{sample.label}" for broker, sample in SAMPLES])
def test_every_level_that_a_kind_is_without_is_a_level_and_has_its_reason(broker: str, sample: Sample) -> None:
    assert sample.without.keys() <= {level.name for level in LEVELS}, broker
    assert all(sample.without.values()), broker
