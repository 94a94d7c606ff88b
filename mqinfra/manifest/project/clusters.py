"""The clusters of an environment: inline blocks, or a file of the runner that may also grant less scope per project.

Separate from the project file because the clusters file may lie outside what a pull request can change.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from pathlib import Path
from types import MappingProxyType

from mqinfra.manifest import codes
from mqinfra.manifest.bind.binding import bind, hide_secrets
from mqinfra.manifest.bind.positions import Layers
from mqinfra.manifest.fields import Fields, wrong_type
from mqinfra.manifest.project.project import Environment, Project
from mqinfra.manifest.project.scopes import parse_scope, unsupported
from mqinfra.manifest.project.secret import Reach, not_allowed_help
from mqinfra.manifest.project.variables import Variables
from mqinfra.manifest.text.files import Files
from mqinfra.manifest.text.node import Map
from mqinfra.manifest.text.source import Place
from mqinfra.model.address import Address, AddressError
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.frozen import dataclass
from mqinfra.model.scope import Scope
from mqinfra.model.secret import SecretRef, references
from mqinfra.model.setting import closest
from mqinfra.providers.base.catalogue import Catalogue
from mqinfra.providers.base.provider import Cluster

GRANTS, SECRETS = "projects", "secrets"
_RECORDS = ("records",)
_NO_VARIABLES = "a clusters file can't use variables"


@dataclass(frozen=True, slots=True)
class Clusters:
    """What an environment runs on.

    Attributes:
        by_alias: usable clusters.
        types: broker type of every alias, also of one whose block has errors.
        grant: what the clusters file lets the project own; None when it does not say.
        file: the clusters file, if there is one.
        complete: no cluster is missing for want of a file or a type.
        reach: which secrets may be read; None for what the project's folder has.
    """

    by_alias: Mapping[str, Cluster] = field(default_factory=lambda: MappingProxyType({}))
    types: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    grant: Scope | None = None
    file: Path | None = None
    complete: bool = True
    reach: Reach | None = None


def read_clusters(
    project: Project,
    environment: Environment,
    catalogue: Catalogue,
    files: Files,
    runner: Path | None = None,
    *,
    thorough: bool = False,
) -> Clusters:
    """Read and check the clusters of an environment.

    Args:
        project: the project.
        environment: the environment.
        catalogue: known brokers and kinds.
        files: reads files.
        runner: a clusters file of whoever runs us. It counts alone, whatever the environment says of clusters.
        thorough: check what a grant says of brokers that the environment has no cluster of.
    """
    place, found = environment.clusters_place, files.found
    if runner is not None:
        return _of_file(runner, None, project, catalogue, files, thorough=thorough)
    if not isinstance(environment.clusters, str):
        by_alias, types = _blocks(environment.clusters, (), catalogue, found, Reach(project.root))
        return Clusters(by_alias, types, complete=_complete(environment.clusters, types))
    if "\0" in environment.clusters or not environment.clusters:
        found.append(place.report(codes.FILE, "not a path"))
        return Clusters(complete=False)
    return _of_file(project.root / environment.clusters, place, project, catalogue, files, thorough=thorough)


def _of_file(
    path: Path, named: Place | None, project: Project, catalogue: Catalogue, files: Files, *, thorough: bool
) -> Clusters:
    """What a clusters file says: clusters, what a project may own, and which secrets its manifests may refer to.

    Args:
        path: the file.
        named: where the project names it; None where whoever runs us does, which the project can't widen.
        project: the project.
        catalogue: known brokers and kinds.
        files: reads files.
        thorough: check what a grant says of brokers that the file has no cluster of.
    """
    document = _document(path, files, named)
    if document is None:
        return Clusters(file=path, complete=False, reach=Reach(project.root, (), ()) if named is None else None)
    root, at = document
    reach = Reach(project.root) if named is not None else None
    by_alias, types = _blocks(root, (GRANTS, SECRETS), catalogue, files.found, reach)
    fields = Fields(root, at, "a clusters file", files.found)
    checked = checked_types(catalogue, types, thorough=thorough)
    grant, own = _grant(fields, project, catalogue, checked, ("scope", SECRETS))
    secrets = _secrets(fields, own, at)
    reach = _runners(project, path, secrets, by_alias) if reach is None else _narrowed(reach, path, secrets, by_alias)
    return Clusters(by_alias, types, grant, path, complete=_complete(root, types), reach=reach)


def _runners(
    project: Project, path: Path, secrets: tuple[list[str], list[str]] | None, by_alias: Mapping[str, Cluster]
) -> Reach:
    """What manifests may refer to under a file of whoever runs us: what it says, and nothing where it says nothing."""
    base = Path(os.path.realpath(path)).parent
    variables, files = secrets or ([], [])
    return Reach(project.root, tuple(variables), tuple(base / text for text in files), _own(by_alias), base)


def _narrowed(
    reach: Reach, path: Path, secrets: tuple[list[str], list[str]] | None, by_alias: Mapping[str, Cluster]
) -> Reach:
    """What manifests may refer to under a file of the project: less than the project's folder has, and never more."""
    if secrets is None:
        return reach
    variables, files = secrets
    folder = Path(os.path.realpath(path)).parent
    root = reach.root.resolve()
    inside = tuple(folder / text for text in files if Path(os.path.realpath(folder / text)).is_relative_to(root))
    return replace(reach, env=tuple(variables), files=inside if files else None, own=_own(by_alias))


def _own(by_alias: Mapping[str, Cluster]) -> frozenset[SecretRef]:
    """The references of the clusters themselves, which no list of what manifests may refer to is about."""
    return frozenset(ref for cluster in by_alias.values() for _, ref in references(cluster.connection))


