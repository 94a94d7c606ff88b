"""Scope: what a project may own. Declaring, deleting and exporting all stop at it (design §3, §6)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from mqinfra.model.address import Address


def pattern_owns(pattern: str, name: str) -> bool:
    """Tell whether a scope pattern covers a whole name.

    A pattern is a name, or a prefix that ends in a delimiter (any character but a letter or digit) and `*`, so that
    `orders.*` owns `orders.created` and neither `orders` nor `ordersx`.
    """
    return name.startswith(pattern[:-1]) and name != pattern[:-1] if pattern.endswith("*") else name == pattern


@dataclass(frozen=True, slots=True)
class Scope:
    """What a project may own, per broker type and kind.

    Attributes:
        patterns: broker type → kind → patterns.
        whole: broker types whose clusters are owned entirely (`wholeCluster: true`).
        shared: broker type → kind → the kind whose patterns count for it, where kinds share names.
        grantor: the clusters file that says what projects may own, and may have narrowed this; empty when none does.
    """

    patterns: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=lambda: MappingProxyType({}))
    whole: frozenset[str] = frozenset()
    shared: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    grantor: str = ""

    def owns(self, broker: str, address: Address) -> bool:
        """Tell whether a resource is the project's to manage; what lies inside another resource goes with that."""
        if broker in self.whole:
            return True
        name = address.path[0] if address.path else address.name
        return any(pattern_owns(pattern, name) for pattern in self.of(broker, address.kind))

    def key(self, broker: str, kind: str) -> str:
        """The word under `scope:` that counts for a kind."""
        return self.shared.get(broker, {}).get(kind, kind)

    def of(self, broker: str, kind: str) -> tuple[str, ...]:
        """Patterns for one kind; empty when the project owns none of it."""
        return tuple(self.patterns.get(broker, {}).get(self.key(broker, kind), ()))
