"""Pictures as the page has them: boxes and arrows with their places, by numbers of nodes and lines."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from mqinfra.model.frozen import dataclass
from mqinfra.model.label import name_of, place_of
from mqinfra.model.topology import Edge, Flow, Node, Topology
from mqinfra.render.graph.layout import Link, Size, lay_out
from mqinfra.render.graph.picture import MARKS, Arrow, subtitle
from mqinfra.render.graph.scene import box_of, room_for, written_on
from mqinfra.render.graph.svg import head_of, path_of
from mqinfra.render.html.folding import Cell, Lines, cell_status
from mqinfra.render.html.scenes import Sheet, Sheets, sheets_of
from mqinfra.render.terminal import clean, plural


@dataclass(frozen=True, slots=True)
class NodeItem:
    """A resource in the pictures.

    Attributes:
        address: the resource.
        title: what one of its kind is called.
        label: its name.
        place: what it lies in.
        caption: what matters most of it.
        kind: plural kind, for filters.
        cluster: alias of its cluster.
        status: what happens to it.
        labels: `team=shop`.
        where: file and line.
        makers: numbers of the nodes whose sugar makes it.
    """

    address: str
    title: str
    label: str
    place: str
    caption: str
    kind: str
    cluster: str
    status: str
    labels: Sequence[str]
    where: str
    makers: Sequence[int]


@dataclass(frozen=True, slots=True)
class LineItem:
    """A line: numbers of the nodes that it joins, its word, and the resource that it comes from."""

    source: int
    target: int
    word: str
    flow: str
    status: str
    by: str


@dataclass(frozen=True, slots=True)
class BoxItem:
    """A box in a picture: middle and size in pixels, what is written in it, and what it stands for.

    Attributes:
        x: of its middle.
        y: likewise.
        width: in pixels.
        height: likewise.
        title: over the name.
        name: the name.
        badge: what is folded into it.
        status: what happens to it.
        nodes: numbers of the nodes that it stands for.
        parts: numbers of the nodes that their sugar makes, where they have no boxes.
        guest: it is at home in another picture.
    """

    x: float
    y: float
    width: float
    height: float
    title: str
    name: str
    badge: str
    status: str
    nodes: Sequence[int]
    parts: Sequence[int]
    guest: bool


@dataclass(frozen=True, slots=True)
class ArrowItem:
    """An arrow: its path, its head, what is written on it and where, and numbers of its lines."""

    path: str
    head: str
    x: float
    y: float
    words: Sequence[str]
    flow: str
    status: str
    lines: Sequence[int]


@dataclass(frozen=True, slots=True)
class SceneItem:
    """One picture.

    Attributes:
        area: what is drawn: the cluster, and the part of it.
        inside: number of the entry whose inside it shows; -1 for a picture of an area.
        width: in pixels.
        height: likewise.
        boxes: what is in it.
        arrows: what joins them.
    """

    area: str
    inside: int
    width: float
    height: float
    boxes: Sequence[BoxItem]
    arrows: Sequence[ArrowItem]


@dataclass(frozen=True, slots=True)
class AloneItem:
    """What hangs on nothing in an area: numbers of nodes."""

    area: str
    nodes: Sequence[int]


@dataclass(frozen=True, slots=True)
class Drawings:
    """Everything that is drawn."""

    nodes: Sequence[NodeItem]
    lines: Sequence[LineItem]
    scenes: Sequence[SceneItem]
    alone: Sequence[AloneItem]


def drawings_of(topology: Topology) -> Drawings:
    """Lay the pictures of a topology out.

    Raises:
        LayoutMissingError: the library is not installed.
    """
    sheets = sheets_of(topology)
    numbers = {node.address: at for at, node in enumerate(topology.nodes)}
    edges = [edge for edge in topology.edges if edge.source in numbers and edge.target in numbers]
    known = {id(edge): at for at, edge in enumerate(edges)}
    return Drawings(
        [_node(node, [numbers[maker] for maker in node.made_by if maker in numbers]) for node in topology.nodes],
        [
            LineItem(
                numbers[edge.source],
                numbers[edge.target],
                clean(edge.word),
                edge.flow.value,
                edge.status.value,
                clean(edge.by.text),
            )
            for edge in edges
        ],
        [_scene(sheet, topology.nodes, sheets, known) for sheet in sheets.drawn],
        [AloneItem(clean(area), [cell.lead for cell in cells]) for area, cells in sheets.alone.items()],
    )


def _node(node: Node, makers: Sequence[int]) -> NodeItem:
    return NodeItem(
        clean(node.address.text),
        clean(node.title),
        clean(name_of(node.address)),
        clean(place_of(node.address)),
        clean(node.caption),
        clean(node.address.kind),
        clean(node.address.cluster),
        node.status.value,
        [clean(f"{key}={value}") for key, value in sorted(node.labels.items())],
        clean(f"{node.span.file}:{node.span.line}") if node.span is not None else "",
        makers,
    )


def _scene(sheet: Sheet, nodes: Sequence[Node], sheets: Sheets, known: Mapping[int, int]) -> SceneItem:
    arrows = list(_arrows(sheet, sheets.lines))
    boxes = [box_of(*_written(cell, nodes), badge=_badge(cell)) for cell in sheet.cells]
    words = [written_on(arrow) for arrow in arrows]
    links = [Link(arrow.source, arrow.target, room_for(some)) for arrow, some in zip(arrows, words, strict=True)]
    layout = lay_out([box.size for box in boxes], links)
    placed: list[BoxItem] = []
    for cell, box, (x, y) in zip(sheet.cells, boxes, layout.centres, strict=True):
        status = cell_status(cell, nodes)
        place = (round(x, 1), round(y, 1), round(box.size.width), round(box.size.height))
        said = (box.title, box.name, box.badge, status.value)
        placed.append(BoxItem(*place, *said, cell.leads, cell.parts, cell.lead in sheet.guests))
    drawn: list[ArrowItem] = []
    for arrow, some, route in zip(arrows, words, layout.routes, strict=True):
        at = route.label or (0.0, 0.0)
        head = head_of(route) if arrow.flow is not Flow.MEMBERSHIP else ""
        item = (path_of(route), head, round(at[0], 1), round(at[1], 1), some, arrow.flow.value, arrow.status.value)
        drawn.append(ArrowItem(*item, [known[id(edge)] for edge in arrow.edges]))
    inside = -1 if sheet.inside is None else sheet.inside
    size: Size = layout.size
    return SceneItem(clean(sheet.area), inside, round(size.width), round(size.height), placed, drawn)


def _arrows(sheet: Sheet, lines: Lines) -> Iterator[Arrow]:
    owner = {member: at for at, cell in enumerate(sheet.cells) for member in cell.members}
    gathered: dict[tuple[int, int, Flow], list[Edge]] = defaultdict(list)
    for source, target, edge in lines:
        if source in owner and target in owner and (owner[source] != owner[target] or source == target):
            gathered[owner[source], owner[target], edge.flow].append(edge)
    for (source, target, flow), edges in gathered.items():
        yield Arrow(source, target, flow, tuple(edges))


def _written(cell: Cell, nodes: Sequence[Node]) -> tuple[str, str]:
    """What stands in a box: of a stack how many it stands for, and the first of them."""
    node = nodes[cell.lead]
    mark = MARKS.get(cell_status(cell, nodes), "")
    name = f"{mark} {clean(name_of(node.address))}".strip()
    if len(cell.leads) == 1:
        return subtitle(node), name
    return f"{clean(node.title)}, {len(cell.leads):,} alike", f"{name}, …"


def _badge(cell: Cell) -> str:
    return plural(len(cell.parts), "part") if cell.parts else ""
