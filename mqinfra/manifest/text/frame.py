"""What the reader keeps of a mapping or list that is not closed yet. Separate from finished nodes, which are frozen."""

from typing import Any

from mqinfra.manifest.text.node import Map, Seq


class Marker:
    """A value that no text can produce."""


EXPECTED = Marker()
"""A key comes next."""
DROPPED = Marker()
"""The entry was refused; its value is read and forgotten."""
MERGE = Marker()
"""The key is `<<`."""


ITEM = Marker()
"""There are no keys: items of a list come next."""


class Frame:
    """A container that is still open.

    Attributes:
        at: where it begins.
        anchor: its anchor, if any.
        before: number of nodes before it.
        node: the mapping or list, with what it holds so far.
        places: places of keys and values, or of items.
        key: of the entry that has begun, whose place is the last; a marker otherwise.
        index: position of each key, once one stands twice.
        merges: what `<<` brings, with its places.
    """

    __slots__ = ("anchor", "at", "before", "index", "key", "merges", "node", "places")

    def __init__(self, at: int, anchor: str | None, before: int, node: Map | Seq, key: Marker) -> None:
        self.at, self.anchor, self.before = at, anchor, before
        self.node: Any = node
        self.places: list[int] = []
        self.key: Any = key
        self.index: dict[str, int] | None = None
        self.merges: list[tuple[Any, int]] | None = None
