"""Finding the text behind a field of a resource, in whichever layer the winning value was written.

Separate from the layers, since it works only when somebody asks: 50,000 resources keep references to nodes that they
share, and no table of their own.
"""

from collections.abc import Mapping
from typing import Any

from mqinfra.manifest.text.node import Map, Seq
from mqinfra.manifest.text.source import Place, Source, block_of
from mqinfra.model.span import Path, Span, place_within


class Layers:
    """The layers of one entry, strongest first; the `Positions` of its declaration.

    Attributes:
        own: the entry's key.
        maps: what each layer says of the entry.
        texts: files whose text is that of a field, by the field, with the field that names each.
    """

    __slots__ = ("_at", "_source", "maps", "texts")

    def __init__(
        self, own: tuple[Source, int], maps: tuple[Map, ...], texts: Mapping[str, tuple[str, Source]] | None = None
    ) -> None:
        """Put layers together.

        Args:
            own: the entry's key, a `Place` or what it is made of.
            maps: what each layer says of the entry, strongest first.
            texts: see `texts`.
        """
        self._source, self._at = own
        self.maps = maps
        self.texts = texts

    @property
    def own(self) -> Place:
        """The entry's key."""
        return Place(self._source, self._at)

    @property
    def begin(self) -> Span:
        """Where the entry's key stands."""
        return self._source.span(self._at)

    def places(self, path: Path) -> tuple[Place, Place]:
        """Key and value at a path; of the nearest enclosing thing when the field itself was not written."""
        held, step = self._nearest(self._named(path))
        if held is None:
            return self.own, self.own
        if isinstance(held, Seq):
            return held.place(step), held.place(step)
        return held.key_place(step), held.value_place(step)

    def written(self, path: Path) -> bool:
        """Tell whether a layer has the path."""
        return any(_walk(layer, path)[2] == len(path) for layer in self.maps)

    def span(self, path: Path) -> Span | None:
        """Where the value at the path stands."""
        inside = self._inside(path)
        if inside is not None:
            return inside
        held, step = self._nearest(self._named(path))
        if held is None:
            return self.own.span
        return (held.place(step) if isinstance(held, Seq) else held.value_place(step)).span

    def _nearest(self, path: Path) -> tuple[Any, Any]:
        """The container and the step in it that a path leads to, in the strongest layer that has most of it."""
        best: tuple[Any, int | str] = (None, 0)
        depth = 0
        for layer in self.maps:
            held, step, reached = _walk(layer, path)
            if reached > depth:
                best, depth = (held, step), reached
        return best

    def key_span(self, path: Path) -> Span | None:
        """Where the key at the path stands."""
        return self._inside(path) or self.key(path).span

    def key(self, path: Path) -> Place:
        """The key at a path, as in `places`."""
        held, step = self._nearest(self._named(path))
        if held is None:
            return self.own
        return held.place(step) if isinstance(held, Seq) else held.key_place(step)

    def _named(self, path: Path) -> Path:
        """The path of what was written: of a text that is in a file, the field that names the file."""
        held = (self.texts or {}).get(path[0]) if self.texts and path else None
        return path if held is None else (held[0],)

    def _inside(self, path: Path) -> Span | None:
        """A place in the text of a field: in its file, or in a block of the manifest."""
        place = place_within(path)
        if place is None:
            return None
        field, line, column = place
        held = (self.texts or {}).get(field[0])
        if held is not None:
            return Span(held[1].file, line, column)
        begins = block_of(self.places(field)[1])
        return None if begins is None else Span(begins.file, begins.line + line - 1, begins.column + column - 1)

    def line(self, span: Span) -> str | None:
        """Text of the line; None when unknown or when it may hold a secret."""
        for source in (
            self._source,
            *(layer.source for layer in self.maps),
            *(source for _, source in (self.texts or {}).values()),
        ):
            if source.file == span.file:
                return source.line(span.line)
        return None


class MadeLayers:
    """`Positions` of a resource that sugar made: they resolve to the sugar's field.

    Attributes:
        base: layers of the entry with the sugar.
        by: the sugar's field.
    """

    __slots__ = ("base", "by")

    def __init__(self, base: Layers, by: Path) -> None:
        self.base, self.by = base, by

    @property
    def begin(self) -> Span:
        """Where the key of the sugar's field stands."""
        return self.base.key(self.by).span

    def places(self, path: Path) -> tuple[Place, Place]:
        """Key and value within the sugar's field, else of that field."""
        return self.base.places((*self.by, *path))

    def written(self, path: Path) -> bool:
        """Tell whether a layer has the path within the sugar's field."""
        return self.base.written((*self.by, *path))

    def span(self, path: Path) -> Span | None:
        """Where the value at the path stands."""
        return self.places(path)[1].span

    def key_span(self, path: Path) -> Span | None:
        """Where the key at the path stands."""
        return self.places(path)[0].span

    def line(self, span: Span) -> str | None:
        """Text of the line; None when unknown or when it may hold a secret."""
        return self.base.line(span)


def merge(weaker: Mapping[str, Any], stronger: Mapping[str, Any]) -> dict[str, Any]:
    """Put one layer over another: mappings merge key by key, everything else replaces, null included."""
    merged = dict(weaker)
    for key, value in stronger.items():
        old = merged.get(key)
        merged[key] = merge(old, value) if isinstance(value, dict) and isinstance(old, dict) else value
    return merged


def _walk(node: Any, path: Path) -> tuple[Any, int | str, int]:  # noqa: ANN401 - any node
    """Follow a path as far as it goes: the container of the last step that is there, that step, and how many were."""
    held: Any = None
    last: int | str = 0
    for depth, step in enumerate(path):
        if isinstance(node, Map) and step in node:
            held, last = node, step
        elif isinstance(node, Seq) and step.isdecimal() and int(step) < len(node):
            held, last = node, int(step)
        else:
            return held, last, depth
        node = held[last]
    return held, last, len(path)
