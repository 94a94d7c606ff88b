"""The clusters of an environment: inline blocks, or a file of the runner that may also grant less scope per project.

Separate from the project file because the clusters file may lie outside what a pull request can change.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from mqinfra.manifest import codes
from mqinfra.manifest.binding import bind, hide_secrets
from mqinfra.manifest.fields import Fields, wrong_type
from mqinfra.manifest.files import Files
from mqinfra.manifest.node import Map
from mqinfra.manifest.positions import Layers
from mqinfra.manifest.project import Environment, Project
from mqinfra.manifest.scopes import parse_scope, unsupported
from mqinfra.model.address import Address, AddressError
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.scope import Scope
from mqinfra.providers.base.catalogue import Catalogue
from mqinfra.providers.base.provider import Cluster

GRANTS = "projects"


@dataclass(frozen=True)
class Clusters:
    """What an environment runs on.

    Attributes:
        by_alias: usable clusters.
        types: broker type of every alias, also of one whose block has errors.
        grant: what the clusters file lets the project own; None when it does not say.
        file: the clusters file, if there is one.
        complete: no cluster is missing for want of a file or a type.
    """

    by_alias: Mapping[str, Cluster] = field(default_factory=lambda: MappingProxyType({}))
    types: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    grant: Scope | None = None
    file: Path | None = None
    complete: bool = True


def read_clusters(project: Project, environment: Environment, catalogue: Catalogue, files: Files) -> Clusters:
    """Read and check the clusters of an environment."""
    place, found = environment.clusters_place, files.found
    if not isinstance(environment.clusters, str):
        by_alias, types = _blocks(environment.clusters, (), catalogue, found)
        return Clusters(by_alias, types, complete=_complete(environment.clusters, types))
    if "\0" in environment.clusters or not environment.clusters:
        found.append(place.report(codes.FILE, "this is no path"))
        return Clusters(complete=False)
    path = project.root / environment.clusters
    documents = files.documents(path, place)
    if not documents:
        return Clusters(file=path, complete=False)
    root, at = documents[0]
    if not isinstance(root, Map) or len(documents) > 1:
        given = "several documents" if len(documents) > 1 else "something else"
        message = f"a clusters file is one mapping from alias to cluster, not {given}"
        found.append(at.report(codes.DOCUMENT, message))
        return Clusters(file=path, complete=False)
    by_alias, types = _blocks(root, (GRANTS,), catalogue, found)
    grant = _grant(Fields(root, at, "a clusters file", found), project, catalogue)
    return Clusters(by_alias, types, grant, path, complete=_complete(root, types))


def _blocks(
    node: Map | None, reserved: tuple[str, ...], catalogue: Catalogue, found: list[Diagnostic]
) -> tuple[dict[str, Cluster], dict[str, str]]:
    clusters: dict[str, Cluster] = {}
    types: dict[str, str] = {}
    for alias, block, key_place, value_place in node.entries() if node is not None else ():
        if alias in reserved:
            continue
        if not _is_alias(alias):
            hint = "use letters, digits, `.`, `_` and `-`"
            found.append(key_place.report(codes.CLUSTER, f"`{alias}` is no alias for a cluster", help=hint))
        elif not isinstance(block, Map):
            found.append(wrong_type(value_place, f"cluster `{alias}`", "a mapping", block))
        else:
            broker = Fields(block, key_place, f"cluster `{alias}`", found).text("type", required=True)
            provider = catalogue.providers.get(broker or "")
            if broker is None:
                continue
            if provider is None:
                found.append(unsupported(block.value_place("type"), broker, f"cluster `{alias}`", catalogue))
                continue
            types[alias] = broker
            hide_secrets(provider.connection, block)
            connection = bind(provider.connection, block, Layers(key_place, (block,)), found, what=f"cluster `{alias}`")
            if connection is not None:
                clusters[alias] = Cluster(alias, connection)
                found += connection.findings(alias)
    return clusters, types


def _complete(node: Map | None, types: Mapping[str, str]) -> bool:
    return node is not None and len(types) == len(node.keys() - {GRANTS})


def _is_alias(text: str) -> bool:
    try:
        return Address.parse(f"{text}/kind/name").cluster == text
    except AddressError:
        return False


def _grant(fields: Fields, project: Project, catalogue: Catalogue) -> Scope | None:
    """A file that says what projects may own gives nothing to one that it does not name."""
    grants = fields.mapping(GRANTS)
    if grants is None:
        return Scope() if GRANTS in fields.node else None
    group = Fields(grants, fields.node.key_place(GRANTS), f"`{GRANTS}`", fields.found)
    node = group.mapping(project.name) if project.name in grants else None
    if node is None:
        return Scope()
    given = Fields(node, grants.key_place(project.name), f"`{GRANTS}.{project.name}`", fields.found)
    given.only(("scope",))
    scope = given.mapping("scope", required=True)
    if scope is None:
        return Scope()
    return parse_scope(Fields(scope, node.key_place("scope"), "`scope`", fields.found), catalogue)
