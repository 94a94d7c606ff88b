"""The conformance suite for vhosts, users, permissions and parameters: the sandbox and both servers keep the same."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mqinfra.providers.base.session import Session
from mqinfra.providers.conformance.driver import Driver
from mqinfra.providers.conformance.levels import LEVELS, Level
from mqinfra.providers.conformance.sample import Sample
from mqinfra.providers.rabbitmq.samples.accounts import (
    GLOBAL_PARAMETERS,
    PARAMETERS,
    PERMISSIONS,
    TOPIC_PERMISSIONS,
    USER,
    USERS,
    VHOST,
    VHOSTS,
)
from mqinfra.providers.sandbox.model_session import model_facts
from mqinfra.providers.sandbox.session import SandboxSession
from tests.brokers.fixtures import RABBITMQ
from tests.brokers.rabbitmq.server import RabbitServer
from tests.integration.rabbitmq.provider.account_plans import CATALOGUE, accounts_on

Opener = Callable[[], Session]
SAMPLES = (VHOSTS, USERS, PERMISSIONS, TOPIC_PERMISSIONS, PARAMETERS, GLOBAL_PARAMETERS)
CELLS = [(sample, level) for sample in SAMPLES for level in LEVELS if level.name not in sample.without]
FIXTURES = {f"rabbitmq-{line}": fixture for line, fixture in RABBITMQ.items()}


@pytest.fixture(params=["sandbox", *FIXTURES])
def target(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, Opener, RabbitServer | None]:
    if request.param == "sandbox":
        facts = model_facts("it", "test", brokers=1, version=CATALOGUE.providers["rabbitmq"].newest)
        return "sandbox", lambda: SandboxSession.open(tmp_path / "it.json", "it", "rabbitmq", facts, CATALOGUE), None
    server: RabbitServer = request.getfixturevalue(FIXTURES[request.param])
    return request.param, accounts_on(server, monkeypatch).open_session, server


@pytest.mark.parametrize(("sample", "level"), CELLS, ids=[f"{sample.kind}-{level.name}" for sample, level in CELLS])
def test_level(sample: Sample, level: Level, target: tuple[str, Opener, RabbitServer | None], cell: set[str]) -> None:
    name, open_session, server = target
    if server is not None:
        make_what_it_lies_in(sample, level, server)
    cell.add(f"{name}/{sample.kind}/{level.name}")
    level.prove(Driver(CATALOGUE, "rabbitmq", open_session, sample))


def make_what_it_lies_in(sample: Sample, level: Level, server: RabbitServer) -> None:
    users = [USER] if sample is TOPIC_PERMISSIONS else []
    names = [sample.name(number) for number in range(200 if level.name == "many" else 20)]
    if sample is PERMISSIONS:
        users = names
    if sample.under:
        server.management.call("PUT", "vhosts", VHOST, body={})
    for user in users:
        server.management.call("PUT", "users", user, body={"password_hash": "", "tags": ""})
    # From 4.3 a topic permission is refused without its exchange.
    for exchange in names if sample is TOPIC_PERMISSIONS and server.since("4.3") else ():
        server.management.call("PUT", "exchanges", VHOST, exchange, body={"type": "topic", "durable": True})


def test_every_level_that_a_kind_is_without_is_a_level() -> None:
    known = {level.name for level in LEVELS}
    for sample in SAMPLES:
        assert sample.without.keys() <= known
        assert all(sample.without.values())
