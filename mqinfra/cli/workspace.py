"""The workspace: the project around the working directory, and how its clusters are opened."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

from mqinfra.checks.policy.codes import UNKNOWN_CODE
from mqinfra.cli.failure import library_missing
from mqinfra.cli.where import Where
from mqinfra.engine.survey import Opener
from mqinfra.manifest.codes import PROJECT
from mqinfra.manifest.loader import Loaded, environments, load
from mqinfra.manifest.project.secret import Reach, resolver
from mqinfra.model.diagnostic import Diagnostic, has_errors, in_order
from mqinfra.model.errors import UserError
from mqinfra.model.policy import Policy
from mqinfra.model.reading import Reading, Source
from mqinfra.model.scrub import Secrets
from mqinfra.model.secret import missing, references
from mqinfra.model.setting import suggestion
from mqinfra.providers.base import codes
from mqinfra.providers.base.catalogue import Catalogue, installed
from mqinfra.providers.base.keeper import Keeper, kept_name
from mqinfra.providers.base.placement import Placement
from mqinfra.providers.base.provider import Cluster, SandboxOptions
from mqinfra.providers.base.session import Session
from mqinfra.providers.base.snapshot import Snapshot, SnapshotError
from mqinfra.providers.sandbox.model_session import ModelSession
from mqinfra.providers.sandbox.session import SandboxSession


@dataclass(frozen=True)
class Workspace:
    """A loaded environment of a project.

    Attributes:
        loaded: what the manifests say.
        catalogue: the brokers and kinds that are known.
        timeout: seconds to wait for a broker.
        against: snapshots that stand in for the clusters; None for the clusters themselves.
    """

    loaded: Loaded
    catalogue: Catalogue
    timeout: float = 60.0
    against: Mapping[str, Snapshot] | None = None

    @cached_property
    def secrets(self) -> Secrets:
        """The secrets of the run, one for all clusters: what one broker says may repeat the password of another."""
        return Secrets(resolver(self.loaded.reach or Reach(self.loaded.root)))

    @property
    def placements(self) -> Mapping[str, Placement]:
        """How entries of the kinds of the environment's brokers stand in a manifest, by `BROKER/KIND`."""
        return self.catalogue.of(self.loaded.desired.clusters.values()).placements

    @property
    def opener(self) -> Opener:
        """Opens the session of a cluster by alias."""
        return partial(_open, self)

    @contextmanager
    def sessions(self, aliases: Mapping[str, object] | set[str]) -> Iterator[dict[str, Session]]:
        """Open the sessions of some clusters, and close them at the end.

        Raises:
            UserError: one of them can't be opened.
        """
        with ExitStack() as stack:
            yield {alias: stack.enter_context(self.opener(alias)) for alias in sorted(aliases)}


def open_workspace(
    where: Where,
    *,
    timeout: float = 60.0,
    against: Path | None = None,
    thorough: bool = False,
    manifests: Sequence[Path] | None = None,
    real_names: bool = True,
) -> Workspace:
    """Load the project around the working directory.

    Args:
        where: which environment, and its clusters.
        timeout: seconds to wait for a broker.
        against: a snapshot to plan against.
        thorough: check what the project says of brokers that the environment does not have, too.
        manifests: files to read in place of the project's own.
        real_names: give things the names of the environment; else they are called as in the manifests.

    Raises:
        UserError: there is no project, no such environment, or the snapshot to plan against can't be used.
    """
    catalogue = installed()
    loaded = load(
        _here(),
        where.environment,
        catalogue,
        clusters=where.clusters,
        thorough=thorough,
        policy=where.policy,
        manifests=manifests,
        real_names=real_names,
    )
    if unknown := unknown_codes(loaded.desired.policy):
        loaded = replace(loaded, diagnostics=tuple(in_order((*loaded.diagnostics, *unknown))))
    snapshots = read_snapshot(against, catalogue, loaded.desired.clusters) if against is not None else None
    return Workspace(loaded, catalogue, timeout, snapshots)


def unknown_codes(policy: Policy) -> list[Diagnostic]:
    """What a policy weighs although no check has it: a misspelt code would raise nothing, in silence."""
    if not policy.places:
        return []
    from mqinfra.cli.codes import all_codes  # noqa: PLC0415 - imports every provider

    known = {code.id for code in all_codes()}
    return [
        UNKNOWN_CODE.at(f"no check has the code `{code}`", span=span, help=suggestion(code, sorted(known)))
        for code, span in policy.places.items()
        if code not in known
    ]


def environments_here() -> tuple[str, ...]:
    """Names of the environments of the project around the working directory; none where it can't be read.

    Raises:
        UserError: there is no project.
    """
    return environments(_here())


def _here() -> Path:
    try:
        return Path.cwd()
    except FileNotFoundError:
        message = "the working directory no longer exists"
        raise UserError([PROJECT.at(message, help="change to the project's folder")]) from None


def require_valid(workspace: Workspace) -> Workspace:
    """Pass a workspace whose manifests have no errors.

    Raises:
        UserError: they have; all of them, in order.
    """
    if has_errors(workspace.loaded.diagnostics):
        raise UserError(workspace.loaded.diagnostics)
    return workspace


