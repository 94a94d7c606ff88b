"""Providers: how a broker joins mqinfra. One folder with kinds, a connection block and `connect`."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from mqinfra.model.address import Address
from mqinfra.model.code import Code
from mqinfra.model.declaration import Declaration
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.errors import Bug, UserError
from mqinfra.model.frozen import dataclass
from mqinfra.model.names import PLAIN, NameAt
from mqinfra.model.reading import Facts, Reading
from mqinfra.model.scope import Ownership
from mqinfra.model.scrub import Secrets
from mqinfra.model.secret import SecretResolver
from mqinfra.providers.base.capabilities import having
from mqinfra.providers.base.connecting.block import Block
from mqinfra.providers.base.connecting.codes import OTHER_CLUSTER
from mqinfra.providers.base.connecting.understanding import understanding
from mqinfra.providers.base.entry_type import EntryType
from mqinfra.providers.base.kind import Kind
from mqinfra.providers.base.rule import Rule
from mqinfra.providers.base.session import Session

if TYPE_CHECKING:
    from mqinfra.model.diagnosis import Suspect
    from mqinfra.providers.base.converting.converter import Converter
    from mqinfra.providers.base.converting.exporter import Exporter
    from mqinfra.providers.base.monitoring.dialect import Dialect
    from mqinfra.providers.base.monitoring.watched import Watched
    from mqinfra.providers.base.sample import Sample
    from mqinfra.providers.base.snapshot import Snapshot
    from mqinfra.providers.base.starter import Starter
    from mqinfra.providers.base.verification.adviser import Adviser, Usages
    from mqinfra.providers.base.verification.check import Check
    from mqinfra.providers.base.verification.script import Script


C = TypeVar("C", bound="Connection")


class SandboxOptions(BaseModel):
    """What an embedded sandbox pretends to be.

    Attributes:
        brokers: number of brokers.
        version: broker version.
    """

    model_config = ConfigDict(frozen=True, defer_build=True, extra="forbid")

    brokers: Annotated[int, Field(ge=1, le=1_000)] = 3
    version: str = ""


class Connection(Block):
    """Base of a broker's block under `clusters:`. Credentials stand here, bound to their endpoints, and only here.

    Attributes:
        type: the broker's type.
        sandbox: run on the embedded sandbox instead of a broker.
        cluster_id: the id that the cluster must have; plan and apply refuse another one.
    """

    type: str
    sandbox: bool | SandboxOptions = False
    cluster_id: str | None = None

    @property
    def endpoint(self) -> str:
        """`host:port` for messages."""
        return "sandbox"

    @property
    def keeper(self) -> str | None:
        """Alias of the cluster that keeps this one's records and lock; None where it keeps them itself, or nobody does.

        A block that can name one does it under `records`. A sandbox keeps its own, whatever the block says.
        """
        return None

    def findings(self, alias: str) -> tuple[Diagnostic, ...]:
        """What is risky about the block, such as a certificate that is not checked; to be said on every run."""
        return tuple(self.risks(f"{alias} ({self.endpoint})"))

    def risks(self, where: str) -> Iterable[Diagnostic]:  # noqa: ARG002 - used by those that find something
        """The same, for a cluster that messages call `where`."""
        return ()

    def require_cluster(self, names: Sequence[str], where: str) -> None:
        """Refuse another cluster than the block names.

        Args:
            names: texts that `cluster_id` may be; the cluster's own id first.
            where: alias and address, for messages.

        Raises:
            UserError: `cluster_id` is another.
        """
        if self.cluster_id is not None and self.cluster_id not in names:
            message = f"this is `{names[0]}`, and `clusterId` says `{self.cluster_id}`"
            raise UserError([OTHER_CLUSTER.at(message, address=where, help="correct the address or `clusterId`")])


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster of an environment, ready to be connected to.

    Attributes:
        alias: its alias.
        connection: its block.
    """

    alias: str
    connection: Connection

    @property
    def where(self) -> str:
        """Alias and address, for messages."""
        return f"{self.alias} ({self.connection.endpoint})"

    def block(self, kind: type[C]) -> C:
        """The block as the broker's own type.

        Raises:
            Bug: it is another broker's.
        """
        if not isinstance(self.connection, kind):
            raise Bug(f"a cluster with the block of another broker: {type(self.connection).__name__}")
        return self.connection


