"""A project in a folder of its own, and `mqinfra` run in it: inside this process, or as one that can be killed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from tests.command import Ran, Running, inside, started
from tests.integration.rabbitmq.e2e.amqp import GUEST, Login

if TYPE_CHECKING:
    import pytest

    from tests.brokers.rabbitmq.server import RabbitServer

LOGIN = "RABBITMQ_LOGIN"
WHOLE = {"wholeCluster": True}
RECORDS = "/global-parameters/mqinfra."
"""What the requests have in common that keep records."""
_PROJECT = """\
apiVersion: mqinfra/v1
kind: Project
metadata: {{name: shop}}
manifests: [topology/]
scope: {{rabbitmq: {scope}}}
environments:
  it:
    clusters:
      rabbit:
        type: rabbitmq
        url: {urls}
        amqp: {amqp}
        username: {user}
        password: {{env: {login}}}
"""
_HEAD = """\
apiVersion: mqinfra/v1
kind: Topology
metadata: {name: orders}
"""


class Project:
    """The project `shop` with the cluster `rabbit`, which is reached through the recording proxy."""

    def __init__(self, root: Path, server: RabbitServer, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self.server, self._monkeypatch = root, server, monkeypatch
        (root / "topology").mkdir(parents=True)
        monkeypatch.chdir(root)
        self.owns(WHOLE)

    def owns(self, scope: object, login: Login = GUEST) -> None:
        """Write what the project may own, and whom it logs in as."""
        self._monkeypatch.setenv(LOGIN, login[1])
        text = _PROJECT.format(
            scope=flow(scope),
            urls=flow(self.server.proxied_urls),
            amqp=flow([f"amqp://{self.server.host}:{node.ports.amqp}" for node in self.server.nodes]),
            user=login[0],
            login=LOGIN,
        )
        (self.root / "mqinfra.yaml").write_text(text, encoding="utf-8")

    def secret(self, name: str, value: str) -> None:
        """Set a variable of the environment that the manifests refer to."""
        self._monkeypatch.setenv(name, value)

    def declare(self, topology: Mapping[str, object], removed: Mapping[str, object] | None = None) -> None:
        """Declare this under `rabbitmq`, and these tombstones, and nothing else."""
        parts: dict[str, object] = {"rabbitmq": dict(topology)} if topology else {}
        parts |= {"removed": dict(removed)} if removed else {}
        self.text(yaml.safe_dump(parts, sort_keys=False, allow_unicode=True) if parts else "")

    def text(self, text: str, *, whole: bool = False) -> None:
        """Write the topology as it stands, its head included when it is whole."""
        (self.root / "topology" / "orders.yaml").write_text(text if whole else _HEAD + text, encoding="utf-8")

    def mq(self, *arguments: str) -> Ran:
        """Run a command line inside this process."""
        return inside(self.root, *arguments)

    def plan(self, *arguments: str, code: int = 0) -> Ran:
        """Plan, which never writes."""
        with self.nothing_written():
            ran = self.mq("plan", *arguments)
        assert ran.code == code, ran.text
        return ran

    def apply(self, *arguments: str, code: int = 0) -> Ran:
        ran = self.mq("apply", "--auto-approve", *arguments)
        assert ran.code == code, ran.text
        return ran

    def settled(self) -> None:
        """A second plan has no change, and a second apply sends no mutating request."""
        planned = self.plan("--detailed-exitcode")
        assert "No changes" in planned.out or "0 to create, 0 to update" in planned.out, planned.text
        with self.nothing_written():
            self.apply()

    def converge(self, *arguments: str) -> Ran:
        """Plan, apply, and see that nothing is left to do."""
        self.plan(*arguments)
        ran = self.apply(*arguments)
        self.settled()
        return ran

    def start(self, *arguments: str, env: Mapping[str, str] | None = None) -> Running:
        """Run a command line as a process of its own."""
        return started(self.root, *arguments, env=env)

    @contextmanager
    def nothing_written(self, *, but_records: bool = False) -> Iterator[None]:
        """The server is asked, and nothing that would change anything is sent, but for records where they may be."""
        proxy = self.server.proxy
        proxy.recorder.clear()
        yield
        assert (self.written() if but_records else [str(request) for request in proxy.mutating()]) == []
        assert proxy.recorder.requests, "nothing went through the proxy at all"

    def written(self) -> list[str]:
        """The requests that change resources, since the proxy was reset or cleared; records are none."""
        requests = [str(request) for request in self.server.proxy.mutating()]
        return [request for request in requests if RECORDS not in request]


def flow(value: object) -> str:
    """YAML of a value in one line."""
    return yaml.safe_dump(value, default_flow_style=True, width=10_000, allow_unicode=True).strip()
