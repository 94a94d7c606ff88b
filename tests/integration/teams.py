"""Projects of several teams on one cluster, each in a folder of its own."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.brokers.fixtures import is_matrix
from tests.command import Ran, Running, inside, started

Owned = Callable[[], Mapping[str, Any]]
"""What is on the cluster, by names of which the owner can be told."""


@dataclass(frozen=True)
class Team:
    """One of the projects.

    Attributes:
        root: its folder.
        broker: type, and alias, of the cluster.
        block: the cluster's block.
        scope: what it owns there.
    """

    root: Path
    broker: str
    block: Mapping[str, Any]
    scope: Mapping[str, Any]

    @property
    def name(self) -> str:
        return self.root.name

    def declare(self, topology: Mapping[str, Any], removed: Iterable[str] = ()) -> None:
        """Write the project and its topology."""
        self.root.mkdir(parents=True, exist_ok=True)
        head = {"apiVersion": "mqinfra/v1", "metadata": {"name": self.name}}
        clusters = {self.broker: {"type": self.broker, **self.block}}
        project = {"manifests": ["topology.yaml"], "scope": {self.broker: dict(self.scope)}}
        self._write(
            "mqinfra.yaml", {**head, "kind": "Project", **project, "environments": {"it": {"clusters": clusters}}}
        )
        tombstones: dict[str, Any] = {f"{self.broker}/{address}": {} for address in removed}
        parts = {self.broker: dict(topology), **({"removed": tombstones} if tombstones else {})}
        self._write("topology.yaml", {**head, "kind": "Topology", **parts})

    def start(self, *arguments: str) -> Running:
        """Run a command line as a process of its own."""
        return started(self.root, *arguments)

    def run(self, *arguments: str) -> Ran:
        """Run a command line inside this process."""
        return inside(self.root, *arguments)

    def apply(self) -> None:
        """Apply what a reviewer saw, revocations with it."""
        digest = self.run("plan", "-q", "-o", "json").json()["digest"]
        ran = self.run("apply", "-q", "--expect", digest)
        assert ran.code == 0, ran.text

    def settled(self) -> None:
        """Nothing is left to do, and nothing of others is met or taken for left over."""
        ran = self.run("plan", "--detailed-exitcode", "-o", "json")
        assert ran.code == 0, ran.text
        assert not any(code in ran.err for code in ("MQ214", "MQ221")), ran.err
        assert ran.json()["undeclared"] == [], ran.out

    def _write(self, name: str, content: Mapping[str, Any]) -> None:
        (self.root / name).write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def at_once(teams: Sequence[Team]) -> None:
    """Apply them all side by side; each ends well."""
    running = [team.start("apply", "--auto-approve", "-q") for team in teams]
    for one in running:
        ran = one.end()
        assert ran.code == 0, ran.text


def one_by_one(teams: Iterable[Team], everything: Owned, owner: Callable[[str], str]) -> None:
    """Apply one after the other, and see each time that nothing but its own has changed.

    Args:
        teams: the projects, in the order in which they are applied.
        everything: what is on the cluster.
        owner: the project's name that a thing is of.
    """
    for team in teams:
        before = others(everything(), team, owner)
        team.apply()
        assert others(everything(), team, owner) == before, team.name


def others(found: Mapping[str, Any], team: Team, owner: Callable[[str], str]) -> dict[str, Any]:
    return {name: thing for name, thing in found.items() if owner(name) != team.name}


def orders(teams: Sequence[Team], config: pytest.Config, seed: int) -> Iterator[Sequence[Team]]:
    """Orders in which to apply them: one by chance, and in the matrix all."""
    every = sorted(permutations(teams), key=lambda some: [team.name for team in some])
    random.Random(seed).shuffle(every)  # noqa: S311 - the same orders on every machine, no secret
    yield from every if is_matrix(config) else every[:1]
