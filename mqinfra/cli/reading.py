"""Reading whole clusters, for `export` and `snapshot`."""

from mqinfra.cli.workspace import Workspace
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.errors import UserError
from mqinfra.providers.base.snapshot import Snapshot


def read_everything(workspace: Workspace, *, figures: bool = False) -> tuple[dict[str, Snapshot], list[Diagnostic]]:
    """Read every kind of every cluster of the environment, by alias; also say why a cluster could not be read."""
    snapshots: dict[str, Snapshot] = {}
    found: list[Diagnostic] = []
    for alias in sorted(workspace.loaded.clusters):
        try:
            with workspace.opener(alias) as session:
                reading = session.read(dict.fromkeys(session.kinds))
                counted = session.figures(sorted(reading.resources)) if figures else {}
                snapshots[alias] = Snapshot(reading, counted)
        except UserError as error:
            found += error.diagnostics
    return snapshots, found
