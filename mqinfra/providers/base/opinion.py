"""What a kind knows to be wrong with what is declared, beyond single fields. Rules in `checks/` give it a code.

Rules know no broker, and brokers know no codes: a rule asks for the opinions on its topic, and says them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeVar, cast

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
from mqinfra.model.diagnostic import Severity
from mqinfra.model.reading import Facts
from mqinfra.model.span import Path
from mqinfra.model.spec import Spec

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Seen:
    """One cluster as it is declared and as it is.

    Attributes:
        declared: what the manifests declare on it.
        removed: what they delete.
        live: everything that was seen on it, also what nobody declared; empty offline.
        facts: what it says of itself; None offline.
    """

    declared: Mapping[Address, Declaration]
    removed: frozenset[Address] = frozenset()
    live: Mapping[Address, Spec] = field(default_factory=lambda: MappingProxyType({}))
    facts: Facts | None = None
    _made: dict[object, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, make: Callable[["Seen"], T]) -> T:
        """Work something out for all kinds that need it, once."""
        if make not in self._made:
            self._made[make] = make(self)
        return cast("T", self._made[make])


@dataclass(frozen=True, slots=True)
class Opinion:
    """One thing that is wrong.

    Attributes:
        topic: what it is about, which is the name of the rule's file: `policies_tie`.
        address: the declared resource that it is told of.
        message: what is wrong.
        help: what to do now.
        path: the field that it is about; empty for the resource as a whole.
        severity: how much it weighs; None for what its code says.
        about: further resources that it is about, declared or not.
    """

    topic: str
    address: Address
    message: str
    help: tuple[str, ...] = ()
    path: Path = ()
    severity: Severity | None = None
    about: tuple[Address, ...] = ()
