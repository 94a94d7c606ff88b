"""Who owns what on one cluster, by the records of all projects on it."""

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType

from mqinfra.model.address import Address
from mqinfra.model.frozen import dataclass
from mqinfra.model.record import Claimant, Owner
from mqinfra.model.scope import Owned


@dataclass(frozen=True, slots=True)
class ClusterOwners:
    """What one cluster says.

    Attributes:
        alias: its alias.
        claims: whose records claim each thing that is there, sorted by address; nobody where there is none.
        scopes: everybody who has records there, and what they may own.
        unread: what could not be read, with why, for people.
        unreachable: why the cluster could not be opened or read; empty when it was.
    """

    alias: str
    claims: Mapping[Address, tuple[Claimant, ...]] = field(default_factory=lambda: MappingProxyType({}))
    scopes: Mapping[Owner, Owned] = field(default_factory=lambda: MappingProxyType({}))
    unread: tuple[str, ...] = ()
    unreachable: str = ""

    def number(self, owner: Owner | None) -> Mapping[str, int]:
        """How many things of each kind somebody claims, or nobody does."""
        counted: dict[str, int] = {}
        for address, claimants in self.claims.items():
            if owner is None and claimants:
                continue
            if owner is None or any(one.owner == owner for one in claimants):
                counted[address.kind] = counted.get(address.kind, 0) + 1
        return counted
