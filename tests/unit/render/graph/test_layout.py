"""A layout puts nothing on anything else, and its arrows join what they are to join."""

import random
from itertools import combinations

import pytest

from mqinfra.render.graph.layout import Layout, Link, Point, Size, components, lay_out

Rectangle = tuple[float, float, float, float]


def rectangle(centre: Point, size: Size) -> Rectangle:
    return (
        centre[0] - size.width / 2,
        centre[1] - size.height / 2,
        centre[0] + size.width / 2,
        centre[1] + size.height / 2,
    )


def overlap(one: Rectangle, other: Rectangle) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def some_graph(seed: int) -> tuple[list[Size], list[Link]]:
    chance = random.Random(seed)  # noqa: S311 - only to draw something
    boxes = [Size(chance.randint(120, 300), 46) for _ in range(40)]
    ends = {(chance.randrange(40), chance.randrange(40)) for _ in range(45)}
    sizes = [Size(chance.randint(30, 200), 18) if (one + other) % 3 else None for one, other in sorted(ends)]
    return boxes, [Link(one, other, size) for (one, other), size in zip(sorted(ends), sizes, strict=True)]


@pytest.mark.parametrize("seed", range(6))
def test_no_boxes_and_no_labels_overlap(seed: int) -> None:
    boxes, links = some_graph(seed)
    found = lay_out(boxes, links)
    taken = [rectangle(centre, size) for centre, size in zip(found.centres, boxes, strict=True)]
    for link, route in zip(links, found.routes, strict=True):
        assert (route.label is None) == (link.label is None)
        if link.label is not None and route.label is not None:
            taken.append(rectangle(route.label, link.label))
    assert not [pair for pair in combinations(taken, 2) if overlap(*pair)]
    assert all(left >= -1 and right <= found.size.width + 1 for left, _, right, _ in taken)
    assert all(top >= -1 and bottom <= found.size.height + 1 for _, top, _, bottom in taken)


@pytest.mark.parametrize("seed", range(3))
def test_arrows_begin_and_end_at_their_boxes(seed: int) -> None:
    boxes, links = some_graph(seed)
    found = lay_out(boxes, links)
    for link, route in zip(links, found.routes, strict=True):
        for number, (x, y) in ((link.source, route.points[0]), (link.target, route.points[-1])):
            left, top, right, bottom = rectangle(found.centres[number], boxes[number])
            assert left - 3 <= x <= right + 3
            assert top - 3 <= y <= bottom + 3


def test_what_hangs_together_is_found() -> None:
    assert components(6, [(4, 1), (1, 3), (2, 0)]) == [[1, 3, 4], [0, 2], [5]]


def test_nothing_is_laid_out_to_nothing() -> None:
    assert lay_out([], []) == Layout(Size(0, 0), (), ())