class Provider(ABC):
    """One broker type.

    Attributes:
        connection: the typed block under `clusters:`.
        type: name in `clusters:` and in manifests.
        newest: newest broker version that the tables of the provider describe; the sandbox's default version.

    Args:
        entry_types: what can be declared: kinds, in the order in which they are created, and sugar.
    """

    connection: ClassVar[type[Connection]]
    type: ClassVar[str]
    newest: ClassVar[str]

    def __init__(self, *entry_types: EntryType) -> None:
        self._entry_types = {one.name: one for one in entry_types}

    @property
    def entry_types(self) -> Mapping[str, EntryType]:
        """What can be declared, by name: kinds, in the order in which they are created, and sugar."""
        return self._entry_types

    @cached_property
    def kinds(self) -> Mapping[str, Kind[Any]]:
        """The kinds of resources by name, in the order in which they are created."""
        return having(self.entry_types, Kind)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules about this broker, in the order of their codes."""
        return ()

    @property
    def codes(self) -> tuple[Code, ...]:
        """The codes of what the provider finds besides those of its rules."""
        return ()

    @property
    def samples(self) -> "tuple[Sample, ...]":
        """What the conformance suite plans and applies, of every kind."""
        return ()

    @property
    def starter(self) -> "Starter | None":
        """What a new project begins with on this broker; None leaves it out of `mqinfra init`."""
        return None

    @property
    def checks(self) -> "tuple[Check, ...]":
        """What `mqinfra verify` can prove on this broker besides what it proves on all."""
        return ()

    def watched(self, declared: Mapping[Address, Declaration]) -> "tuple[Watched, ...]":  # noqa: ARG002
        """What there is to watch of what is declared on a cluster, for `mqinfra monitor`: see `Watched`."""
        return ()

    @property
    def advisers(self) -> "tuple[Adviser[Any], ...]":
        """What `mqinfra verify` recommends on this broker."""
        return ()

    def usages(self, declared: Mapping[Address, Declaration], reading: Reading) -> "Usages":  # noqa: ARG002
        """What its advisers look at, by resource, as far as declarations and a reading tell.

        Args:
            declared: everything that is declared on the cluster.
            reading: what was read of it.
        """
        return {}

    @property
    def remedies(self) -> "Mapping[Suspect, str]":
        """What to do on this broker about what `mqinfra verify --diagnose` finds."""
        return {}

    def scripts(
        self,
        cluster: Cluster,  # noqa: ARG002 - a broker that passes no messages on has nothing to write
        declared: Mapping[Address, Declaration],  # noqa: ARG002
        environment: str,  # noqa: ARG002
    ) -> "list[Script]":
        """Scripts that a team keeps: they send and receive by the broker's own client, and need nothing of mqinfra.

        Args:
            cluster: where they connect to; secrets go into none, only where each is found.
            declared: everything that is declared on it.
            environment: its environment's name.
        """
        return []

    @property
    def dialects(self) -> "tuple[Dialect, ...]":
        """How other people's exporters of metrics of this broker say things, for `mqinfra monitor rules`."""
        return ()

    @property
    def converters(self) -> "tuple[Converter, ...]":
        """What reads manifests of other tools into entries of this broker, for `mqinfra convert`."""
        return ()

    @property
    def exporters(self) -> "tuple[Exporter, ...]":
        """What says resources of this broker in other tools' words, for `mqinfra export -o FORMAT`."""
        return ()

    @cached_property
    def sections(self) -> Mapping[str, tuple[str, ...]]:
        """Names of the types whose sections stand in the entries of a kind, by its name."""
        held: dict[str, tuple[str, ...]] = {}
        for name, one in self.entry_types.items():
            if one.placement.nested_in:
                held[one.placement.nested_in] = (*held.get(one.placement.nested_in, ()), name)
        return held

    @cached_property
    def ownership(self) -> Mapping[str, Ownership]:
        """How addresses are looked up in a scope, by type of entries."""
        return {name: one.placement.ownership(name) for name, one in self.entry_types.items()}

    @cached_property
    def scope_words(self) -> Mapping[str, bool]:
        """The words under `scope:`, and for each whether a part of what it names can be owned."""
        words: dict[str, bool] = {}
        for how in self.ownership.values():
            words[how.word] = words.get(how.word, False) or how.lies_within
        return words

    @property
    def scope_names(self) -> Mapping[str, NameAt]:
        """What the patterns of words under `scope:` are names of, where that is not the kind of the same name."""
        return {}

    def names_in_scope(self, word: str) -> NameAt:
        """What the patterns of a word under `scope:` are names of."""
        own = self.entry_types.get(word)
        return self.scope_names.get(word) or NameAt((), (word,), own.name_form if own is not None else PLAIN)

    @property
    def names_of_divided(self) -> tuple[NameAt, ...]:
        """What things are names of that a project may own in parts."""
        return tuple(self.names_in_scope(word) for word, divisible in self.scope_words.items() if divisible)[:1]

    @cached_property
    def names_in_parts(self) -> tuple[NameAt, ...]:
        """What the names are names of that a project owns in a part of something."""
        how = self.ownership
        within = [one for name, one in self.entry_types.items() if how[name].lies_within and not how[name].shared_word]
        return tuple(dict.fromkeys(one.path_names[1] for one in within if len(one.path_names) > 1))

    @cached_property
    def nameable(self) -> frozenset[str]:
        """Kinds whose names environments may give a prefix or suffix."""
        paths = [at for one in self.entry_types.values() if isinstance(one, Kind) for at in one.path_names]
        return frozenset(kind for at in paths for kind in at.kinds) | self.further_names

    @property
    def further_names(self) -> frozenset[str]:
        """What entries name besides kinds: names of it take a prefix all the same."""
        return frozenset()

    def sandbox_facts(self, alias: str, environment: str, options: SandboxOptions) -> Facts:
        """What a sandbox says of itself; its id names it for good, so that a plan can be checked against it."""
        return Facts(
            cluster_id=f"sandbox:{environment}/{alias}",
            version=options.version or self.newest,
            brokers=options.brokers,
            endpoint="sandbox",
        )

    def foreign_snapshot(self, text: str, alias: str) -> "Snapshot | None":  # noqa: ARG002
        """Read a file of the broker's own making as a snapshot of a cluster; None when it is none that is known.

        Raises:
            SnapshotError: it is such a file, and can't be used.
        """
        return None

    def connect(self, cluster: Cluster, secrets: SecretResolver, timeout: float) -> Session:
        """Open a session within `timeout` seconds; what the broker says of a failure comes without the secrets.

        Raises:
            UserError: saying what is wrong (unreachable, refused, TLS, login, rights) and what to do.
        """
        known = Secrets.around(secrets)
        with known.guarding(), understanding(cluster.where):
            return self.open(cluster, known, timeout)

    @abstractmethod
    def open(self, cluster: Cluster, secrets: Secrets, timeout: float) -> Session:
        """Open a session; see `connect`."""