def read_snapshot(path: Path, catalogue: Catalogue, clusters: Mapping[str, str]) -> dict[str, Snapshot]:
    """Read a snapshot file, or one that a broker writes itself, such as RabbitMQ's definitions.

    Args:
        path: the file.
        catalogue: the known brokers.
        clusters: alias → broker type, of the clusters of the environment.

    Raises:
        UserError: it can't be read, or is none.
    """
    try:
        text = path.read_text(encoding="utf-8")
        held = _held(text, catalogue, clusters)
    except (OSError, UnicodeDecodeError, SnapshotError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        found = codes.SNAPSHOT_FILE.at(f"`{path}` can't be used: {why}", help="take a new one with `mqinfra snapshot`")
        raise UserError([found]) from None
    # Whatever it was taken of: a plan against a file must never be taken for one against the thing itself.
    return {
        alias: replace(snapshot, reading=replace(snapshot.reading, source=Source.SNAPSHOT))
        for alias, snapshot in held.items()
    }


def _held(text: str, catalogue: Catalogue, clusters: Mapping[str, str]) -> dict[str, Snapshot]:
    """Read a file by what the environment's brokers know, then as a snapshot; only when it is neither ask all others.

    Raises:
        SnapshotError: it is neither, or of a broker that the environment does not have.
    """
    from mqinfra.providers.base.snapshot_file import from_json  # noqa: PLC0415 - only when a file is given

    held = _foreign(text, catalogue.of(clusters.values()), clusters)
    if held is not None:
        return held
    try:
        return from_json(text, catalogue)
    except SnapshotError:
        _foreign(text, catalogue.of(set(catalogue.types) - set(clusters.values())), clusters)
        raise


def _foreign(text: str, catalogue: Catalogue, clusters: Mapping[str, str]) -> dict[str, Snapshot] | None:
    """Read a file of a broker's own making as a snapshot of the one cluster of its type; None when it is none.

    Raises:
        SnapshotError: it can't be told which cluster it is of.
    """
    for broker, provider in catalogue.providers.items():
        aliases = sorted(alias for alias, kind in clusters.items() if kind == broker)
        snapshot = provider.foreign_snapshot(text, aliases[0] if aliases else broker)
        if snapshot is None:
            continue
        if len(aliases) != 1:
            raise SnapshotError(f"it is a {broker} file, and the environment has {len(aliases)} clusters of that type")
        return {aliases[0]: snapshot}
    return None


def _open(workspace: Workspace, alias: str) -> Session:
    cluster = workspace.loaded.clusters[alias]
    if workspace.against is not None:
        if alias not in workspace.against:
            held = ", ".join(f"`{name}`" for name in sorted(workspace.against)) or "none"
            found = codes.SNAPSHOT_FILE.at(f"the snapshot has no cluster `{alias}`", help=f"it has: {held}")
            raise UserError([found])
        _same_cluster(workspace.against[alias].reading, cluster)
        kinds = workspace.catalogue.providers[cluster.connection.type].kinds
        return ModelSession(alias, kinds, workspace.against[alias])
    if cluster.connection.sandbox:
        return _sandbox(workspace, cluster)
    provider = workspace.catalogue.providers[cluster.connection.type]
    lacking = missing((reference for _, reference in references(cluster.connection)), workspace.secrets)
    if lacking:
        raise UserError([_placed(found, alias) for some in lacking.values() for found in some])
    try:
        session = provider.connect(cluster, workspace.secrets, workspace.timeout)
    except UserError as error:
        raise UserError([_placed(found, alias) for found in error.diagnostics], error.exit_code) from None
    except ImportError as error:  # the other clusters' clients may be there
        if (lacking_library := library_missing(error)) is None:
            raise
        raise UserError([_placed(lacking_library, alias)]) from None
    if cluster.connection.keeper is not None:
        named = kept_name(cluster.connection.type, session.facts.cluster_id)
        session.keeper = Keeper(cluster.connection.keeper, partial(_open, workspace, cluster.connection.keeper), named)
    return session


def _same_cluster(held: Reading, cluster: Cluster) -> None:
    wanted = cluster.connection
    if held.type != wanted.type:
        message = f"`{cluster.alias}` is a {held.type} cluster in the snapshot, and a {wanted.type} cluster here"
    elif wanted.cluster_id is not None and held.facts.cluster_id not in ("", wanted.cluster_id):
        here = f"`{wanted.cluster_id}` is expected here"
        message = f"`{cluster.alias}` has the id `{held.facts.cluster_id}` in the snapshot, and {here}"
    else:
        return
    raise UserError([codes.SNAPSHOT_FILE.at(message, help="take a new one with `mqinfra snapshot`")])


def _placed(found: Diagnostic, alias: str) -> Diagnostic:
    """A finding without a place of its own, such as a secret that is missing, is about the cluster."""
    return found if found.span or found.address else found.model_copy(update={"address": alias})


def _sandbox(workspace: Workspace, cluster: Cluster) -> Session:
    desired, broker = workspace.loaded.desired, cluster.connection.type
    provider = workspace.catalogue.providers[broker]
    options = cluster.connection.sandbox if isinstance(cluster.connection.sandbox, SandboxOptions) else SandboxOptions()
    facts = provider.sandbox_facts(cluster.alias, desired.environment, options)
    root = workspace.loaded.sandboxes or workspace.loaded.root
    path = root / ".mqinfra" / "sandbox" / desired.environment / f"{cluster.alias}.json"
    return SandboxSession.open(path, cluster.alias, broker, facts, workspace.catalogue, root=root)
