"""A project in a folder of its own, and `mqinfra` run in it: inside this process, or as one that can be interrupted."""

from __future__ import annotations

from pathlib import Path

from tests.command import Ran, Running, inside, started

_PROJECT = """\
apiVersion: mqinfra/v1
kind: Project
metadata: {{name: {name}}}
manifests: [topology/]
scope: {{kafka: {scope}}}
defaults: {defaults}
environments:
  it:
    clusters:
{clusters}
"""
_HEAD = """\
apiVersion: mqinfra/v1
kind: Topology
metadata: {name: orders}
"""


class Shop:
    """A project with one environment, whose clusters and topics a test sets.

    Attributes:
        root: its folder.
        name: its name.
        scope: what it owns on Kafka, as a YAML flow mapping.
        defaults: its defaults, likewise; tests make by hand what a plan then changes.
    """

    name = "shop"
    scope = '{topics: ["orders.*"]}'
    defaults = "{kafka/topics: {lifecycle: {adopt: true}}}"

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "topology").mkdir(parents=True)

    def clusters(self, **blocks: str) -> None:
        """Write the clusters, one YAML flow mapping per alias."""
        lines = "\n".join(f"      {alias}: {block}" for alias, block in blocks.items())
        text = _PROJECT.format(name=self.name, scope=self.scope, defaults=self.defaults, clusters=lines)
        (self.root / "mqinfra.yaml").write_text(text)

    def topics(self, *entries: str, removed: tuple[str, ...] = (), alias: str = "kafka") -> None:
        """Write the topology `ALIAS.yaml`: on the cluster `kafka` its first topic stands in line 6, four blanks in."""
        where = [] if alias == "kafka" else [f"  cluster: {alias}"]
        lines = ["kafka:", *where, "  topics:", *(f"    {entry}" for entry in entries)] if entries else []
        lines += ["removed:", *(f"  {alias}/topics/{entry}" for entry in removed)] if removed else []
        self.topology("\n".join(lines) + "\n", alias)

    def topology(self, text: str, name: str) -> None:
        (self.root / "topology" / f"{name}.yaml").write_text(_HEAD + text)

    def start(self, *arguments: str, env: dict[str, str] | None = None) -> Running:
        """Run a command line as a process of its own."""
        return started(self.root, *arguments, env=env)

    def run(self, *arguments: str, env: dict[str, str] | None = None) -> Ran:
        """Run a command line inside this process, which saves what starting one takes.

        A verification runs by itself: the clients that it makes and has cut off end with its process.
        """
        if arguments[0] == "verify":
            return self.start(*arguments, env=env).end()
        return inside(self.root, *arguments, env=env)

    def apply(self, *arguments: str) -> Ran:
        """Apply without asking; the report is JSON on stdout."""
        return self.run("apply", "--auto-approve", "-o", "json", *arguments)

    def save_plan(self, *arguments: str) -> Path:
        ran = self.run("plan", "-q", "-o", "json=plan.json", *arguments)
        assert ran.code == 0, ran.text
        return self.root / "plan.json"

    def apply_saved(self, *arguments: str) -> Ran:
        return self.run("apply", "plan.json", "-o", "json", *arguments)


def outcomes(ran: Ran) -> dict[str, str]:
    """Topic → how its change ended, from a report on stdout; `already` for what had been done before."""
    return {
        str(result["address"]).rpartition("/")[2]: "already" if result["already"] else str(result["outcome"])
        for result in ran.json()["results"]
    }
