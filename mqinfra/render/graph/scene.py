"""A picture with a place for everything: what SVG and the HTML report draw. Sizes follow the texts."""

from dataclasses import dataclass

from mqinfra.render.graph.layout import Layout, Link, Size, lay_out
from mqinfra.render.graph.picture import Arrow, Picture, marked, subtitle
from mqinfra.render.terminal import cells

NAME_CELL, SMALL_CELL = 7.25, 6.1
"""Pixels that a column of a name (monospace, 12 px) and of small text (10 to 11 px) take at most."""
LINE_HEIGHT = 14.0
_HEIGHT = 46.0
_NARROWEST, _WIDEST = 120.0, 300.0
_PADDING = 26.0
_LONGEST_WORD = 34


@dataclass(frozen=True, slots=True)
class Box:
    """What is written in a box, and how large it is.

    Attributes:
        title: over the name.
        name: the name, shortened in the middle where it is too long.
        size: in pixels.
    """

    title: str
    name: str
    size: Size


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture that was laid out.

    Attributes:
        picture: what it shows.
        boxes: by number.
        words: what is written on the arrows, line by line.
        layout: where everything stands.
    """

    picture: Picture
    boxes: tuple[Box, ...]
    words: tuple[tuple[str, ...], ...]
    layout: Layout


def scene(picture: Picture) -> Scene:
    """Lay a picture out.

    Raises:
        LayoutMissingError: the library is not installed.
    """
    boxes = tuple(_box(subtitle(node), marked(node)) for node in picture.nodes)
    words = tuple(tuple(_shortened(word, _LONGEST_WORD) for word in arrow.words) for arrow in picture.arrows)
    links = [_link(arrow, some) for arrow, some in zip(picture.arrows, words, strict=True)]
    return Scene(picture, boxes, words, lay_out([box.size for box in boxes], links))


def _link(arrow: Arrow, words: tuple[str, ...]) -> Link:
    label = None
    if words:
        label = Size(max(map(cells, words)) * SMALL_CELL + 12, len(words) * LINE_HEIGHT + 4)
    return Link(arrow.source, arrow.target, label)


def _box(title: str, name: str) -> Box:
    title = _shortened(title, int((_WIDEST - _PADDING) / SMALL_CELL))
    name = _shortened(name, int((_WIDEST - _PADDING) / NAME_CELL))
    width = max(cells(title) * SMALL_CELL, cells(name) * NAME_CELL) + _PADDING
    return Box(title, name, Size(max(_NARROWEST, width), _HEIGHT))


def _shortened(text: str, most: int) -> str:
    """Leave out the middle: names differ at their ends."""
    if cells(text) <= most:
        return text
    head, tail = text[: most // 2], text[-(most // 2) :]
    while cells(head) + cells(tail) > most - 1:
        head, tail = (head[:-1], tail) if cells(head) >= cells(tail) else (head, tail[1:])
    return f"{head}…{tail}"
