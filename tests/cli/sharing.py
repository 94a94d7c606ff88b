"""Projects that share sandboxes, by a clusters file beside them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from tests.command import Ran

TOPICS = {"partitions": 1, "replicationFactor": 3}


@dataclass(frozen=True)
class Sharing:
    """A folder of projects, each in a folder of its own.

    Attributes:
        root: the folder, with the clusters file.
        mq: runs the command line.
    """

    root: Path
    mq: "Callable[..., Ran]"

    def clusters(self, **more: object) -> None:
        types = ("kafka", "rabbitmq", "redis")
        self._write("clusters.yaml", {name: {"type": name, "sandbox": True} for name in types} | more)

    def project(
        self, name: str, scope: Mapping[str, Any], topology: Mapping[str, Any], environment: str = "prod"
    ) -> "Member":
        head = {"apiVersion": "mqinfra/v1"}
        project = {"kind": "Project", "metadata": {"name": name}, "manifests": ["topology.yaml"], "scope": scope}
        self._write(f"{name}/mqinfra.yaml", {**head, **project, "environments": {environment: {}}})
        self._write(f"{name}/topology.yaml", {**head, "kind": "Topology", "metadata": {"name": name}, **topology})
        return Member(self, name)

    def topics(self, name: str, *owned: str, **more: object) -> "Member":
        """A project with topics: those that are owned by name, and `created` of each prefix."""
        made = {pattern.replace("*", "created"): TOPICS for pattern in owned}
        return self.project(name, {"kafka": {"topics": list(owned), **more}}, {"kafka": {"topics": made}})

    def queues(self, name: str, vhosts: Mapping[str, Any], *queues: str) -> "Member":
        """A project with queues in `/shop`."""
        made: dict[str, Any] = {queue: {} for queue in queues}
        topology = {"rabbitmq": {"vhosts": {"/shop": {"queues": made}}}}
        return self.project(name, {"rabbitmq": {"vhosts": vhosts}}, topology)

    def live(self, alias: str) -> dict[str, Any]:
        path = self.root / ".mqinfra" / "sandbox" / "prod" / f"{alias}.json"
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["clusters"][alias]
        return found

    def _write(self, name: str, content: Mapping[str, Any]) -> None:
        path = self.root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


@dataclass(frozen=True)
class Member:
    """One of the projects."""

    sharing: Sharing
    name: str

    def mq(self, *arguments: str) -> "Ran":
        return self.sharing.mq("-C", str(self.sharing.root / self.name), *arguments)

    def plan(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.mq("plan", "-o", "json").out)
        return found

    def apply(self) -> "Member":
        ran = self.mq("apply", "--auto-approve")
        assert ran.code == 0, ran.err
        return self
