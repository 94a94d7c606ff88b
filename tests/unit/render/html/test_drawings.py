"""Pictures of a topology of any size: every resource is in one, none is too large, and likes are in a stack."""

import random
from collections import Counter

import pytest

from mqinfra.model.address import Address
from mqinfra.model.topology import Edge, Flow, Node, Status, Topology
from mqinfra.render.html.drawings import Drawings, drawings_of
from mqinfra.render.html.scenes import MOST_CELLS


def address(name: str) -> Address:
    return Address("c", "queues", ("/v", name))


def node(name: str, status: Status = Status.UNCHANGED, *made_by: str) -> Node:
    return Node(
        address=address(name),
        title="queue",
        label=name,
        place="/v",
        status=status,
        made_by=tuple(map(address, made_by)),
    )


def edge(source: str, target: str, flow: Flow = Flow.MESSAGES) -> Edge:
    return Edge(source=address(source), target=address(target), word="key", flow=flow, by=address(source))


def drawn(nodes: list[Node], edges: list[Edge]) -> Drawings:
    return drawings_of(Topology(nodes=tuple(sorted(nodes, key=lambda one: one.address)), edges=tuple(edges)))


def shown(found: Drawings) -> Counter[str]:
    """How often each resource is at home: in a box of an area's picture, or in a list."""
    homes = Counter[str]()
    for scene in found.scenes:
        if scene.inside < 0:
            for box in scene.boxes:
                if not box.guest:
                    homes.update(found.nodes[number].label for number in (*box.nodes, *box.parts))
    for alone in found.alone:
        homes.update(found.nodes[number].label for number in alone.nodes)
    return homes


def test_a_small_topology_is_drawn_whole() -> None:
    found = drawn([node("a"), node("b"), node("a.dlq", Status.CREATE, "a")], [edge("b", "a"), edge("a", "a.dlq")])
    (scene,) = found.scenes
    assert sorted(box.name for box in scene.boxes) == ["+ a.dlq", "a", "b"]
    assert [arrow.words for arrow in scene.arrows] == [("key",), ("key",)]


def test_what_is_joined_to_nothing_is_listed() -> None:
    found = drawn([node("a"), node("b"), node("c")], [edge("a", "b"), edge("c", "a", Flow.SETTINGS)])
    assert [[found.nodes[number].label for number in alone.nodes] for alone in found.alone] == [["c"]]


def test_many_that_are_alike_are_one_box_and_those_that_change_another() -> None:
    nodes = [node("x"), *(node(f"q{at:03}", Status.UPDATE if at % 9 == 0 else Status.UNCHANGED) for at in range(900))]
    found = drawn(nodes, [edge("x", f"q{at:03}") for at in range(900)])
    (scene,) = found.scenes
    assert sorted((len(box.nodes), box.status) for box in scene.boxes) == [
        (1, "unchanged"),
        (100, "update"),
        (800, "unchanged"),
    ]
    assert shown(found) == Counter({one.label: 1 for one in nodes})


def test_an_entry_with_many_parts_is_one_box_that_opens() -> None:
    nodes = [node("x")]
    edges = []
    for at in range(12):
        nodes += [node(f"q{at}"), *(node(f"q{at}.{part}", Status.CREATE, f"q{at}") for part in range(at + 2))]
        edges += [edge("x", f"q{at}"), *(edge(f"q{at}", f"q{at}.{part}") for part in range(at + 2))]
    found = drawn(nodes, edges)
    scene, *insides = found.scenes
    assert {box.name: (box.status, box.badge) for box in scene.boxes}["~ q3"] == ("update", "5 parts")
    assert len(insides) == 12
    inner = next(one for one in insides if found.nodes[one.inside].label == "q3")
    assert {box.name for box in inner.boxes} == {"q3", "x", *(f"+ q3.{part}" for part in range(5))}
    assert [box.name for box in inner.boxes if box.guest] == ["x"]


@pytest.mark.parametrize("seed", range(3))
def test_any_topology_is_in_pictures_that_can_be_read(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - only to draw something
    hubs = [f"h{at}" for at in range(20)]
    leaves = [f"n{at}" for at in range(1500)]
    nodes = [node(name, chance.choice([Status.UNCHANGED, Status.UPDATE, Status.CREATE])) for name in (*hubs, *leaves)]
    edges = [edge(chance.choice(hubs), name) for name in leaves]
    edges += [edge(name, chance.choice(leaves)) for name in leaves[:700]]
    found = drawn(nodes, edges)
    for scene in found.scenes:
        assert sum(not box.guest for box in scene.boxes) <= MOST_CELLS + len(hubs)
    homes = shown(found)
    assert homes.keys() == {one.label for one in nodes}
    assert set(homes.values()) == {1}


def test_lines_of_one_pair_of_boxes_are_one_arrow_that_knows_all_of_them() -> None:
    lines = [edge("a", "b").model_copy(update={"word": word}) for word in ("one", "two", "three", "four")]
    found = drawn([node("a"), node("b")], lines)
    (arrow,) = found.scenes[0].arrows
    assert arrow.words == ("one", "two", "and 2 more")
    assert [found.lines[number].word for number in arrow.lines] == ["one", "two", "three", "four"]
