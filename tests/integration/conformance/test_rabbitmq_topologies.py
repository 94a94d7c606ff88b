"""The conformance suite for what lives in a vhost: the sandbox and both servers keep the same promises."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from mqinfra.model.address import Address
from mqinfra.model.declaration import Desired, Lifecycle
from mqinfra.providers.base.session import Session
from mqinfra.providers.conformance.driver import Driver
from mqinfra.providers.conformance.levels import LEVELS, Level
from mqinfra.providers.conformance.sample import Entry, Sample
from mqinfra.providers.rabbitmq.samples.topology import (
    BINDINGS,
    EXCHANGES,
    OPERATOR_POLICIES,
    POLICIES,
    QUEUE,
    QUEUES,
    VHOST,
)
from mqinfra.providers.sandbox.model_session import model_facts
from mqinfra.providers.sandbox.session import SandboxSession
from tests.brokers.fixtures import RABBITMQ
from tests.brokers.rabbitmq.server import RabbitServer
from tests.integration.rabbitmq.provider.conftest import CATALOGUE, Topology

Opener = Callable[[], Session]
SAMPLES = (EXCHANGES, QUEUES, BINDINGS, POLICIES, OPERATOR_POLICIES)
CELLS = [(sample, level) for sample in SAMPLES for level in LEVELS if level.name not in sample.without]
FIXTURES = {f"rabbitmq-{line}": fixture for line, fixture in RABBITMQ.items()}


class BindingDriver(Driver):
    """Makes a name of the suite the routing key of a binding, which has no name of its own."""

    def address(self, name: str) -> Address:
        pairs = self.kind.pairs_of({**self.sample.minimal, "routingKey": name})
        return Address(self.alias, self.sample.kind, self.sample.under, pairs)

    def desired(
        self,
        entries: Mapping[str, Entry],
        removed: Mapping[str, frozenset[str]] | None = None,
        lifecycle: Lifecycle | None = None,
    ) -> Desired:
        keyed: dict[str, dict[str, Any]] = {name: {**entry, "routingKey": name} for name, entry in entries.items()}
        return super().desired(keyed, removed, lifecycle)


@pytest.fixture(params=["sandbox", *FIXTURES])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Opener]:
    if request.param == "sandbox":
        facts = model_facts("it", "test", brokers=1, version=CATALOGUE.providers["rabbitmq"].newest)
        return "sandbox", lambda: SandboxSession.open(tmp_path / "it.json", "it", "rabbitmq", facts, CATALOGUE)
    server: RabbitServer = request.getfixturevalue(FIXTURES[request.param])
    server.wipe()
    server.management.call("PUT", "vhosts", VHOST, body={})
    server.management.call("PUT", "queues", VHOST, QUEUE, body={"durable": True})
    return request.param, lambda: Topology(server).session(alias=Driver.alias)


@pytest.mark.parametrize(("sample", "level"), CELLS, ids=[f"{sample.kind}-{level.name}" for sample, level in CELLS])
def test_level(sample: Sample, level: Level, target: tuple[str, Opener], cell: set[str]) -> None:
    name, open_session = target
    cell.add(f"{name}/{sample.kind}/{level.name}")
    driver = BindingDriver if sample is BINDINGS else Driver
    level.prove(driver(CATALOGUE, "rabbitmq", open_session, sample))


def test_every_level_that_a_kind_is_without_is_a_level() -> None:
    known = {level.name for level in LEVELS}
    for sample in SAMPLES:
        assert sample.without.keys() <= known
        assert all(sample.without.values())
