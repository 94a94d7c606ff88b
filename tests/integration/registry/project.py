"""A project in a folder of its own with a registry, and `mqinfra` run in it inside this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from tests.command import Ran, inside

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import pytest

_PROJECT = """\
apiVersion: mqinfra/v1
kind: Project
metadata: {{name: shop}}
manifests: [topology/]
scope: {{registry: {{wholeCluster: true}}}}
defaults: {{registry/subjects: {{lifecycle: {{adopt: true}}}}}}   # tests make by hand what a plan then changes
environments:
  it:
    clusters:
      registry: {block}
"""


class Project:
    """The project `shop` with the cluster `registry`; `written` says what was sent that changes something."""

    def __init__(
        self,
        root: Path,
        block: str,
        written: Callable[[], Sequence[object]],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        self.root = root
        self._written = written
        (root / "topology" / "schemas").mkdir(parents=True)
        (root / "mqinfra.yaml").write_text(_PROJECT.format(block=block), encoding="utf-8")
        monkeypatch.chdir(root)

    def file(self, name: str, text: str) -> None:
        """Write a schema's file."""
        (self.root / "topology" / "schemas" / name).write_text(text, encoding="utf-8")

    def declare(
        self,
        subjects: Mapping[str, object],
        removed: Mapping[str, object] | None = None,
        configuration: Mapping[str, object] | None = None,
    ) -> None:
        """Declare these subjects, tombstones and this global configuration, and nothing else."""
        registry: dict[str, object] = {"subjects": dict(subjects)} if subjects else {}
        if configuration is not None:
            registry["configuration"] = {"global": dict(configuration)}
        parts: dict[str, object] = {"apiVersion": "mqinfra/v1", "kind": "Topology", "metadata": {"name": "orders"}}
        parts |= {"registry": registry} if registry else {}
        parts |= {"removed": dict(removed)} if removed else {}
        text = yaml.safe_dump(parts, sort_keys=False)
        (self.root / "topology" / "orders.yaml").write_text(text, encoding="utf-8")

    def mq(self, *arguments: str, code: int = 0) -> Ran:
        """Run a command line inside this process."""
        ran = inside(self.root, *arguments)
        assert ran.code == code, ran.text
        return ran

    def plan(self, *arguments: str, code: int = 0) -> Ran:
        """Plan, which never writes."""
        before = len(self._written())
        ran = self.mq("plan", *arguments, code=code)
        assert len(self._written()) == before, self._written()[before:]
        return ran

    def converge(self) -> Ran:
        """Plan, apply, and see that a second plan has no change and a second apply sends nothing that writes."""
        planned = self.plan()
        self.mq("apply", "--auto-approve")
        assert "No changes" in self.plan("--detailed-exitcode").out
        before = len(self._written())
        self.mq("apply", "--auto-approve")
        assert len(self._written()) == before, self._written()[before:]
        return planned
