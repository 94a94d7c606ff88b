"""One cluster as it is declared and as it is: what a rule about a whole cluster sees."""

from collections.abc import Callable, Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Any, TypeVar, cast

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
from mqinfra.model.frozen import dataclass
from mqinfra.model.names import Names
from mqinfra.model.reading import Facts
from mqinfra.model.scope import Scope
from mqinfra.model.spec import Spec

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ClusterView:
    """One cluster as it is declared and as it is.

    Attributes:
        declared: what the manifests declare on it.
        scope: what the project owns.
        removed: what the manifests delete.
        live: everything that was seen on it, also what nobody declared; empty offline.
        facts: what it says of itself; None offline.
        names: what things are called in the environment; lines to write speak of them as manifests do.
    """

    declared: Mapping[Address, Declaration]
    scope: Scope
    removed: frozenset[Address] = frozenset()
    live: Mapping[Address, Spec] = field(default_factory=lambda: MappingProxyType({}))
    facts: Facts | None = None
    names: Names = field(default_factory=Names)
    _made: dict[object, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, make: Callable[["ClusterView"], T]) -> T:
        """Work something out for all rules that need it, once."""
        if make not in self._made:
            self._made[make] = make(self)
        return cast("T", self._made[make])
