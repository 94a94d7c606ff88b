"""A project in a folder of its own, and mqinfra run in it inside this process, as often as a property test likes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.command import Ran, inside

Document = Mapping[str, Any]
"""The body of a topology document: its sections by broker, `removed`, `allowed`."""
SCOPE: Mapping[str, Any] = {
    "kafka": {"topics": ["shop.*"]},
    "rabbitmq": {"vhosts": ["/shop"], "users": ["w", "v"], "globalParameters": ["shop"]},
    "redis": {"keys": ["shop:*"], "users": ["r", "s"]},
}
SANDBOXES: Mapping[str, Any] = {name: {"type": name, "sandbox": True} for name in SCOPE}


@dataclass(frozen=True)
class Workspace:
    """A project with the environments that a test gives it.

    Attributes:
        root: its folder.
        environment: the one that commands are about.
    """

    root: Path
    environment: str = "local"

    def project(
        self,
        clusters: Mapping[str, Any] = SANDBOXES,
        scope: Mapping[str, Any] = SCOPE,
        *,
        name: str = "shop",
        others: Iterable[str] = (),
    ) -> None:
        """Write the project file; `others` are environments with the same clusters."""
        environments = {environment: {"clusters": dict(clusters)} for environment in (self.environment, *others)}
        project = {
            "apiVersion": "mqinfra/v1",
            "kind": "Project",
            "metadata": {"name": name},
            "manifests": ["topology/"],
            "scope": dict(scope),
            "environments": environments,
        }
        (self.root / "topology").mkdir(parents=True, exist_ok=True)
        (self.root / "mqinfra.yaml").write_text(_yaml(project), encoding="utf-8")

    def declare(self, *documents: Document, **named: Document) -> None:
        """Write these documents, a file each, and no others; unnamed ones are called `t0`, `t1`, ..."""
        folder = self.root / "topology"
        for path in folder.glob("*.yaml"):
            path.unlink()
        for name, document in {**{f"t{n}": each for n, each in enumerate(documents)}, **named}.items():
            head = {"apiVersion": "mqinfra/v1", "kind": "Topology", "metadata": {"name": name}}
            (folder / f"{name}.yaml").write_text(_yaml({**head, **document}), encoding="utf-8")

    def mq(self, command: str, *arguments: str) -> Ran:
        """Run a command for the environment; it never fails as no user should see it."""
        return inside(self.root, command, "-e", self.environment, *arguments)

    def plan(self, *options: str) -> dict[str, Any]:
        """The plan as JSON; it may be blocked."""
        found = self.try_plan(*options)
        assert found is not None, self.mq("plan", *options).text
        return found

    def try_plan(self, *options: str) -> dict[str, Any] | None:
        """The plan as JSON; None where the manifests are refused before there is one."""
        ran = self.mq("plan", "-q", "-o", "json", *options)
        assert ran.code in (0, 1, 3), ran.text
        found: dict[str, Any] = json.loads(ran.out)
        return found if found["kind"] == "Plan" else None

    def apply(self, *options: str) -> Ran:
        """Apply what is planned now, deletes of what is no longer declared included."""
        ran = self.mq("apply", "-q", "--expect", self.plan(*options)["digest"], *options)
        assert ran.code == 0, ran.text
        return ran

    def sandbox(self, alias: str) -> Path:
        return self.root / ".mqinfra" / "sandbox" / self.environment / f"{alias}.json"

    def live(self, *aliases: str) -> dict[str, Any]:
        """What there is on sandboxes, without the ids that differ from run to run."""
        found: dict[str, Any] = {}
        for alias in aliases or tuple(SANDBOXES):
            if self.sandbox(alias).exists():
                document = json.loads(self.sandbox(alias).read_text())
                found |= {a: each["spec"] for a, each in document["clusters"][alias]["resources"].items()}
        return found

    def records(self, alias: str) -> list[dict[str, Any]]:
        """The records on a sandbox: per owner its texts by key."""
        held: list[dict[str, Any]] = json.loads(self.sandbox(alias).read_text())["clusters"][alias].get("records", [])
        return held

    def keep_records(self, alias: str, records: Sequence[Mapping[str, Any]]) -> None:
        """Put records in place of those on a sandbox."""
        document = json.loads(self.sandbox(alias).read_text())
        document["clusters"][alias]["records"] = list(records)
        self.sandbox(alias).write_text(json.dumps(document))

    def copy(self, root: Path) -> Workspace:
        """The same project on the same state, in another folder."""
        shutil.copytree(self.root, root)
        return Workspace(root, self.environment)


def destroyed(plan: Mapping[str, Any]) -> set[str]:
    """What a plan deletes, makes again, or unsets because nobody declares it any more: addresses, and their fields."""
    found: set[str] = set()
    for change in plan["changes"]:
        if change["action"] in ("delete", "replace"):
            found.add(change["address"])
        for item in change["differences"]:
            if item["note"] == "not declared any more":
                found.add(f"{change['address']} {'.'.join(item['path'])}")
    return found


def made(plan: Mapping[str, Any]) -> set[str]:
    """What a plan creates."""
    return {change["address"] for change in plan["changes"] if change["action"] == "create"}


def _yaml(value: object) -> str:
    return yaml.dump(value, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=10_000)


class _Plain(yaml.SafeDumper):
    """Writes everything out: many anchors to one object are not how people write."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - a dumper's signature
        return True
