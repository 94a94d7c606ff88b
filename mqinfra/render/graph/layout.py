"""Where boxes stand and which way arrows go, by Graphviz: the one place that knows the library.

It is an optional part (`mqinfra[pictures]`), and loaded only here. It gets numbers and sizes: no name of a resource
reaches a library written in C.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from mqinfra.model.frozen import dataclass

if TYPE_CHECKING:
    from types import ModuleType

T = TypeVar("T")
Point = tuple[float, float]
_INCH = 72.0
_GAP = 32.0
_NARROWEST = 900.0
_SCREEN = 1.8
"""How much wider than high the whole is meant to be."""


class LayoutMissingError(Exception):
    """The library is not installed. The message says what to install."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large something is, in pixels."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Link:
    """An arrow to lay out.

    Attributes:
        source: number of the box where it begins.
        target: number of the box where it ends.
        label: how large what is written on it is; None where nothing is.
    """

    source: int
    target: int
    label: Size | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """Which way an arrow goes.

    Attributes:
        points: of a cubic Bézier curve, the first and then three for each piece.
        label: the middle of what is written on it; None where nothing is.
    """

    points: tuple[Point, ...]
    label: Point | None


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything stands, in pixels from the upper left corner.

    Attributes:
        size: of the whole.
        centres: of the boxes.
        routes: of the arrows.
    """

    size: Size
    centres: tuple[Point, ...]
    routes: tuple[Route, ...]


_WINDOW = Size(1000, 700)
_RANKS = {"LR": 0.5, "TB": 0.35}


def lay_out(boxes: Sequence[Size], links: Sequence[Link]) -> Layout:
    """Lay boxes out from left to right, or downwards where that is seen better, so that nothing lies on anything else.

    What hangs together is laid out by itself, and the parts are put beside and below each other. (Graphviz would do
    that too, and lose what is written on arrows.)

    Raises:
        LayoutMissingError: the library is not installed.
    """
    library = _library()
    parts = components(len(boxes), ((link.source, link.target) for link in links))
    part_of = {number: at for at, part in enumerate(parts) for number in part}
    links_of: list[list[int]] = [[] for _ in parts]
    for number, link in enumerate(links):
        links_of[part_of[link.source]].append(number)
    placed = [_part(library, boxes, links, part, some) for part, some in zip(parts, links_of, strict=True)]
    corners, size = _shelves([one.size for one in placed])
    centres: dict[int, Point] = {}
    routes: dict[int, Route] = {}
    for part, some, one, corner in zip(parts, links_of, placed, corners, strict=True):
        centres.update(zip(part, (_moved(centre, corner) for centre in one.centres), strict=True))
        for number, route in zip(some, one.routes, strict=True):
            label = _moved(route.label, corner) if route.label is not None else None
            routes[number] = Route(tuple(_moved(point, corner) for point in route.points), label)
    return Layout(size, _in_order(centres), _in_order(routes))


def components(count: int, joined: Iterable[tuple[int, int]]) -> list[list[int]]:
    """What hangs together, by numbers: the largest first, then by their first numbers."""
    root = list(range(count))

    def find(number: int) -> int:
        while root[number] != number:
            root[number] = root[root[number]]
            number = root[number]
        return number

    for one, other in joined:
        root[find(one)] = find(other)
    found: dict[int, list[int]] = {}
    for number in range(count):
        found.setdefault(find(number), []).append(number)
    return sorted(found.values(), key=lambda part: (-len(part), part[0]))


def _part(
    library: "ModuleType", boxes: Sequence[Size], links: Sequence[Link], part: Sequence[int], some: Sequence[int]
) -> Layout:
    if len(part) == 1 and not some:
        box = boxes[part[0]]
        return Layout(box, ((box.width / 2, box.height / 2),), ())
    number = {old: new for new, old in enumerate(part)}
    own = [
        replace(link, source=number[link.source], target=number[link.target]) for link in map(links.__getitem__, some)
    ]
    sizes = [boxes[old] for old in part]
    return max((_drawn(library, sizes, own, direction) for direction in ("LR", "TB")), key=_fits)


def _drawn(library: "ModuleType", boxes: Sequence[Size], links: Sequence[Link], direction: str) -> Layout:
    graph = library.AGraph(string=_dot(boxes, links, direction))
    try:
        plain = graph.draw(format="plain", prog="dot").decode("ascii")
    finally:
        graph.close()
    return _read(plain, len(boxes), links)


def _fits(layout: Layout) -> float:
    """How large it is drawn on a screen: wide ones run down, those that fan out to many run to the right."""
    return min(_WINDOW.width / layout.size.width, _WINDOW.height / layout.size.height, 1.0)


def _shelves(sizes: Sequence[Size]) -> tuple[list[Point], Size]:
    """Put parts on shelves of equal width, in order; about as wide as a screen, unless one of them is wider."""
    area = sum((size.width + _GAP) * (size.height + _GAP) for size in sizes)
    room = max([size.width for size in sizes] + [_NARROWEST, (area * _SCREEN) ** 0.5])
    corners: list[Point] = []
    x = y = depth = width = 0.0
    for size in sizes:
        if x and x + size.width > room:
            x, y, depth = 0.0, y + depth + _GAP, 0.0
        corners.append((x, y))
        x, depth, width = x + size.width + _GAP, max(depth, size.height), max(width, x + size.width)
    return corners, Size(width, y + depth)


def _moved(point: Point, corner: Point) -> Point:
    return point[0] + corner[0], point[1] + corner[1]


def _in_order(found: Mapping[int, T]) -> tuple[T, ...]:
    return tuple(item for _, item in sorted(found.items()))


def _library() -> "ModuleType":
    try:
        import pygraphviz  # noqa: PLC0415 - an optional part, and only where a picture is asked for
    except ImportError as error:
        raise LayoutMissingError(f"pygraphviz can't be loaded: {error}") from error
    found: ModuleType = pygraphviz
    return found


def _dot(boxes: Sequence[Size], links: Sequence[Link], direction: str) -> str:
    lines = [
        "digraph {",
        f"graph [rankdir={direction}, nodesep=0.3, ranksep={_RANKS[direction]}, splines=true, outputorder=edgesfirst];",
        'node [shape=box, fixedsize=true, label=""];',
        "edge [arrowhead=none];",
    ]
    lines += [
        f"n{number} [width={box.width / _INCH:.4f}, height={box.height / _INCH:.4f}];"
        for number, box in enumerate(boxes)
    ]
    for number, link in enumerate(links):
        given = [f"id={number}"]
        if link.label is not None:
            given.append(f"label={_room(link.label)}")
        lines.append(f"n{link.source} -> n{link.target} [{', '.join(given)}];")
    return "\n".join([*lines, "}"])


def _room(size: Size) -> str:
    """Room for something of a size: a table without anything in it."""
    sizes = f'WIDTH="{size.width:.0f}" HEIGHT="{size.height:.0f}"'
    return f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" FIXEDSIZE="TRUE" {sizes}><TR><TD></TD></TR></TABLE>>'


def _read(plain: str, boxes: int, links: Sequence[Link]) -> Layout:
    size = Size(0, 0)
    centres: list[Point] = [(0, 0)] * boxes
    found: dict[tuple[int, int], list[Route]] = {}
    for words in _statements(plain):
        match words[0]:
            case "graph":
                size = Size(float(words[2]) * _INCH, float(words[3]) * _INCH)
            case "node":
                centres[int(words[1][1:])] = _point(words[2], words[3], size)
            case "edge":
                ends = int(words[1][1:]), int(words[2][1:])
                count = int(words[3])
                numbers = words[4 : 4 + 2 * count]
                points = tuple(_point(x, y, size) for x, y in zip(numbers[::2], numbers[1::2], strict=True))
                rest = words[4 + 2 * count :]
                label = _point(rest[1], rest[2], size) if len(rest) > 3 else None
                found.setdefault(ends, []).append(Route(points, label))
    # Arrows between the same boxes may come in any order, and those with something on them get the room for it.
    routes: list[Route] = []
    for link in links:
        some = found[link.source, link.target]
        fitting = next((route for route in some if (route.label is not None) == (link.label is not None)), some[0])
        some.remove(fitting)
        routes.append(fitting)
    return Layout(size, tuple(centres), tuple(routes))


def _statements(plain: str) -> Iterable[list[str]]:
    return (line.split() for line in plain.replace("\\\n", "").splitlines() if line and line != "stop")


def _point(x: str, y: str, size: Size) -> Point:
    """Graphviz counts inches from the lower left corner."""
    return float(x) * _INCH, size.height - float(y) * _INCH
