"""Names in pictures are text: each format is parsed back, and says exactly what was put in."""

import re
from xml.etree.ElementTree import fromstring

import pygraphviz
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mqinfra.model.address import Address
from mqinfra.model.topology import Edge, Flow, Node, Status, Topology
from mqinfra.render.graph.dot import render_dot
from mqinfra.render.graph.mermaid import render_mermaid
from mqinfra.render.graph.picture import Picture, marked, picture, subtitle
from mqinfra.render.graph.scene import scene
from mqinfra.render.graph.svg import render_svg
from mqinfra.render.terminal import clean
from tests.unit.render import hostile

NAMES = [
    *("</details>", "</script>", '"><script>alert(1)</script>', "```", "::set-env name=x::y", "\x1b[31mred", "\u202ea"),
    *("]]>", 'a"]; n0 -> n1 [label="b', '\\N \\G \\"', "&lt;b&gt;", "]:::evil", '#quot;"]', "`x`", "%%{init: {}}%%"),
    *("end", "subgraph", "click n0 href", "\n\ndigraph {", "\ud800", "注文 🐇", "<b>bold</b>", "--> n1", "a;b", "\x00"),
]
SVG = "{http://www.w3.org/2000/svg}"
TAGS = ("svg", "title", "style", "rect", "g", "path", "text")
MERMAID = re.compile(
    r"flowchart LR"
    r'|  subgraph a\d+\["[\w .,/+~=#;-]*"\]|  end'
    r'|    n\d+\["[\w .,/+~=#;<>-]*"\](:::\w+)?'
    r'|  n\d+ (?:-->|-\.->|---|-\.-)(?:\|"[\w .,/+~=#;<>-]*"\|)? n\d+'
    r"|  classDef \w+ [\w:,# -]+",
    re.ASCII,
)
names = st.sampled_from(NAMES) | hostile.texts


def drawn(some: list[str]) -> Picture:
    addresses = [Address("rabbit", "queues", ("/", name or "-", str(number))) for number, name in enumerate(some)]
    nodes = [
        Node(address=address, title="queue", label=name, place=name, caption=name, status=Status.CREATE)
        for address, name in zip(addresses, some, strict=True)
    ]
    edges = [
        Edge(source=one, target=other, word=name, flow=flow, by=one, status=Status.CREATE)
        for one, other, name, flow in zip(addresses, addresses[1:], some, list(Flow) * len(some), strict=False)
    ]
    return picture(Topology(nodes=tuple(nodes), edges=tuple(edges)))


def boxes(shown: Picture) -> list[tuple[str, str]]:
    return [(subtitle(node), marked(node)) for node in shown.nodes]


def decoded(text: str) -> str:
    return re.sub(r"#(\d+);", lambda match: chr(int(match[1])), text)


@pytest.mark.parametrize("name", NAMES)
def test_listed_names_are_text_in_every_format(name: str) -> None:
    check([name, name, f"x{name}", f"{name} y"])


@given(st.lists(names, min_size=1, max_size=4))
def test_any_names_are_text_in_every_format(some: list[str]) -> None:
    check(some)


def check(some: list[str]) -> None:
    shown = drawn(some)
    mermaid(shown)
    dot(shown)
    svg(shown)


def mermaid(shown: Picture) -> None:
    text = render_mermaid(shown)
    assert text.isascii()
    for line in text.removesuffix("\n").split("\n"):
        assert MERMAID.fullmatch(line), line
    found = re.findall(r'^    n\d+\["([^"]*)<br>([^"]*)"\]', text, re.MULTILINE)
    assert [(decoded(title), decoded(name)) for title, name in found] == sorted_by_area(shown)
    assert len(re.findall(r"^  n\d+ ", text, re.MULTILINE)) == len(shown.arrows)


def sorted_by_area(shown: Picture) -> list[tuple[str, str]]:
    areas: dict[str, list[tuple[str, str]]] = {}
    for node, box in zip(shown.nodes, boxes(shown), strict=True):
        areas.setdefault(clean(f"rabbit {node.place}" if node.place else "rabbit"), []).append(box)
    return [box for some in areas.values() for box in some]


def dot(shown: Picture) -> None:
    graph = pygraphviz.AGraph(string=render_dot(shown))
    try:
        expected = {f"n{number}": "\\n".join(map(escaped, box)) for number, box in enumerate(boxes(shown))}
        assert {str(node): node.attr["label"] for node in graph.nodes()} == expected
        assert len(graph.edges()) == len(shown.arrows)
        assert len(graph.subgraphs()) == len({clean(node.place) for node in shown.nodes})
    finally:
        graph.close()


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("&", "&amp;")


def svg(shown: Picture) -> None:
    laid = scene(shown)
    root = fromstring(render_svg(laid, "hostile"))  # noqa: S314 - ours
    assert {item.tag for item in root.iter()} <= {SVG + tag for tag in TAGS}
    assert not [name for item in root.iter() for name in item.attrib if name.startswith("on") or "href" in name]
    groups = [group for group in root.iter(f"{SVG}g") if group.get("class", "").startswith("node")]
    texts = [tuple(item.text or "" for item in group.findall(f"{SVG}text")) for group in groups]
    assert texts == [(box.title, box.name) for box in laid.boxes]
    titles = [group.findtext(f"{SVG}title") for group in groups]
    assert titles == [clean(str(node.address)) for node in shown.nodes]
