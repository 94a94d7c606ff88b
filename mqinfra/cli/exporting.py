"""What is live in a project's scope, as resources that a manifest can declare: `export`, and `init` of a cluster."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mqinfra.cli.workspace import Workspace
from mqinfra.engine.selection import Selection
from mqinfra.manifest.writer import Resource
from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration, Desired, Lifecycle
from mqinfra.model.reading import Coverage, Reading
from mqinfra.providers.base.capabilities import rests_on
from mqinfra.providers.base.catalogue import Catalogue
from mqinfra.providers.base.kind import Kind
from mqinfra.providers.base.snapshot import Snapshot
from mqinfra.providers.base.verification.canary import is_of_run


def live_resources(
    workspace: Workspace, snapshots: Mapping[str, Snapshot], selection: Selection
) -> tuple[list[Resource], list[str]]:
    """Choose what is in scope and can be declared.

    Args:
        workspace: the project.
        snapshots: what was read, by alias.
        selection: what of it is asked for.

    Returns:
        the resources by address, and what was left out and why.
    """
    desired = workspace.loaded.desired
    chosen: list[Resource] = [
        (address, live.spec.declarable(), *_said(desired.declarations.get(address)))
        for snapshot in snapshots.values()
        for address, live in sorted(snapshot.reading.resources.items())
        if selection.covers(address, snapshot.reading.type, *told(desired, address))
        and desired.scope.owns(snapshot.reading.type, address)
        and not _internal(workspace.catalogue.kind(snapshot.reading.type, address.kind), address)
    ]
    return _parted(chosen, snapshots, workspace.catalogue)


def told(desired: Desired, address: Address) -> tuple[Mapping[str, str], str]:
    """Labels and file of what is live, for selectors; nothing and no file where no manifest declares it."""
    known = desired.declarations.get(address)
    return (known.labels, known.span.file) if known is not None else ({}, "")


def _said(known: Declaration | None) -> tuple[Mapping[str, str], Lifecycle]:
    """What the manifests say of it that no broker keeps."""
    return (known.labels, known.lifecycle) if known is not None else ({}, Lifecycle())


def _parted(
    chosen: Sequence[Resource], snapshots: Mapping[str, Snapshot], catalogue: Catalogue
) -> tuple[list[Resource], list[str]]:
    """Part what can be declared from what belongs to something that can't be, such as a queue of one connection."""
    kept: list[Resource] = []
    hanging: dict[tuple[str, str], list[tuple[Address, Address]]] = {}
    for item in chosen:
        reading = snapshots[item[0].cluster].reading
        missing = next(_missing(item[0], reading, catalogue), None)
        if missing is None:
            kept.append(item)
        else:
            hanging.setdefault((reading.alias, item[0].kind), []).append((item[0], missing))
    notes = [
        f"left out {len(some):,} of {alias}/{kind}, such as `{some[0][0]}`: `{some[0][1]}` can't be declared, because "
        "it belongs to a connection or to the broker"
        for (alias, kind), some in hanging.items()
    ]
    return kept, notes


def _missing(address: Address, reading: Reading, catalogue: Catalogue) -> Iterator[Address]:
    kind = catalogue.kind(reading.type, address.kind)
    for needed in rests_on(kind, address) if kind is not None else ():
        whole = reading.coverage.get(needed.kind) is Coverage.COMPLETE
        if (whole and needed not in reading.resources) or _internal(catalogue.kind(reading.type, needed.kind), needed):
            yield needed


def _internal(kind: Kind[Any] | None, address: Address) -> bool:
    return kind is None or kind.internal(address) is not None or is_of_run(address)
