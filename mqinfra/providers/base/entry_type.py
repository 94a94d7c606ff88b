"""Types of entries: what can stand in a manifest under a broker. A type declares a resource, sugar, or both."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any, ClassVar

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
from mqinfra.model.names import PLAIN, NameAt, NameForm
from mqinfra.model.setting import Problem, SettingTable
from mqinfra.model.spec import Spec
from mqinfra.providers.base.expansion import Expansion, Expansions
from mqinfra.providers.base.placement import Placement


class EntryType(ABC):
    """One type of entries.

    Attributes:
        broker: the broker's type: `kafka`.
        name: plural name, as in manifests and addresses: `topics`.
        title: singular for people: `topic`.
        entry: what an entry looks like, sugar included.
        placement: where entries stand and how they are named.
        settings: per field with the broker's own keys, the table of them.
        name_form: how its names take a prefix.
        promises: names of the promises that its entries may make; none where no messages go through them.
        in_path: what the names of an address are names of, outermost first, where that is not the kind itself, in what
            it lies in.
    """

    broker: ClassVar[str]
    name: ClassVar[str]
    title: ClassVar[str]
    entry: ClassVar[type[Spec]]
    placement: ClassVar[Placement] = Placement()
    settings: ClassVar[Mapping[str, SettingTable]] = MappingProxyType({})
    name_form: ClassVar[NameForm] = PLAIN
    promises: ClassVar[frozenset[str]] = frozenset()
    in_path: ClassVar[tuple[NameAt, ...]] = ()

    @cached_property
    def path_names(self) -> tuple[NameAt, ...]:
        """What the names of an address are names of, outermost first."""
        if self.in_path:
            return self.in_path
        own = () if self.placement.named_by else (NameAt((), (self.name,), self.name_form),)
        outer = self.placement.nested_in
        return (NameAt((), (outer,)), *own) if outer else own

    def names(self, data: Mapping[str, Any]) -> Iterable[NameAt]:  # noqa: ARG002 - for those that hold none
        """Where an entry holds names of this or other kinds.

        Args:
            data: the entry as it is written, or the pairs of its address.
        """
        return ()

    def name_problem(self, address: Address) -> Problem | None:  # noqa: ARG002 - for those that refuse none
        """Why the broker would refuse the name; None when it would take it."""
        return None


class Sugar(EntryType):
    """A type whose entries say more than one resource: what else they make, or what they point at."""

    @abstractmethod
    def expand(self, address: Address, entry: Spec) -> Expansion:
        """Take the sugar out of an entry."""


class LastSugar(EntryType):
    """A type whose entries can be taken apart only when all others are declared, since they look at those."""

    @abstractmethod
    def expand_last(self, address: Address, entry: Spec, declared: Mapping[Address, Declaration]) -> Expansion:
        """Take the sugar out of an entry.

        Args:
            address: the entry's resource.
            entry: the entry.
            declared: everything that is declared, but for what types of this sort make.
        """


class DeferredSugar(EntryType):
    """A type with sugar of which single entries can't tell what it makes, but only all of them together.

    It is asked where an entry of its left something `deferred`.
    """

    @abstractmethod
    def expand_deferred(self, declared: Mapping[Address, Declaration]) -> Expansions:
        """Say what follows from everything that is declared on the brokers of this type, other sugar expanded."""
