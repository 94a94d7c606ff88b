"""What is watched of an environment, as far as it is selected."""

from collections.abc import Mapping, Sequence

from mqinfra.cli.selecting import require_matches
from mqinfra.cli.workspace import Workspace
from mqinfra.engine.selection import Selection
from mqinfra.providers.base.monitoring.watched import Watched


def watched_by_cluster(workspace: Workspace, selection: Selection) -> Mapping[str, Sequence[Watched]]:
    """What is watched of what is selected, by cluster.

    Raises:
        UserError: a selector matches nothing.
    """
    desired = workspace.loaded.desired
    require_matches(selection, desired)
    chosen = selection.under(desired.names)
    return {
        alias: [
            one
            for one in workspace.catalogue.providers[system].watched(
                {address: item for address, item in desired.declarations.items() if address.cluster == alias}
            )
            if chosen.covers(one.address, system, one.labels, one.span.file)
        ]
        for alias, system in desired.clusters.items()
    }
