"""What is live, written as manifests: `export` in one or several, and `init --from` in one for each cluster."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType

from mqinfra.cli.declared import AsDeclared
from mqinfra.cli.workspace import Workspace
from mqinfra.manifest.shorthand import NO_SHORTHAND
from mqinfra.manifest.writer import Resource, write_topology
from mqinfra.model.address import Address
from mqinfra.model.setting import Unit
from mqinfra.model.span import Path
from mqinfra.providers.base.catalogue import Catalogue

Named = Mapping[Address, Mapping[str, tuple[str, str]]]
"""Fields that stand in files, as `write_topology` takes them."""
Grouping = Callable[[Sequence[Resource]], Mapping[str, Sequence[Resource]]]
"""Spreads resources, by their declared names, over documents by name."""


def documents(
    workspace: Workspace,
    declared: AsDeclared,
    grouping: Grouping,
    named: Named = MappingProxyType({}),
) -> dict[str, str]:
    """Write resources.

    Args:
        workspace: the project.
        declared: what is live.
        grouping: what goes where.
        named: texts in files of their own, by declared names.

    Returns:
        documents by name; one of which sugar elsewhere left nothing is none.
    """
    desired = workspace.loaded.desired
    promises = {
        desired.names.declared(address): known.promises
        for address, known in desired.declarations.items()
        if known.promises
    }
    every = frozenset(item[0] for item in declared.resources)
    texts: dict[str, str] = {}
    for name, some in grouping(declared.resources).items():
        part = declared.short.within(frozenset(item[0] for item in some), every)
        if part is not None or not some:
            texts[name] = write_topology(
                name,
                some,
                desired.clusters,
                placements=workspace.placements,
                defaults=workspace.loaded.defaults,
                texts=named,
                short=part or NO_SHORTHAND,
                promises=promises,
                units=partial(_unit, workspace.catalogue),
            )
    return texts


def _unit(catalogue: Catalogue, kind: str, path: Path) -> Unit | None:
    broker, _, name = kind.partition("/")
    found = catalogue.kind(broker, name)
    return found.unit(path) if found is not None else None
