"""What can be told of a cluster's records and lock without changing anything."""

from collections.abc import Iterable

from mqinfra.engine.inventory.reading import read_inventory
from mqinfra.engine.survey import Opener
from mqinfra.model.cluster_status import ClusterStatus
from mqinfra.model.errors import UserError
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.record import Owner
from mqinfra.providers.base.session import Session


def read_statuses(
    aliases: Iterable[str], opener: Opener, owner: Owner, *, lock: bool = True
) -> tuple[ClusterStatus, ...]:
    """Read what each cluster says.

    Args:
        aliases: the clusters.
        opener: opens a session by alias.
        owner: whose records.
        lock: where the last apply has no end, find out whether it goes on.
    """
    return tuple(_status(alias, opener, owner, lock=lock) for alias in aliases)


def _status(alias: str, opener: Opener, owner: Owner, *, lock: bool) -> ClusterStatus:
    try:
        with opener(alias) as session:
            store = session.records(owner)
            inventory = read_inventory(session, owner)
            rights = store.rights if store is not None else ()
            unended = bool(inventory.runs) and not inventory.runs[0].finished
            running = _running(session, owner) if lock and unended else ""
            return ClusterStatus(alias, inventory, rights, running)
    except UserError as error:
        return ClusterStatus(alias, unreachable=error.diagnostics[0].message)


def _running(session: Session, owner: Owner) -> str:
    """Whether an apply without an end goes on. A lock tells only whoever tries it, so it is tried for a moment."""
    try:
        with session.lock(owner, f"status of {owner}, for a moment", 0):
            return "the lock is free, so it was killed; the next apply finishes what it began"
    except UserError as error:
        found = error.diagnostics[0].message
        return found if error.exit_code is ExitCode.LOCKED else f"whether it goes on can't be told: {found}"
