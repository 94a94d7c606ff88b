"""A picture with a place for everything: what SVG and the HTML report draw. Sizes follow the texts."""

from mqinfra.model.frozen import dataclass
from mqinfra.render.graph.layout import Layout, Link, Size, lay_out
from mqinfra.render.graph.picture import Arrow, Picture, marked, subtitle
from mqinfra.render.terminal import cells

NAME_CELL, SMALL_CELL = 7.4, 6.1
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
        badge: what stands in its upper right corner.
    """

    title: str
    name: str
    size: Size
    badge: str = ""


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
    boxes = tuple(box_of(subtitle(node), marked(node)) for node in picture.nodes)
    words = tuple(written_on(arrow) for arrow in picture.arrows)
    links = [
        Link(arrow.source, arrow.target, room_for(some)) for arrow, some in zip(picture.arrows, words, strict=True)
    ]
    return Scene(picture, boxes, words, lay_out([box.size for box in boxes], links))


def written_on(arrow: Arrow) -> tuple[str, ...]:
    """What is written on an arrow, line by line, each short enough to be drawn."""
    return tuple(_shortened(word, _LONGEST_WORD) for word in arrow.words)


def room_for(words: tuple[str, ...]) -> Size | None:
    """How much room that takes; None where nothing is written."""
    if not words:
        return None
    return Size(max(map(cells, words)) * SMALL_CELL + 12, len(words) * LINE_HEIGHT + 4)


def box_of(title: str, name: str, *, badge: str = "") -> Box:
    """A box that is large enough for what is written in it.

    Args:
        title: over the name.
        name: the name.
        badge: what stands in its upper right corner.
    """
    room = _WIDEST - _PADDING - (cells(badge) * SMALL_CELL + 14 if badge else 0)
    title = _shortened(title, int(room / SMALL_CELL))
    name = _shortened(name, int((_WIDEST - _PADDING) / NAME_CELL))
    over = cells(title) * SMALL_CELL + (cells(badge) * SMALL_CELL + 14 if badge else 0)
    width = max(over, cells(name) * NAME_CELL) + _PADDING
    return Box(title, name, Size(max(_NARROWEST, width), _HEIGHT), badge)


def _shortened(text: str, most: int) -> str:
    """Leave out the middle: names differ at their ends."""
    if cells(text) <= most:
        return text
    head, tail = text[: most // 2], text[-(most // 2) :]
    while cells(head) + cells(tail) > most - 1:
        head, tail = (head[:-1], tail) if cells(head) >= cells(tail) else (head, tail[1:])
    return f"{head}…{tail}"
