"""Examples as projects to apply and verify: most are one, `many-projects` has several that share their clusters."""

import shutil
from dataclasses import dataclass
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"
_CLUSTERS = "clusters.yaml"
_FIRST = "platform"
"""The project of several that makes what the others need."""
_REFUSED = "refused.txt"
"""What stands beside a project that shows how it is refused."""


@dataclass(frozen=True)
class ExampleProject:
    """A project of an example.

    Attributes:
        name: `work-queue`, or `many-projects/orders`.
    """

    name: str

    @property
    def _top(self) -> Path:
        return EXAMPLES / Path(self.name).parts[0]

    @property
    def manifests(self) -> list[Path]:
        """Its topology."""
        return sorted((EXAMPLES / self.name / "topology").glob("*.yaml"))

    @property
    def clusters(self) -> Path:
        """The file that says where its clusters are: of its own, or that of all projects of the example."""
        return self._shared if self._shared.exists() else EXAMPLES / self.name / "mqinfra.yaml"

    @property
    def _shared(self) -> Path:
        return self._top / _CLUSTERS

    def copied(self, to: Path) -> "Copied":
        """Copy the whole example, without what was done with it."""
        shutil.copytree(self._top, to, ignore=shutil.ignore_patterns(".mqinfra"))
        root = to.joinpath(*Path(self.name).parts[1:])
        shared = to / _CLUSTERS
        first = [to / _FIRST] if (to / _FIRST).exists() and root.name != _FIRST else []
        if not shared.exists():
            return Copied(root, root / "mqinfra.yaml", (), {})
        return Copied(root, shared, tuple(first), {"MQINFRA_CLUSTERS": str(shared)})


@dataclass(frozen=True)
class Copied:
    """A copy of one.

    Attributes:
        root: the project's folder.
        clusters: the file with its clusters.
        first: folders of projects that have to be applied before.
        environment: variables by which its clusters are found.
    """

    root: Path
    clusters: Path
    first: tuple[Path, ...]
    environment: dict[str, str]


def projects() -> list[ExampleProject]:
    """All that can be applied."""
    files = [*EXAMPLES.glob("*/mqinfra.yaml"), *EXAMPLES.glob("*/*/mqinfra.yaml")]
    some = [path.parent for path in files if not (path.parent / _REFUSED).exists()]
    return [ExampleProject(name) for name in sorted(path.relative_to(EXAMPLES).as_posix() for path in some)]
