"""Nodes: what was read, as plain Python values whose containers know where each key and value stands.

Scalars are bare `str`, `int`, `float`, `bool` and None, so that a tree costs little more than its data and goes into
pydantic as it is. Treat nodes as frozen: an alias shares them.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from mqinfra.manifest.text.source import Place, Source

_FEW = 8
"""Keys that are looked through faster than a table of them is made."""


class Map(dict[str, Any]):
    """A mapping; the places of its keys and values stand in its source from `at` on, two for each entry."""

    __slots__ = ("_index", "_partial", "at", "source")

    def __init__(self, source: Source, at: int, data: Mapping[str, Any] = MappingProxyType({})) -> None:
        if data:
            super().__init__(data)
        self.source, self.at = source, at
        self._index: dict[str, int] | None = None
        self._partial = False

    def without(self, names: Container[str]) -> "Map":
        """The same mapping without some of its keys; the places of the others stay what they are."""
        kept = {key: at for at, key in enumerate(self) if key not in names}
        if len(kept) == len(self):
            return self
        part = Map(self.source, self.at, {key: self[key] for key in kept})
        part._index, part._partial = kept, True
        return part

    def index(self, key: str) -> int:
        """Position of a key among the keys; of many keys a table is made when somebody first asks.

        Raises:
            KeyError: there is no such key.
        """
        if len(self) <= _FEW and not self._partial:
            for index, known in enumerate(self):
                if known == key:
                    return index
            raise KeyError(key)
        if self._index is None:
            self._index = {known: index for index, known in enumerate(self)}
        return self._index[key]

    def key_place(self, key: str) -> Place:
        """Where a key stands."""
        return Place(self.source, self.source.places[self.at + 2 * self.index(key)])

    def value_place(self, key: str) -> Place:
        """Where the value of a key stands."""
        return Place(self.source, self.source.places[self.at + 2 * self.index(key) + 1])

    def placed(self) -> Iterable[tuple[str, Any, int, int]]:
        """Each key with its value and their packed places, in one pass."""
        places, at, end = self.source.places, self.at, self.at + 2 * len(self)
        if self._partial:
            ats = [at + 2 * self.index(key) for key in self]
            return zip(self, self.values(), [places[at] for at in ats], [places[at + 1] for at in ats], strict=True)
        return zip(self, self.values(), places[at:end:2], places[at + 1 : end : 2], strict=True)

    def entries(self) -> Iterator[tuple[str, Any, Place, Place]]:
        """Each key with its value and their places, in one pass."""
        for key, value, key_at, value_at in self.placed():
            yield key, value, Place(self.source, key_at), Place(self.source, value_at)


class Seq(list[Any]):
    """A list; the places of its items stand in its source from `at` on."""

    __slots__ = ("at", "source")

    def __init__(self, source: Source, at: int, data: Iterable[Any] = ()) -> None:
        super().__init__(data)
        self.source, self.at = source, at

    def place(self, index: int) -> Place:
        """Where an item stands."""
        return Place(self.source, self.source.places[self.at + index])

    def placed(self) -> Iterable[tuple[Any, int]]:
        """Each item with its packed place."""
        return zip(self, self.source.places[self.at : self.at + len(self)], strict=True)

    def entries(self) -> Iterator[tuple[Any, Place]]:
        """Each item with its place."""
        for item, at in self.placed():
            yield item, Place(self.source, at)


Node = Map | Seq | str | int | float | bool | None


def size(node: Any) -> int:  # noqa: ANN401 - any node
    """Number of nodes, as often as they are used; sharing by aliases counts each time."""
    if isinstance(node, dict):
        return 1 + len(node) + sum(map(size, node.values()))
    return 1 + sum(map(size, node)) if isinstance(node, list) else 1


class Document(NamedTuple):
    """One document of a file.

    Attributes:
        root: its content.
        place: where it begins.
    """

    root: Node
    place: Place
