"""From a folder to `Desired`: the one entrance to the manifest layer. Everything wrong comes in one run."""

import gc
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from mqinfra.manifest import codes
from mqinfra.manifest.assembly.assembly import Assembly
from mqinfra.manifest.assembly.consents import Consents, Setting
from mqinfra.manifest.assembly.suppressions import read_suppressions
from mqinfra.manifest.assembly.topology import parse_topology
from mqinfra.manifest.findings import told
from mqinfra.manifest.project.clusters import Clusters, checked_types, read_clusters
from mqinfra.manifest.project.layering import Defaults, merged_defaults
from mqinfra.manifest.project.names import parse_names, renamed_scope
from mqinfra.manifest.project.policies import parse_policy, read_organisation, together
from mqinfra.manifest.project.project import FILE, Environment, Project, no_documents, parse_project
from mqinfra.manifest.project.pruning import parse_pruning
from mqinfra.manifest.project.scopes import intersection
from mqinfra.manifest.project.secret import Reach, not_allowed_help
from mqinfra.manifest.project.variables import Variables
from mqinfra.manifest.project.without import parse_without
from mqinfra.manifest.text.files import Files
from mqinfra.manifest.text.limits import Limits
from mqinfra.manifest.text.source import Place
from mqinfra.model.declaration import Desired
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.errors import UserError
from mqinfra.model.frozen import dataclass
from mqinfra.model.names import Names
from mqinfra.model.policy import Policy, Suppression
from mqinfra.model.secret import references
from mqinfra.model.setting import did_you_mean
from mqinfra.providers.base.catalogue import Catalogue
from mqinfra.providers.base.provider import Cluster


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the text of one environment says.

    Attributes:
        desired: as much as could be built; complete when no diagnostic is an error.
        clusters: the environment's clusters by alias, sound ones only.
        root: folder of `mqinfra.yaml`.
        files: number of manifest files.
        environments: names of all environments of the project.
        diagnostics: everything wrong with the text, in order.
        reach: which secrets may be read; None while the project can't be.
        defaults: what every entry of `BROKER/KIND` starts from, of the environment over the project's.
        sandboxes: folder that has the files of sandboxes: beside a clusters file of whoever runs us, so that all
            projects which it is given to share them; None for the project's own folder.
    """

    desired: Desired
    clusters: Mapping[str, Cluster]
    root: Path
    files: int
    environments: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]
    reach: Reach | None = None
    defaults: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: MappingProxyType({}))
    sandboxes: Path | None = None


def find_project(start: Path) -> Path:
    """Find the `mqinfra.yaml` of a folder, or of the nearest folder above it.

    Raises:
        UserError: there is none.
    """
    folder = Path(os.path.realpath(start))
    for candidate in (folder, *folder.parents):
        if os.path.isfile(candidate / FILE):  # noqa: PTH113 - the method raises where we may not look
            return candidate / FILE
    hint = f"change to the project's folder, or write a {FILE}: `mqinfra explain {codes.PROJECT.id}` shows one"
    help_ = (_misnamed(folder), hint)
    raise UserError([codes.PROJECT.at(f"no {FILE} in `{start}` or any folder above it", help=help_)])


def _misnamed(folder: Path) -> str:
    """Say which file of a folder looks as if it were meant: `mqinfra.yml`."""
    try:
        names = [path.name for path in folder.iterdir() if path.is_file()]
    except OSError:
        return ""
    from difflib import get_close_matches  # noqa: PLC0415 - only when something is wrong

    close = get_close_matches(FILE, names, n=1, cutoff=0.8)
    return f"rename `{close[0]}` to {FILE}" if close else ""


def load(
    start: Path,
    environment: str | None,
    catalogue: Catalogue,
    limits: Limits | None = None,
    today: date | None = None,
    clusters: Path | None = None,
    *,
    thorough: bool = False,
    policy: Path | None = None,
    manifests: Sequence[Path] | None = None,
    real_names: bool = True,
) -> Loaded:
    """Read one environment of the project around a folder.

    Args:
        start: the folder.
        environment: its name; None when the project has only one.
        catalogue: known brokers and kinds.
        limits: limits for reading `mqinfra.yaml`, which may set others for the rest.
        today: the day by which consent may end; the UTC date unless given.
        clusters: a clusters file of whoever runs us, which the project's own files can't replace.
        thorough: check also what `scope:` and `defaults:` say of brokers that the environment has no cluster of.
        policy: an organisation's policy file, which the project's own files can't weaken.
        manifests: files to read in place of the project's own, which policies are tried on.
        real_names: give things the names of the environment; else they are called as in the manifests.

    Raises:
        UserError: there is no project, the environment is unknown, or it is not clear which one is meant.
    """
    path = find_project(start)
    with _without_collector():
        runner = _Runner(clusters, policy, manifests, real_names)
        return _load(path, environment, catalogue, limits or Limits(), today or utc_today(), runner, thorough=thorough)


@dataclass(frozen=True, slots=True)
class _Runner:
    """What whoever runs us says, and no file of the project replaces; see `load`."""

    clusters: Path | None
    policy: Path | None
    manifests: Sequence[Path] | None
    real_names: bool


def environments(start: Path) -> tuple[str, ...]:
    """Names of the environments of the project around a folder, in order; none where `mqinfra.yaml` has errors.

    Raises:
        UserError: there is no project.
    """
    path = find_project(start)
    project = _project(path, Files(path.parent, Limits(), []))
    return tuple(project.environments) if project is not None else ()


def utc_today() -> date:
    """The day by which consent counts, the same for runners everywhere."""
    return datetime.now(UTC).date()


def _load(
    path: Path,
    environment: str | None,
    catalogue: Catalogue,
    limits: Limits,
    today: date,
    runner: _Runner,
    *,
    thorough: bool,
) -> Loaded:
    found: list[Diagnostic] = []
    files = Files(path.parent, limits, found)
    project = _project(path, files)
    name = _chosen(project, environment) if project is not None else None
    if project is None or name is None:
        names = tuple(project.environments) if project is not None else ()
        if project is not None:
            project.defaults(catalogue, checked_types(catalogue, {}, thorough=thorough))
        nothing = Desired("" if project is None else project.name, environment or "", MappingProxyType({}))
        return Loaded(nothing, MappingProxyType({}), path.parent, 0, names, told(found))
    files.limits = project.limits
    chosen = project.environment(name, found, runner=runner.clusters is not None)
    clusters = read_clusters(project, chosen, catalogue, files, runner.clusters, thorough=thorough)
    checked = checked_types(catalogue, clusters.types, thorough=thorough)
    reach = clusters.reach or Reach(path.parent)
    without = frozenset(
        item for item in (path, clusters.file and Path(os.path.realpath(clusters.file))) if item is not None
    )
    manifests = list(runner.manifests or files.manifests(list(project.manifests), without))
    policy = parse_policy(project.fields, tuple(project.environments))
    if runner.policy is not None:
        policy = together(read_organisation(runner.policy, files), policy, found)
    variables = Variables(chosen.variables, chosen.name, found, project.limits)
    weakest = project.defaults(catalogue, checked)
    defaults = {kind: variables.fill(node, Place(node.source, 0)) for kind, node in weakest.items()}
    weak = (chosen.defaults(catalogue, checked), defaults)
    desired = _desired(
        project, chosen, clusters, manifests, files, catalogue, checked, today, variables, weak, policy, runner
    )
    found += _secrets_out_of_reach(desired, reach)
    return Loaded(
        desired=desired,
        clusters=MappingProxyType(dict(clusters.by_alias)),
        root=path.parent,
        files=len(manifests),
        environments=tuple(project.environments),
        diagnostics=told(found),
        reach=reach,
        defaults=MappingProxyType(merged_defaults(weak)),
        sandboxes=Path(os.path.realpath(runner.clusters)).parent if runner.clusters is not None else None,
    )


def _secrets_out_of_reach(desired: Desired, reach: Reach) -> Iterator[Diagnostic]:
    """Find the references of manifests to what the project may not read."""
    for address, item in desired.declarations.items():
        if not item.spec.secret_fields():
            continue
        for path, reference in references(item.spec):
            why = reach.why_not(reference)
            if why:
                span = item.positions.span(path) or item.span
                yield codes.NOT_ALLOWED_SECRET.at(
                    why, span=span, address=str(address), help=not_allowed_help(reference)
                )


@contextmanager
def _without_collector() -> Iterator[None]:
    """Everything that is made here stays, so that looking for cycles in it again and again finds nothing.

    It costs a third of the time for 50,000 resources, and more than linearly so.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _project(path: Path, files: Files) -> Project | None:
    documents = files.documents(path)
    if len(documents) == 1:
        return parse_project(documents[0], path.parent, files.limits, files.found)
    if len(documents) > 1:
        message = f"{FILE} must be one document; a second one begins here"
        files.found.append(documents[1].place.report(codes.DOCUMENT, message))
    elif not files.broken:
        files.found.append(no_documents(FILE, "Project"))
    return None


