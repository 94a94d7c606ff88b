"""What `status` and `history` share: the records of each cluster are read, and printed as text or JSON."""

from collections.abc import Callable, Sequence

from mqinfra.cli.claims import owner_of
from mqinfra.cli.console import Console
from mqinfra.cli.output import Target, emit
from mqinfra.cli.where import Where
from mqinfra.cli.workspace import open_workspace, require_valid
from mqinfra.engine.inventory.status import read_statuses
from mqinfra.model.cluster_status import ClusterStatus
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.record import Owner
from mqinfra.render.terminal import Style

FORMATS = ("text", "json")


def print_statuses(
    where: Where,
    targets: tuple[Target, ...],
    timeout: float,
    talk: Console,
    text: Callable[[Owner, Sequence[ClusterStatus], Style], str],
    json: Callable[[Owner, Sequence[ClusterStatus]], str],
    *,
    lock: bool,
) -> ExitCode:
    """Read what each cluster of the environment says of the project, and print it; exit code 1 if one can't be reached.

    Args:
        where: the environment.
        targets: where it goes.
        timeout: seconds to wait for a cluster.
        talk: the console.
        text: writes it for people.
        json: writes it for programs.
        lock: where the last apply has no end, find out whether it goes on.
    """
    workspace = require_valid(open_workspace(where, timeout=timeout))
    owner = owner_of(workspace)
    found = read_statuses(sorted(workspace.loaded.clusters), workspace.opener, owner, lock=lock)
    emit(targets, {"text": lambda: text(owner, found, talk.out_style), "json": lambda: json(owner, found)}, talk)
    return ExitCode.ERROR if any(status.unreachable for status in found) else ExitCode.OK