def _secrets(fields: Fields, own: Map | None, at: Place) -> tuple[list[str], list[str]] | None:
    """The variables and files that a clusters file lets manifests refer to; None where it does not say."""
    groups = [group for group in (fields.mapping(SECRETS), own) if group is not None]
    variables: list[str] = []
    files: list[str] = []
    for group in groups:
        given = Fields(group, at, f"`{SECRETS}`", fields.found)
        given.only(("env", "files"))
        variables += [text for text, _ in given.texts("env")]
        files += [text for text, _ in given.texts("files") if "\0" not in text]
    return (variables, files) if groups else None


def checked_types(catalogue: Catalogue, types: Mapping[str, str], *, thorough: bool) -> frozenset[str]:
    """The types of brokers whose words under `scope:` and `defaults:` are read.

    Args:
        catalogue: known brokers.
        types: broker types of the environment's clusters by alias.
        thorough: read those of all brokers, which imports their providers.
    """
    return frozenset(catalogue.types if thorough else types.values())


def _document(path: Path, files: Files, place: Place | None) -> tuple[Map, Place] | None:
    documents = files.documents(path, place)
    if not documents:
        return None
    root, at = documents[0]
    # It may be the runner's own, and no variable of a pull request changes what it says.
    root = Variables({}, "", files.found, files.limits, refusal=_NO_VARIABLES).fill(root, at)
    if not isinstance(root, Map) or len(documents) > 1:
        given = "several documents" if len(documents) > 1 else "something else"
        message = f"a clusters file must be one mapping of aliases to clusters, got {given}"
        files.found.append(at.report(codes.DOCUMENT, message))
        return None
    return root, at


def _blocks(
    node: Map | None, reserved: tuple[str, ...], catalogue: Catalogue, found: list[Diagnostic], reach: Reach | None
) -> tuple[dict[str, Cluster], dict[str, str]]:
    clusters: dict[str, Cluster] = {}
    types: dict[str, str] = {}
    for alias, block, key_place, value_place in node.entries() if node is not None else ():
        if alias in reserved:
            continue
        if not _is_alias(alias):
            hint = "use letters, digits, `.`, `_` and `-`"
            found.append(key_place.report(codes.CLUSTER, f"`{alias}` is not a valid cluster alias", help=hint))
        elif not isinstance(block, Map):
            found.append(wrong_type(value_place, f"cluster `{alias}`", "a mapping", block))
        else:
            broker = Fields(block, key_place, f"cluster `{alias}`", found).text("type", required=True)
            if broker is None:
                continue
            provider = catalogue.providers.get(broker)
            if provider is None:
                found.append(unsupported(block.value_place("type"), broker, f"cluster `{alias}`", catalogue))
                continue
            types[alias] = broker
            hide_secrets(provider.connection, block)
            connection = bind(provider.connection, block, Layers(key_place, (block,)), found, what=f"cluster `{alias}`")
            if connection is not None:
                clusters[alias] = Cluster(alias, connection)
                found += connection.findings(alias)
                layers = Layers(key_place, (block,))
                found += [
                    layers.places(path)[1].report(codes.NOT_ALLOWED_SECRET, why, help=not_allowed_help(reference))
                    for path, reference in references(connection)
                    if reach is not None and (why := reach.why_not(reference))
                ]
    found += [
        Layers(node.key_place(alias), (block,)).places(_RECORDS)[1].report(codes.CLUSTER, why, help=hint)
        for alias, cluster in clusters.items()
        if node is not None and isinstance(block := node.get(alias), Map)
        for why, hint in _of_keeper(cluster, clusters, types)
    ]
    return clusters, types


def _of_keeper(
    cluster: Cluster, clusters: Mapping[str, Cluster], types: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """What is wrong with the cluster that is to keep another one's records."""
    alias = cluster.connection.keeper
    if alias is None or (alias in types and alias not in clusters):  # its own block has errors, which are said
        return
    others = sorted(types.keys() - {cluster.alias})
    hint = f"expected one of: {', '.join(others)}" if others else "the environment has no other cluster"
    if alias == cluster.alias:
        yield f"`{alias}` has no place for records of its own", hint
    elif alias not in types:
        better = closest(alias, others)
        yield f"the environment has no cluster `{alias}`", f"did you mean `{better}`?" if better else hint
    elif (further := clusters[alias].connection.keeper) is not None:
        yield f"`{alias}` has its own records on `{further}`", f"name that one: `records: {further}`"


def _complete(node: Map | None, types: Mapping[str, str]) -> bool:
    return node is not None and len(types) == len(node.keys() - {GRANTS, SECRETS})


def _is_alias(text: str) -> bool:
    try:
        return Address.parse(f"{text}/kind/name").cluster == text
    except AddressError:
        return False


def _grant(
    fields: Fields, project: Project, catalogue: Catalogue, checked: frozenset[str], known: tuple[str, ...]
) -> tuple[Scope | None, Map | None]:
    """What the file lets the project own, and read of secrets. It gives nothing to a project that it does not name."""
    grants = fields.mapping(GRANTS)
    if grants is None:
        return Scope() if GRANTS in fields.node else None, None
    group = Fields(grants, fields.node.key_place(GRANTS), f"`{GRANTS}`", fields.found)
    node = group.mapping(project.name) if project.name in grants else None
    if node is None:
        return Scope(), None
    given = Fields(node, grants.key_place(project.name), f"`{GRANTS}.{project.name}`", fields.found)
    given.only(known)
    scope = given.mapping("scope", required=True)
    secrets = given.mapping(SECRETS) if SECRETS in known else None
    if scope is None:
        return Scope(), secrets
    owned = parse_scope(Fields(scope, node.key_place("scope"), "`scope`", fields.found), catalogue, checked)
    return owned, secrets
