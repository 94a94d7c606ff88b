"""Scope: what a project may own. Declaring, deleting and exporting all stop at it (design §3, §6)."""

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType

from mqinfra.model.address import Address
from mqinfra.model.diagnostic import Related
from mqinfra.model.frozen import dataclass


def pattern_owns(pattern: str, name: str) -> bool:
    """Tell whether a scope pattern covers a whole name.

    A pattern is a name, or a prefix that ends in a delimiter (any character but a letter or digit) and `*`, so that
    `orders.*` owns `orders.created` and neither `orders` nor `ordersx`.
    """
    return name.startswith(pattern[:-1]) and name != pattern[:-1] if pattern.endswith("*") else name == pattern


def pattern_covers(wider: str, narrower: str) -> bool:
    """Tell whether every name that one scope pattern owns is also another's."""
    if not narrower.endswith("*"):
        return pattern_owns(wider, narrower)
    return wider.endswith("*") and narrower.startswith(wider[:-1])


@dataclass(frozen=True, slots=True)
class OwningPair:
    """A pair of an address that names an owner: what is about a user belongs to whom the user does.

    Attributes:
        key: the pair's key.
        word: the word under `scope:` whose patterns count for its value.
        prefix: what patterns write before it: `User:`.
    """

    key: str
    word: str
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Ownership:
    """How the addresses of a kind are looked up in a scope.

    Attributes:
        word: the word under `scope:` whose patterns count for the first name of the address.
        lies_within: it lies in what that name is the name of (a vhost), of which only a part may be owned.
        shared_word: where only a part is owned, the word whose patterns count for its own name; empty when those of
            the part do.
        named_by: keys of the pair that is its own name, the first of them that it has; without one, its own name is
            the last of its path, the second one where `shared_word` says whose that is (a topic permission's is that of
            its user), or the text of all pairs where it has no path.
        prefix: what patterns write before the name: a user `billing` is the principal `User:billing`.
        pair: the pair that says whose it is as well as `word` does; None where there is none.
    """

    word: str
    lies_within: bool = False
    shared_word: str = ""
    named_by: tuple[str, ...] = ()
    prefix: str = ""
    pair: OwningPair | None = None

    def own_name(self, address: Address) -> str:
        """Its own name within the thing that it lies in."""
        for key in self.named_by:
            for name, value in address.pairs:
                if name == key:
                    return value
        if not address.path:
            return address.name
        return address.path[1 if self.shared_word else -1] if len(address.path) > 1 else ""

    def outer_name(self, address: Address) -> str:
        """The name that the patterns of `word` count for: the outermost, or its own where no path leads to it."""
        return self.prefix + (address.path[0] if address.path else self.own_name(address))


@dataclass(frozen=True, slots=True)
class Owned:
    """What a project may own on clusters of one type, as its records say it for others.

    Attributes:
        patterns: word under `scope:` → patterns of what is owned entirely.
        parts: pattern of a vhost → patterns of the names that are owned in it.
        whole: everything is owned.
    """

    patterns: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """What a project may own, per broker type and kind.

    Attributes:
        patterns: broker type → word → patterns of what is owned entirely.
        whole: broker types whose clusters are owned entirely (`wholeCluster: true`).
        parts: broker type → pattern of a vhost → patterns of the names that are owned in it.
        ownership: broker type → kind → how its addresses are looked up.
        grantor: the clusters file that says what projects may own, and may have narrowed this; empty when none does.
        written: the same as it is written, by declared names; None where the environment gives things no others.
        shared_with: broker type → projects that own some of the same names on purpose.
        places: where words and patterns are written: broker type and word, and a pattern behind these.
    """

    patterns: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=lambda: MappingProxyType({}))
    whole: frozenset[str] = frozenset()
    parts: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=lambda: MappingProxyType({}))
    ownership: Mapping[str, Mapping[str, Ownership]] = field(default_factory=lambda: MappingProxyType({}))
    grantor: str = ""
    written: "Scope | None" = None
    shared_with: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    places: Mapping[tuple[str, ...], Related] = field(default_factory=lambda: MappingProxyType({}), compare=False)

    def owns(self, broker: str, address: Address) -> bool:
        """Tell whether a resource is the project's to manage; what lies inside another resource goes with that."""
        if broker in self.whole:
            return True
        how = self._ownership(broker, address.kind)
        patterns = self.patterns.get(broker, {}).get(how.word)
        if patterns:
            name = how.outer_name(address)
            for pattern in patterns:
                if pattern_owns(pattern, name):
                    return True
        return self._owns_pair(broker, address, how) or self._owns_part(broker, address, how)

    def shares(self, broker: str, address: Address) -> bool:
        """Tell whether the project owns a part of a thing, and not the thing itself."""
        return bool(self._parts_of(broker, address)) and not self.owns(broker, address)

    def key(self, broker: str, kind: str) -> str:
        """The word under `scope:` that counts for a kind."""
        return self._ownership(broker, kind).word

    def of(self, broker: str, kind: str) -> tuple[str, ...]:
        """Patterns for one kind; empty when the project owns none of it."""
        return tuple(self.patterns.get(broker, {}).get(self.key(broker, kind), ()))

    def has(self, broker: str, kind: str) -> bool:
        """Tell whether the project may own anything of a kind."""
        how = self._ownership(broker, kind)
        in_parts = how.lies_within and bool(self.parts.get(broker))
        by_pair = how.pair is not None and bool(self.patterns.get(broker, {}).get(how.pair.word))
        return broker in self.whole or bool(self.of(broker, kind)) or in_parts or by_pair

    def has_any(self, broker: str) -> bool:
        """Tell whether the project may own anything at all on clusters of a type."""
        return broker in self.whole or any(self.patterns.get(broker, {}).values()) or bool(self.parts.get(broker))

    def on(self, broker: str) -> Owned:
        """What of it is about clusters of a type."""
        patterns = {word: some for word, some in self.patterns.get(broker, {}).items() if some}
        return Owned(patterns, dict(self.parts.get(broker, {})), whole=broker in self.whole)

    def divisible(self, broker: str) -> str:
        """The word under which things stand of which parts can be owned; empty when there is none."""
        return next((how.word for how in self.ownership.get(broker, {}).values() if how.lies_within), "")

    def place(self, broker: str, word: str, pattern: str) -> Related | None:
        """Where a pattern is written, or the word under which it stands; None where neither is, as in a grant."""
        return self.places.get((broker, word, pattern)) or self.places.get((broker, word))

    def _ownership(self, broker: str, kind: str) -> Ownership:
        return self.ownership.get(broker, {}).get(kind) or Ownership(kind)

    def _parts_of(self, broker: str, address: Address) -> tuple[str, ...]:
        parts = self.parts.get(broker)
        if not parts or not address.path:
            return ()
        return tuple(name for holder, names in parts.items() if pattern_owns(holder, address.path[0]) for name in names)

    def _owns_pair(self, broker: str, address: Address, how: Ownership) -> bool:
        pair = how.pair
        if pair is None:
            return False
        value = dict(address.pairs).get(pair.key)
        if value is None:
            return False
        patterns = self.patterns.get(broker, {}).get(pair.word, ())
        return any(pattern_owns(pattern, pair.prefix + value) for pattern in patterns)

    def _owns_part(self, broker: str, address: Address, how: Ownership) -> bool:
        if not how.lies_within:
            return False
        names = self._parts_of(broker, address)
        if names and how.shared_word:
            names = tuple(self.patterns.get(broker, {}).get(how.shared_word, ()))
        return any(pattern_owns(pattern, how.own_name(address)) for pattern in names)
