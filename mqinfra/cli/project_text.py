"""The text of a new project's files: what `init` and `convert` write."""

from collections.abc import Mapping, Sequence
from textwrap import indent

from mqinfra.manifest.project.project import API_VERSION

MANIFESTS = "topology"
SCHEMAS = ".mqinfra/schemas"
MODELINE = f"# yaml-language-server: $schema=../{SCHEMAS}/topology.schema.json\n"


def project_text(project: str, scope: Sequence[str], environments: Mapping[str, Sequence[str]]) -> str:
    """Write `mqinfra.yaml`.

    Args:
        project: its name.
        scope: what it may own, a block per broker.
        environments: the blocks of the clusters of each.
    """
    lines = [
        f"# yaml-language-server: $schema={SCHEMAS}/project.schema.json",
        f"apiVersion: {API_VERSION}",
        "kind: Project",
        "metadata:",
        f"  name: {project}",
        "",
        "manifests:",
        f"  - {MANIFESTS}/",
        "",
        "# What this project may own. Declaring outside it is an error.",
        "scope:",
        indent("".join(scope), "  ").rstrip("\n"),
        "",
        "environments:",
    ]
    for name, clusters in environments.items():
        lines += [f"  {name}:", "    clusters:", indent("".join(clusters), "      ").rstrip("\n")]
    return "\n".join(lines) + "\n"


def whole_scope(broker: str) -> str:
    """The scope of a project that owns all of a broker, to begin with."""
    return f"{broker}:\n  wholeCluster: true   # narrow it to names of your own where others use it, too\n"


def sandbox_block(broker: str) -> str:
    """The block of a cluster on the sandbox, under its broker's name."""
    return (
        f"{broker}:\n  type: {broker}\n  sandbox: true        # a file here; see docs/connections.md for a real one\n"
    )
