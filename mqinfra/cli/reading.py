"""Reading whole clusters, for `export` and `snapshot`."""

from collections.abc import Iterator, Mapping, Sequence

from mqinfra.cli.workspace import Workspace
from mqinfra.engine import codes
from mqinfra.engine.selection import Selection
from mqinfra.model.address import Address
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.model.errors import UserError
from mqinfra.model.reading import Reading
from mqinfra.model.record import Owner
from mqinfra.providers.base.records import Stored
from mqinfra.providers.base.session import Session
from mqinfra.providers.base.snapshot import Snapshot

_HELP = "it is missing from the output; grant the permission, then run the same command again"


def read_everything(
    workspace: Workspace, selection: Selection | None = None, *, figures: bool = False, records: bool = False
) -> tuple[dict[str, Snapshot], list[Diagnostic]]:
    """Read every kind of every cluster of the environment, or of every one that a file stands in for, by alias.

    Args:
        workspace: the project.
        selection: what of it is asked for.
        figures: count messages and consumers.
        records: read the project's records too.

    Returns:
        what was read, and why a cluster, its records, or a selected part of the project's scope in it, could not be.
    """
    snapshots: dict[str, Snapshot] = {}
    found: list[Diagnostic] = []
    aliases = workspace.loaded.clusters.keys() if workspace.against is None else workspace.against.keys()
    for alias in sorted(aliases):
        try:
            with workspace.opener(alias) as session:
                reading = session.read(dict.fromkeys(session.kinds))
                counted = session.figures(sorted(reading.resources)) if figures else {}
                held, missing = _records(workspace, session) if records else ({}, ())
                snapshots[alias] = Snapshot(reading, counted, records=held)
                found += missing
        except UserError as error:
            found += error.diagnostics
        else:
            found += _unseen(workspace, reading, selection or Selection())
    return snapshots, found


def _records(workspace: Workspace, session: Session) -> tuple[Mapping[Owner, Stored], Sequence[Diagnostic]]:
    """The project's records on a cluster. A snapshot is of use without them, so that they are missing is a warning."""
    owner = Owner(workspace.loaded.desired.project, workspace.loaded.desired.environment)
    store = session.records(owner)
    if store is None:
        return {}, ()
    try:
        return {owner: store.load()}, ()
    except UserError as error:
        return {}, [found.model_copy(update={"severity": Severity.WARNING}) for found in error.diagnostics]


def _unseen(workspace: Workspace, reading: Reading, selection: Selection) -> Iterator[Diagnostic]:
    """What the project may own and could not be read. It must never pass for absent."""
    scope, kinds = workspace.loaded.desired.scope, workspace.catalogue.providers[reading.type].kinds
    for (name, *within), why in sorted(reading.unseen.items()):
        place = Address(reading.alias, name, tuple(within)) if within else None
        if place is None:
            owned = scope.has(reading.type, name)
        else:
            owned = scope.owns(reading.type, place) or scope.shares(reading.type, place)
        if owned and selection.may_cover_among(reading.alias, f"{reading.type}/{name}"):
            where = f" in `{within[0]}`" if within else ""
            message = f"`{reading.alias}/{name}`{where} can't be read: {why}"
            yield codes.DENIED.at(message, address=str(place or reading.alias), help=_HELP)
    for address, why in sorted(reading.denied.items()):
        kind = kinds[address.kind]
        wanted = scope.owns(reading.type, address) and selection.covers(address, reading.type, {}, "")
        if wanted and kind.internal(address) is None:
            message = f"{kind.title} `{address.name}` can't be seen: {why}"
            yield codes.DENIED.at(message, address=str(address), help=_HELP)
