"""Where entries stand in a manifest, how their resources are named, and by which word of a scope they are owned."""

import json
from collections.abc import Mapping
from dataclasses import field
from functools import lru_cache

from pydantic import JsonValue

from mqinfra.model.address import Address, Pairs
from mqinfra.model.frozen import dataclass
from mqinfra.model.scope import Ownership, OwningPair

shared_address = lru_cache(maxsize=1024)(Address)
"""Addresses of the few things that many others rest on: making one takes longer than looking it up."""


@dataclass(frozen=True, slots=True)
class Placement:
    """How the entries of a section stand in a manifest.

    Attributes:
        nested_in: the kind in whose entries the section stands, and whose name begins the path of its resources; empty
            when it stands under the broker itself.
        inline_in: the kind in whose entries its own stand as sugar, in a field of its name; empty when there is none.
        name_depth: how many names deep its entries stand in the section.
        named_by: fields that name a resource which has no name; then the entries are a list.
        labelled: the entries are a mapping all the same, with keys that are labels for people.
        usual: values of these that an entry may leave out, and that are left out of names.
        owned_by: of these, the ones that say whose it is where only a part of the thing that it lies in is owned.
        scoped_as: the word under `scope:` whose patterns own it; where it is empty, `nested_in` or its own name.
        scoped_with: what stands before its own name there: `User:` where users are owned as principals.
        owner: a pair of its name that says whose it is too, by another word under `scope:`.
        shared_as: where only a part of the thing that it lies in is owned, the word under `scope:` whose patterns count
            for its own name; empty when those of the part do.
    """

    nested_in: str = ""
    inline_in: str = ""
    name_depth: int = 1
    named_by: tuple[str, ...] = ()
    labelled: bool = False
    usual: Pairs = ()
    owned_by: tuple[str, ...] = ()
    scoped_as: str = ""
    scoped_with: str = ""
    owner: OwningPair | None = None
    shared_as: str = ""
    _sorted: tuple[str, ...] = field(default=(), init=False, repr=False, compare=False)
    _usual: frozenset[tuple[str, str]] = field(default=frozenset(), init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_sorted", tuple(sorted(self.named_by)))
        object.__setattr__(self, "_usual", frozenset(self.usual))

    @property
    def listed(self) -> bool:
        """Whether its entries are a list."""
        return bool(self.named_by) and not self.labelled

    @property
    def holder(self) -> str:
        """The kind in whose entries its own stand, as a section or as sugar; empty when there is none."""
        return self.inline_in or self.nested_in

    def ownership(self, name: str) -> Ownership:
        """How addresses are looked up in a scope.

        Args:
            name: the section's name.
        """
        word = self.scoped_as or self.nested_in or name
        return Ownership(word, bool(self.nested_in), self.shared_as, self.owned_by, self.scoped_with, self.owner)

    def pairs_of(self, data: Mapping[str, JsonValue]) -> Pairs:
        """Name a resource that has no name, by those of its naming fields that are neither empty nor usual."""
        pairs = [(name, pair_text(value)) for name in self._sorted if (value := data.get(name))]
        return tuple([pair for pair in pairs if pair not in self._usual]) if self._usual else tuple(pairs)

    def nesting(self, address: Address) -> tuple[Address, ...]:
        """The resource that one lies in, by its address: what a queue's vhost is to the queue."""
        if not self.nested_in or not address.path:
            return ()
        return (shared_address(address.cluster, self.nested_in, address.path[:1]),)


def pair_text(value: JsonValue) -> str:
    """A naming value as it stands in an address: text as it is, everything else as canonical JSON."""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, separators=(",", ":"))
