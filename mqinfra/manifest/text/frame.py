"""What the reader keeps of a mapping or list that is not closed yet. Separate from finished nodes, which are frozen."""

from typing import Any

from mqinfra.manifest.text.node import Map


class Marker:
    """A value that no text can produce."""


EXPECTED = Marker()
"""A key comes next."""
DROPPED = Marker()
"""The entry was refused; its value is read and forgotten."""
MERGE = Marker()
"""The key is `<<`."""


class Frame:
    """A container that is still open.

    Attributes:
        at: where it begins.
        anchor: its anchor, if any.
        before: number of nodes before it.
        values: the mapping, with what it holds so far; None for a list.
        items: what a list holds so far.
        places: places of keys and values, or of items.
        key: of the entry that has begun, whose place is the last; a marker otherwise.
        index: position of each key, once one stands twice.
        merges: what `<<` brings, with its places.
    """

    __slots__ = ("anchor", "at", "before", "index", "items", "key", "merges", "places", "values")

    def __init__(self, at: int, anchor: str | None, before: int, values: Map | None) -> None:
        self.at, self.anchor, self.before = at, anchor, before
        self.values = values
        self.items: list[Any] = []
        self.places: list[int] = []
        self.key: Any = EXPECTED
        self.index: dict[str, int] | None = None
        self.merges: list[tuple[Any, int]] | None = None