def _chosen(project: Project, asked: str | None) -> str | None:
    names = sorted(project.environments)
    if asked is not None and names and asked not in names:
        message = f"project `{project.name}` has no environment `{asked}`"
        close = did_you_mean(asked, names)
        hints = (close if close.startswith("did you mean") else "", f"known: {', '.join(names)}")
        raise UserError([codes.ENVIRONMENT.at(message, help=hints)])
    if asked is None and len(names) > 1:
        message = f"project `{project.name}` has {len(names)} environments, and none was selected"
        raise UserError([codes.ENVIRONMENT.at(message, help=f"add -e with one of: {', '.join(names)}")])
    if names:
        return asked if asked is not None else names[0]
    return None


def _desired(
    project: Project,
    environment: Environment,
    clusters: Clusters,
    manifests: list[Path],
    files: Files,
    catalogue: Catalogue,
    checked: frozenset[str],
    today: date,
    variables: Variables,
    weak: tuple[Defaults, ...],
    policy: Policy,
    runner: _Runner,
) -> Desired:
    found = files.found
    names = parse_names(environment.layers, catalogue, checked, clusters.types) if runner.real_names else Names()
    without = parse_without(environment.layers, catalogue, checked)
    assembly = Assembly(weak, environment.overrides, catalogue, files, clusters.types, names, without)
    setting = Setting(environment.name, tuple(project.environments), today, weak, environment.overrides, names, without)
    consents = Consents(clusters, catalogue, setting, found)
    topologies: set[str] = set()
    suppressions: list[Suppression] = []
    for path in manifests:
        before = len(found)
        documents = [document for document in files.documents(path) if document.root is not None]
        if not documents and len(found) == before:
            found.append(no_documents(files.shown(path), "Topology"))
        for document in documents:
            topology = parse_topology(document, variables, clusters, catalogue, checked, found)
            if topology is None:
                files.broken = True
                continue
            topologies.add(topology.name)
            assembly.add(topology)
            consents.add(topology)
            suppressions += read_suppressions(topology, today, found)
    assembly.finish()
    if not files.broken:
        assembly.unmatched()
    scope = renamed_scope(project.scope(variables, catalogue, checked), names, catalogue)
    unpruned = [parse_pruning(fields, catalogue, checked) for fields in (project.fields, environment.layers)]
    return Desired(
        project=project.name,
        environment=environment.name,
        production=environment.production,
        declarations=MappingProxyType(assembly.declarations),
        tombstones=MappingProxyType(consents.tombstones),
        allowed=MappingProxyType(consents.allowed),
        topologies=frozenset(topologies),
        vanished=MappingProxyType(consents.vanished),
        unpruned=frozenset().union(*unpruned),
        names=names,
        without=replace(without, declared=assembly.left_out),
        policy=replace(policy, suppressions=tuple(suppressions)),
        clusters=MappingProxyType(dict(sorted(clusters.types.items()))),
        scope=scope
        if clusters.grant is None
        else intersection(scope, clusters.grant, files.shown(clusters.file or project.root)),
    )
