"""What a connection's secrets may be, and that all that are missing are named at once, on every broker."""

import os
from collections.abc import Callable

import pytest

from tests.cli.conftest import Project
from tests.command import Ran

TLS = "tls: {certificate: c.pem, key: k.pem, keyPassword: {env: KEY}}"
BLOCKS = {
    "kafka": "{type: kafka, bootstrap: 'localhost:1', security: "
    "{TLS, sasl: {mechanism: SCRAM-SHA-512, username: u, password: {env: LOGIN}}}}".replace("TLS", TLS),
    "rabbitmq": "{type: rabbitmq, url: 'https://localhost:1', username: u, password: {env: LOGIN}, TLS}".replace(
        "TLS", TLS
    ),
    "redis": "{type: redis, nodes: ['localhost:1'], username: u, password: {env: LOGIN}, TLS}".replace("TLS", TLS),
}
SCOPES = "{kafka: {topics: [a.*]}, rabbitmq: {wholeCluster: true}, redis: {wholeCluster: true}}"


@pytest.fixture(params=BLOCKS)
def connected(request: pytest.FixtureRequest, project: Project) -> Callable[..., Ran]:
    name = str(request.param)
    text = (project.root / "mqinfra.yaml").read_text()
    text = text.replace('{kafka: {topics: ["orders.*"]}}', SCOPES).replace(
        "{kafka: {type: kafka, sandbox: true}}", f"{{{name}: {BLOCKS[name]}}}"
    )
    (project.root / "mqinfra.yaml").write_text(text)
    project.topology("apiVersion: mqinfra/v1\nkind: Topology\nmetadata: {name: nothing}\n")
    return project.mq


def test_all_that_are_missing_are_named(connected: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGIN", "KEY"):
        monkeypatch.delenv(name, raising=False)
    ran = connected("snapshot")
    assert ran.code == 1
    assert "error[MQ702]: the environment variable `LOGIN` is not set" in ran.err
    assert "error[MQ702]: the environment variable `KEY` is not set" in ran.err


def test_what_is_not_utf_8_is_named(connected: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (b"LOGIN", b"KEY"):
        monkeypatch.setitem(os.environb, name, b"hunter2\xff")
    for command in ("snapshot", "export"):
        ran = connected(command)
        assert ran.code == 1
        assert ran.err.count("is not UTF-8") == 2
        assert "hunter2" not in ran.err
        assert "MQ195" not in ran.err
