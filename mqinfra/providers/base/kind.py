"""Kinds: everything mqinfra knows of one kind of resource, in one file per kind.

Diff, JSON Schema, docs, `explain`, selectors and the conformance levels follow from what is declared here. Pure
methods (`same`, `classify`, `references`, `expand`, `requests`, `simulate`) never touch a broker; `read`,
`figures`, `dry_run` and `run` act only through the client that the session hands them.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import ClassVar, Generic, TypeVar

from pydantic import JsonValue

from mqinfra.model.address import Address, Pairs
from mqinfra.model.change import Change, FieldDifference
from mqinfra.model.declaration import Declaration
from mqinfra.model.loss import Counted, Loss
from mqinfra.model.reading import Coverage, Facts, Figures, Live
from mqinfra.model.secret import SecretResolver
from mqinfra.model.setting import Problem, SettingTable, Unit
from mqinfra.model.span import Path
from mqinfra.model.spec import Spec
from mqinfra.providers.base.expansion import Conclusions, Expansion
from mqinfra.providers.base.losses import LossView, counted_by_figures
from mqinfra.providers.base.request import Request, Result
from mqinfra.providers.base.verdict import Verdict, default_verdict

C = TypeVar("C")

shared_address = lru_cache(maxsize=1024)(Address)
"""Addresses of the few things that many others rest on: making one takes longer than looking it up."""


class Unset(StrEnum):
    """What a field means that the manifest leaves out while the broker has a value for it."""

    LEFT_ALONE = "left unchanged"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Shape:
    """How the entries of a kind stand in a manifest.

    Attributes:
        inside: the kind in whose entries they stand as sugar.
        within: the kind in whose entries their section stands.
        listed: they are a list.
    """

    inside: str = ""
    within: str = ""
    listed: bool = False

    @property
    def deep(self) -> bool:
        """Tell whether they stand in entries of another kind."""
        return bool(self.inside or self.within)


@dataclass(frozen=True, slots=True)
class KindReading:
    """What was read of one kind; see `Reading` for the fields. `unseen` is by names alone, `()` for all of the kind."""

    resources: Mapping[Address, Live]
    denied: Mapping[Address, str] = field(default_factory=lambda: MappingProxyType({}))
    coverage: Coverage = Coverage.NAMED
    neighbours: Mapping[Address, Live] = field(default_factory=lambda: MappingProxyType({}))
    unseen: Mapping[tuple[str, ...], str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Objection:
    """What a broker's dry run (or the sandbox) says against a change.

    Attributes:
        address: the resource.
        problem: the broker's reason and what to do now.
        path: the field it speaks of; empty when the broker does not say.
        unchecked: the broker could not check the change (no right, no such call): a warning, not an error.
        outdated: the broker's word contradicts what was read of the resource, so it has to be read again.
    """

    address: Address
    problem: Problem
    path: Path = ()
    unchecked: bool = False
    outdated: bool = False


class Kind(ABC, Generic[C]):
    """One kind of resource; `C` is the client type of its broker.

    Attributes:
        broker: the broker's type: `kafka`.
        name: plural name, as in manifests and addresses: `topics`.
        title: singular for people: `topic`.
        spec: what a resource looks like.
        entry: what a manifest entry looks like: the spec with sugar.
        unset: what a left-out field means.
        scoped_as: the word under `scope:` whose patterns own it; its own name when empty.
        shared_as: where only a part of the thing that it lies in is owned (`within`), the word under `scope:` whose
            patterns count for its own name; empty when those of the part do.
        inside: the kind in whose entries its own stand as sugar, in a field of its name; empty when there is none.
        within: the kind in whose entries its sections stand, and whose name begins its path; empty when they stand
            under the broker itself.
        levels: how many names deep its entries stand in their section.
        named_by: fields that name a resource which has no name; then its entries are a list.
        owned_by: of these, the ones that say whose it is where only a part of the thing it lies in is owned.
        late: expand after all kinds that are not late, because the sugar looks at what they declare.
        weighty: every change of it moves or drops what others hold, so that none goes to a degraded cluster.
        overwrites: the call that creates one overwrites what somebody else made under its name meanwhile.
        settings: per field with the broker's own keys, the table of them.
    """

    broker: ClassVar[str]
    name: ClassVar[str]
    title: ClassVar[str]
    spec: ClassVar[type[Spec]]
    entry: ClassVar[type[Spec]]
    unset: ClassVar[Unset] = Unset.LEFT_ALONE
    scoped_as: ClassVar[str] = ""
    shared_as: ClassVar[str] = ""
    inside: ClassVar[str] = ""
    within: ClassVar[str] = ""
    levels: ClassVar[int] = 1
    named_by: ClassVar[tuple[str, ...]] = ()
    owned_by: ClassVar[tuple[str, ...]] = ()
    late: ClassVar[bool] = False
    weighty: ClassVar[bool] = False
    overwrites: ClassVar[bool] = False
    settings: ClassVar[Mapping[str, SettingTable]] = MappingProxyType({})

    # --- pure: what things mean

    def same(self, path: Path, one: JsonValue, other: JsonValue) -> bool:
        """Tell whether two values of a field mean the same to the broker."""
        table = self.settings.get(path[0]) if len(path) == 2 else None
        return table.same(path[1], one, other) if table is not None else one == other

    def deviation(self, path: Path, wanted: JsonValue, found: JsonValue, live: Live) -> str | None:  # noqa: ARG002
        """Say how a live value differs from the wanted one, for kinds whose comparison needs what `read` learned.

        Args:
            path: the field.
            wanted: its wanted value.
            found: the value in force on the resource, or on one of its nodes; None for a secret that differs.
            live: the resource, with what `read` kept of it in `private`.

        Returns:
            None when they mean the same; else what the two values don't say by themselves, mostly nothing.
        """
        return None if found is not None and self.same(path, wanted, found) else ""

    def unit(self, path: Path) -> Unit | None:
        """Unit of the numbers at a path, for showing them."""
        table = self.settings.get(path[0]) if len(path) == 2 else None
        setting = table.get(path[1]) if table is not None else None
        return setting.unit if setting is not None else None

    def classify(self, difference: FieldDifference, live: Live, facts: Facts) -> Verdict:  # noqa: ARG002
        """Say what a difference means, when that depends on more than the field's marker."""
        return default_verdict(difference)

    def internal(self, address: Address) -> str | None:  # noqa: ARG002
        """Why a resource belongs to the broker itself and is never declared, exported or deleted; None if not."""
        return None

    def name_problem(self, address: Address) -> Problem | None:  # noqa: ARG002
        """Why the broker would reject the name; None when it would take it."""
        return None

    def expand(
        self,
        address: Address,  # noqa: ARG002
        entry: Spec,
        declared: Mapping[Address, Declaration] = MappingProxyType({}),  # noqa: ARG002
    ) -> Expansion:
        """Take the sugar out of an entry.

        Args:
            address: the entry's resource.
            entry: the entry.
            declared: what was declared before; for a late kind, all that is not late.
        """
        return Expansion(self.spec.narrow(entry))

    def conclude(self, declared: Mapping[Address, Declaration]) -> Conclusions:  # noqa: ARG002
        """Say what follows from everything that is declared on the brokers of this type, sugar expanded."""
        return Conclusions()

    def pairs_of(self, data: Mapping[str, JsonValue]) -> Pairs:
        """Name a resource that has no name, by those of its naming fields that are not empty."""
        return tuple(sorted((name, pair_text(data[name])) for name in self.named_by if data.get(name)))

    def rests_on(self, address: Address) -> tuple[Address, ...]:
        """Resources without which this one can't be, by its address: what a queue's vhost is to the queue."""
        if not self.within or not address.path:
            return ()
        return (shared_address(address.cluster, self.within, address.path[:1]),)

    def consequences(
        self,
        live: Mapping[Address, Spec],  # noqa: ARG002
        changes: Mapping[Address, Change],  # noqa: ARG002
        facts: Facts,  # noqa: ARG002
    ) -> Mapping[Address, tuple[str, ...]]:
        """Say what changes of this kind mean for other resources, in phrases by change.

        Args:
            live: everything that was seen on the cluster.
            changes: all changes of the plan on it.
            facts: what the cluster says of itself.
        """
        return MappingProxyType({})

    def losses(self, view: LossView) -> Iterable[tuple[Address, Loss]]:  # noqa: ARG002
        """Say what changes of this kind may destroy besides what a delete or replace of the resource itself does.

        Returns:
            pairs of the change's address and what it may destroy.
        """
        return ()

    def holds_secret(
        self,
        live: Live,  # noqa: ARG002
        path: Path,  # noqa: ARG002
        wanted: JsonValue,  # noqa: ARG002
        secrets: SecretResolver,  # noqa: ARG002
    ) -> bool | None:
        """Tell whether a live resource has the secret that a field refers to; None when the broker does not say.

        Args:
            live: the resource, with what `read` kept of it in `private`.
            path: the field.
            wanted: the field's references as JSON.
            secrets: looks references up; raises UserError when one leads nowhere.
        """
        return None

    @abstractmethod
    def requests(self, changes: Sequence[Change], facts: Facts) -> list[Request]:
        """Say which calls bring the changes about, in order, batched within the broker's limits."""

    def inherited(self, facts: Facts) -> Mapping[Path, JsonValue]:  # noqa: ARG002
        """What a resource that sets nothing has from its broker, for the sandbox's readings; see `Live.inherited`."""
        return MappingProxyType({})

    def simulate(self, change: Change, live: Spec | None, facts: Facts) -> Spec | Problem | None:  # noqa: ARG002
        """Do what the broker would do, for the sandbox: the new spec, None when it is gone, or its refusal."""
        return set_and_remove(self.spec, change, live)

    # --- through the client

    @abstractmethod
    def read(self, client: C, wanted: Iterable[Address] | None, facts: Facts, alias: str) -> KindReading:
        """Read the named resources in bulk, or all there are when `wanted` is None."""

    def look(self, client: C, wanted: Sequence[Address], facts: Facts, alias: str) -> KindReading:
        """Read the named resources again, after a plan; neighbours, which only rules look at, may be left out."""
        return self.read(client, wanted, facts, alias)

    @abstractmethod
    def figures(self, client: C, addresses: Sequence[Address]) -> Mapping[Address, Figures]:
        """Read what a destructive change would cost."""

    def count(self, client: C, losses: Sequence[Loss], facts: Facts) -> Mapping[Loss, Counted]:  # noqa: ARG002
        """Count what of the resources of this kind would be destroyed; by their figures unless a kind knows better."""
        figures = self.figures(client, list(dict.fromkeys(loss.address for loss in losses)))
        return {loss: counted_by_figures(loss, figures.get(loss.address, Figures())) for loss in losses}

    def dry_run(self, client: C, changes: Sequence[Change], facts: Facts) -> list[Objection]:  # noqa: ARG002
        """Ask the broker whether it would take the changes, where it has such a call."""
        return []

    @abstractmethod
    def run(self, client: C, request: Request, secrets: SecretResolver) -> Mapping[Address, Result]:
        """Send one request; one result per resource. Never raises for what the broker or the network does."""


def refusals(answers: Iterable[tuple[Address, object]]) -> list[Objection]:
    """The objections among what was said of changes: each Problem, at the field that it speaks of."""
    return [Objection(address, said, said.path) for address, said in answers if isinstance(said, Problem)]


def pair_text(value: JsonValue) -> str:
    """A naming value as it stands in an address: text as it is, everything else as canonical JSON."""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, separators=(",", ":"))


def set_and_remove(spec: type[Spec], change: Change, live: Spec | None) -> Spec | None:
    """Apply a change to a spec: set what it sets, drop what it resets to the broker's default.

    Raises:
        pydantic.ValidationError: the change does not fit the kind, which is a bug.
    """
    if change.after is None:
        return None
    data = dict(live.to_json()) if live is not None and change.before is not None else {}
    for name, value in change.after.items():
        old = data.get(name)
        if isinstance(value, dict):
            merged = {**old, **value} if isinstance(old, dict) else value
            data[name] = {key: item for key, item in merged.items() if item is not None}
        elif value is None:
            data.pop(name, None)
        else:
            data[name] = value
    return spec.model_validate(data)
