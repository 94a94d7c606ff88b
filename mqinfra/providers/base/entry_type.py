"""Types of entries: what can stand in a manifest under a broker. A type declares a resource, sugar, or both."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
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
    """

    broker: ClassVar[str]
    name: ClassVar[str]
    title: ClassVar[str]
    entry: ClassVar[type[Spec]]
    placement: ClassVar[Placement] = Placement()
    settings: ClassVar[Mapping[str, SettingTable]] = MappingProxyType({})

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
    """A type with sugar of which single entries can't tell what it makes, but only all of them together."""

    @abstractmethod
    def expand_deferred(self, declared: Mapping[Address, Declaration]) -> Expansions:
        """Say what follows from everything that is declared on the brokers of this type, other sugar expanded."""
