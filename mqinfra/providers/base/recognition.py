"""The way back from resources to the sugar that would make them, for whoever takes over what is there.

A type proposes entries: "this would have made those". Nobody has to be sure. Whoever asks has the proposals expanded by
the provider's own expansion, and keeps those that make exactly what is there.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass as standard
from dataclasses import field

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.frozen import dataclass
from mqinfra.model.spec import Spec


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an entry could say in place of other entries.

    Attributes:
        address: the entry; where nothing of that address is there, it is an entry of its own.
        fields: what it says: sugar, and of its plain fields those that change; None for what it leaves out.
        covers: the resources that these stand for, which have no entries of their own then.
    """

    address: Address
    fields: Mapping[str, JsonValue]
    covers: frozenset[Address] = frozenset()

    @property
    def key(self) -> tuple[Address, str]:
        """Tells it from others, also from those of the same entry."""
        return self.address, repr(sorted(self.fields.items()))


@standard(slots=True)
class Seen:
    """What is there on a cluster, and what has been proposed for it.

    Attributes:
        live: the resources.
        refused: keys of proposals that turned out to make something else.
        proposals: those that stand, in the order in which they were made.
    """

    live: Mapping[Address, Spec]
    refused: frozenset[tuple[Address, str]] = frozenset()
    proposals: list[Proposal] = field(default_factory=list)
    _covered: set[Address] = field(default_factory=set)
    _said: dict[Address, dict[str, JsonValue]] = field(default_factory=dict)

    def of(self, kind: str) -> dict[Address, Spec]:
        """The resources of a kind that no proposal covers, by address."""
        return {
            address: spec
            for address, spec in self.live.items()
            if address.kind == kind and address not in self._covered
        }

    def covered(self, address: Address) -> bool:
        """Tell whether a proposal stands for a resource."""
        return address in self._covered

    def said(self, address: Address, name: str) -> JsonValue:
        """What proposals have an entry say in a field; None for nothing."""
        return self._said.get(address, {}).get(name)

    def take(self, proposal: Proposal) -> bool:
        """Take a proposal, unless it was refused or would speak for what is spoken for."""
        taken = not proposal.covers.isdisjoint(self._covered) and not self._shares(proposal)
        if proposal.key in self.refused or taken or proposal.address in self._covered:
            return False
        self.proposals.append(proposal)
        self._covered |= proposal.covers
        self._said.setdefault(proposal.address, {}).update(proposal.fields)
        return True

    def _shares(self, proposal: Proposal) -> bool:
        """Several entries may ask for one resource together, where it is of another kind than they are."""
        return all(address.kind != proposal.address.kind for address in proposal.covers if address in self._covered)


class Recognising(ABC):
    """A type of entries that knows what its sugar makes."""

    @abstractmethod
    def recognise(self, seen: Seen) -> None:
        """Propose entries for what is there, by `seen.take`; types that look at the others' entries come last."""


def sugar_addresses(addresses: Iterable[Address], live: Mapping[Address, Spec]) -> frozenset[Address]:
    """Of what sugar makes, what is there."""
    return frozenset(address for address in addresses if address in live)
