"""Kinds: everything mqinfra knows of one kind of resource, in one file per kind.

Diff, JSON Schema, docs, `explain`, selectors and the conformance levels follow from what is declared here. Pure
methods (`same`, `classify`, `references`, `expand`, `requests`, `simulate`) never touch a broker; `read`,
`figures`, `dry_run` and `run` act only through the client that the session hands them.
"""

from abc import abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import field
from types import MappingProxyType
from typing import ClassVar, Generic, TypeVar

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Change, FieldDifference
from mqinfra.model.form import Form
from mqinfra.model.frozen import dataclass
from mqinfra.model.holding import Holding
from mqinfra.model.label import label_of
from mqinfra.model.reading import Coverage, Facts, Live
from mqinfra.model.setting import Problem, SettingType, Unit
from mqinfra.model.span import Path
from mqinfra.model.spec import Spec
from mqinfra.providers.base.context import ClusterContext
from mqinfra.providers.base.entry_type import EntryType
from mqinfra.providers.base.request import Request, Result
from mqinfra.providers.base.verdict import Verdict, default_verdict

C = TypeVar("C")
_FORMS = {SettingType.SET: Form.SET, SettingType.LIST: Form.LIST}


@dataclass(frozen=True, slots=True)
class KindReading:
    """What was read of one kind; see `Reading` for the fields. `unseen` is by names alone, `()` for all of the kind.

    Attributes:
        listed: all there are of the kind where the reading came past them anyway; of a kind that lies in parts of a
            cluster, such as vhosts or streams, all there are in those that were read. None where it did not come past
            them, or the caller is not shown all. What no plan may ever delete, such as the caller's own user, is no
            part of it.
    """

    resources: Mapping[Address, Live]
    denied: Mapping[Address, str] = field(default_factory=lambda: MappingProxyType({}))
    coverage: Coverage = Coverage.NAMED
    neighbours: Mapping[Address, Live] = field(default_factory=lambda: MappingProxyType({}))
    unseen: Mapping[tuple[str, ...], str] = field(default_factory=lambda: MappingProxyType({}))
    listed: Collection[Address] | None = None


@dataclass(frozen=True, slots=True)
class Objection:
    """What a broker's dry run (or the sandbox) says against a change.

    Attributes:
        address: the resource.
        problem: the broker's reason and what to do now.
        path: the field it speaks of; empty when the broker does not say.
        unchecked: the broker could not check the change (no right, no such call): a warning, not an error.
        outdated: the broker's word contradicts what was read of the resource, so it has to be read again.
        lacking: the right that the caller lacks, without the resource's name, `AlterConfigs on the topic`; empty where
            it is not about a right. What lacks the same is told once.
    """

    address: Address
    problem: Problem
    path: Path = ()
    unchecked: bool = False
    outdated: bool = False
    lacking: str = ""


class Kind(EntryType, Generic[C]):
    """One kind of resource; `C` is the client type of its broker. What only some kinds can do is in `capabilities`.

    Attributes:
        spec: what a resource looks like; a `WholeSpec` where it is written whole.
        overwrites: the call that creates one overwrites what somebody else made under its name meanwhile.
        holding: what its resources are.
        shareable: several projects may claim one, which goes with the last of them. Only for routes and rights of which
            all is in their name: nobody can change one for another.
        forms: what fields are made of that no table of settings describes, such as patterns.
        renaming: what a rename of one takes, for people: the rest of "if it was renamed: ...".
    """

    spec: ClassVar[type[Spec]]
    overwrites: ClassVar[bool] = False
    holding: ClassVar[Holding] = Holding.DATA
    shareable: ClassVar[bool] = False
    forms: ClassVar[Mapping[Path, Form]] = MappingProxyType({})
    renaming: ClassVar[str] = "to clients the new one is another one, and the old one goes with all that it holds"

    # --- pure: what things mean

    def label(self, address: Address) -> str:
        """What people call a resource of this kind, behind what it lies in: `/shop orders`."""
        return label_of(address)

    def same(self, path: Path, one: JsonValue, other: JsonValue) -> bool:
        """Tell whether two values of a field mean the same to the broker."""
        table = self.settings.get(path[0]) if len(path) == 2 else None
        return table.same(path[1], one, other) if table is not None else one == other

    def unit(self, path: Path) -> Unit | None:
        """Unit of the numbers at a path, for showing them."""
        table = self.settings.get(path[0]) if len(path) == 2 else None
        setting = table.get(path[1]) if table is not None else None
        return setting.unit if setting is not None else None

    def form(self, path: Path) -> Form | None:
        """What the values at a path are made of, for showing what of them changes."""
        known = self.forms.get(path)
        if known is not None:
            return known
        table = self.settings.get(path[0]) if len(path) == 2 else None
        setting = table.get(path[1]) if table is not None else None
        return _FORMS.get(setting.type) if setting is not None else None

    def classify(self, difference: FieldDifference, live: Live, facts: Facts) -> Verdict:  # noqa: ARG002
        """Say what a difference means, when that depends on more than the field's marker."""
        return default_verdict(difference)

    def goes_by_itself(self, spec: Spec) -> bool:  # noqa: ARG002
        """Tell whether a live resource that this project made goes once nobody declares it, without a line (design §6).

        Routes and rights do. A kind says otherwise of what opens access when it goes, such as a DENY.
        """
        return not self.holding.needs_line

    def internal(self, address: Address) -> str | None:  # noqa: ARG002
        """Why a resource belongs to the broker itself and is never declared, exported or deleted; None if not."""
        return None

    def untouched(self, address: Address, live: Live) -> bool:  # noqa: ARG002 - for those of which brokers make some
        """Tell whether a live resource is just as the broker makes it by itself, such as RabbitMQ's first vhost.

        Then nobody made it, and nobody is asked before the project takes it.
        """
        return False

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
    def read(self, client: C, wanted: Iterable[Address] | None, context: ClusterContext) -> KindReading:
        """Read the named resources in bulk, or all there are when `wanted` is None."""

    @abstractmethod
    def run(self, client: C, request: Request, context: ClusterContext) -> Mapping[Address, Result]:
        """Send one request; one result per resource. Never raises for what the broker or the network does."""


def refusals(answers: Iterable[tuple[Address, object]]) -> list[Objection]:
    """The objections among what was said of changes: each Problem, at the field that it speaks of."""
    return [Objection(address, said, said.path) for address, said in answers if isinstance(said, Problem)]


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
