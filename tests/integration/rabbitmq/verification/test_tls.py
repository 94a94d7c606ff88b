"""A server with TLS: with plain ports beside it, and without."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.brokers.ports import HOST, free_ports
from tests.brokers.rabbitmq.release import DEFAULT, installed
from tests.brokers.rabbitmq.server import RabbitServer, Settings
from tests.brokers.tls import make_identity
from tests.integration.rabbitmq.e2e.project import Project
from tests.integration.rabbitmq.verification.verified import VHOST, verify
from tests.integration.verified import results


@pytest.fixture
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitServer]:
    folder = tmp_path_factory.mktemp("rabbitmq")
    identity = make_identity(folder / "tls")
    (port,) = free_ports(1)
    files = {"cacertfile": identity.ca_file, "certfile": identity.keystore, "keyfile": identity.keystore}
    config = {"listeners.ssl.1": f"{HOST}:{port}", "ssl_options.versions.1": "tlsv1.2"}
    config |= {f"ssl_options.{name}": str(path) for name, path in files.items()}
    server = RabbitServer(installed(DEFAULT), folder / "server", Settings(config=config))
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture
def project(secured: RabbitServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    return Project(tmp_path / "shop", secured, monkeypatch)


def by_tls(project: Project, **tls: object) -> None:
    """Have the project come by TLS for messages."""
    path = project.root / "mqinfra.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    config = project.server.settings.config
    block = document["environments"]["it"]["clusters"]["rabbit"]
    block |= {"amqp": f"amqps://{config['listeners.ssl.1']}", "tls": tls or {"ca": config["ssl_options.cacertfile"]}}
    path.write_text(yaml.safe_dump(document), encoding="utf-8")


def test_v33_fails_while_plain_listeners_are_open_beside_the_one_with_tls(project: Project) -> None:
    project.declare({"vhosts": {VHOST: {"queues": {"orders": {"type": "classic"}}}}})
    by_tls(project)
    project.apply()
    found = verify(project, "--only", "V33", code=7)
    assert results(found) == {"V33 rabbit": "fail"}
    assert f"also listens without TLS on port {project.server.amqp_port} (amqp)" in found["V33 rabbit"]["evidence"]


def test_v34_passes_with_a_good_certificate_and_fails_where_nobody_checks_it(project: Project) -> None:
    project.declare({"vhosts": {VHOST: {"queues": {"orders": {"type": "classic"}}}}})
    by_tls(project)
    project.apply()
    found = verify(project, "--only", "V34")
    assert results(found) == {"V34 rabbit": "pass"}, found
    by_tls(project, verify=False)
    found = verify(project, "--only", "V34", code=7)
    assert "does not check certificates" in found["V34 rabbit"]["evidence"]
