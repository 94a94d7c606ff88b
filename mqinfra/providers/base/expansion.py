"""What sugar stands for: an entry taken apart into plain resources, and what can be said only once all are known."""

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType

from pydantic import JsonValue

from mqinfra.model.address import Address, Pairs
from mqinfra.model.declaration import Reference
from mqinfra.model.frozen import dataclass
from mqinfra.model.span import Path
from mqinfra.model.spec import Spec


@dataclass(frozen=True, slots=True)
class Generated:
    """A resource that sugar makes.

    Attributes:
        kind: its kind.
        path: its name, as in an Address.
        data: its entry, as if somebody had written it.
        by: the sugar's field, `("deadLetter",)`; positions of the made resource resolve to it.
        pairs: what names a resource that has no name.
        references: what it points at beyond what its entry says.
    """

    kind: str
    path: tuple[str, ...]
    data: Mapping[str, JsonValue]
    by: Path
    pairs: Pairs = ()
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Undeclared:
    """A name that has to be declared, and is not.

    Attributes:
        target: the address that it would have.
        path: the field that names it.
        title: what it is, for people: `queue`.
        help: what to do.
    """

    target: Address
    path: Path
    title: str
    help: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What an entry points at on a cluster of another type; which one that is, the environment says.

    Attributes:
        path: the field that names it.
        type: type of the other cluster.
        kind: kind of the other resource there.
        name: its name, as in an Address.
        role: why, in the field's words: `schema`.
        cluster: alias of the cluster; empty for the only one of its type.
    """

    path: Path
    type: str
    kind: str
    name: tuple[str, ...]
    role: str
    cluster: str = ""


@dataclass(frozen=True, slots=True)
class Expansion:
    """An entry without its sugar.

    Attributes:
        spec: the plain resource; None when the entry is nothing but sugar.
        made: the other resources that its sugar stands for.
        references: what the entry points at.
        deferred: what the sugar still wants once everything is declared, for `DeferredSugar.expand_deferred`.
        undeclared: what the entry names and nobody declares.
        elsewhere: what the entry points at on clusters of other types, which has to be there first.
    """

    spec: Spec | None
    made: tuple[Generated, ...] = ()
    references: tuple[Reference, ...] = ()
    deferred: object = None
    undeclared: tuple[Undeclared, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()


@dataclass(frozen=True, slots=True)
class Expansions:
    """What follows from all declarations together, and from none alone.

    Attributes:
        made: the resources, each with the declared one whose sugar asked for it first.
        references: what declared resources point at beyond what they say themselves.
    """

    made: tuple[tuple[Address, Generated], ...] = ()
    references: Mapping[Address, tuple[Reference, ...]] = field(default_factory=lambda: MappingProxyType({}))
