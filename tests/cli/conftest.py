"""A project in a folder of its own, and the command line run inside this process."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from mqinfra.cli.main import run
from tests.cli.sharing import Sharing
from tests.command import Ran

PROJECT = """\
apiVersion: mqinfra/v1
kind: Project
metadata: {name: shop}
manifests: [topology/]
scope: {kafka: {topics: ["orders.*"]}}
environments:
  local:
    clusters: {kafka: {type: kafka, sandbox: true}}
"""
TOPOLOGY = """\
apiVersion: mqinfra/v1
kind: Topology
metadata: {name: orders, labels: {team: orders}}
kafka:
  topics:
    orders.created: {partitions: 12, config: {retention.ms: 7d}}
    orders.cancelled: {partitions: 6}
"""
EVERY_BROKER = """\
apiVersion: mqinfra/v1
kind: Project
metadata: {name: shop}
manifests: [topology/]
scope:
  kafka: {wholeCluster: true}
  rabbitmq: {wholeCluster: true}
  redis: {wholeCluster: true}
environments:
  local:
    clusters:
      kafka: {type: kafka, sandbox: true}
      rabbitmq: {type: rabbitmq, sandbox: true}
      redis: {type: redis, sandbox: true}
"""
HEAD = "apiVersion: mqinfra/v1\nkind: Topology\nmetadata: {name: shop}\n"


@dataclass(frozen=True)
class Project:
    root: Path
    mq: Callable[..., Ran]

    def topology(self, text: str, name: str = "orders.yaml") -> None:
        (self.root / "topology" / name).write_text(text, encoding="utf-8")

    def topics(self, entries: str, removed: str = "") -> None:
        head = TOPOLOGY.split("kafka:", maxsplit=1)[0]
        self.topology(head + (f"kafka:\n  topics:\n{entries}" if entries else "") + removed)

    @property
    def sandbox(self) -> Path:
        return self.root / ".mqinfra" / "sandbox" / "local" / "kafka.json"

    def live(self) -> Mapping[str, dict[str, object]]:
        if not self.sandbox.exists():
            return {}
        resources: Mapping[str, dict[str, object]] = json.loads(self.sandbox.read_text())["clusters"]["kafka"][
            "resources"
        ]
        return resources

    def by_hand(self, change: Callable[[dict[str, dict[str, object]]], None]) -> None:
        """Somebody changes the cluster behind our back."""
        document = json.loads(self.sandbox.read_text())
        change(document["clusters"]["kafka"]["resources"])
        self.sandbox.write_text(json.dumps(document))


@contextmanager
def _folder_kept() -> Iterator[None]:
    """Work in the current folder, and be there again afterwards; also in one that is gone."""
    try:
        Path.cwd()
    except FileNotFoundError:
        yield
        return
    with chdir("."):
        yield


@pytest.fixture
def mq(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    def call(*arguments: str) -> Ran:
        capsys.readouterr()
        with _folder_kept():  # `-C` is for one command
            code = run(list(arguments))
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return call


@pytest.fixture
def begin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mq: Callable[..., Ran]) -> Callable[[str], Project]:
    """Begin a project in the current folder by its manifest."""

    def begun(manifest: str) -> Project:
        (tmp_path / "topology").mkdir()
        (tmp_path / "mqinfra.yaml").write_text(manifest, encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        return Project(tmp_path, mq)

    return begun


@pytest.fixture
def project(begin: Callable[[str], Project]) -> Project:
    found = begin(PROJECT)
    found.topology(TOPOLOGY)
    return found


@pytest.fixture
def sharing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mq: Callable[..., Ran]) -> Sharing:
    """A folder of projects that share sandboxes."""
    found = Sharing(tmp_path, mq)
    found.clusters()
    monkeypatch.setenv("MQINFRA_CLUSTERS", str(tmp_path / "clusters.yaml"))
    return found
