"""A topology as a picture: boxes by number, and one arrow between two of them, whatever it carries.

Every format draws this, so that no name of a resource ever stands for a box: a name is only written on it.
"""

from collections.abc import Iterable

from mqinfra.model.frozen import dataclass
from mqinfra.model.topology import Edge, Flow, Node, Status, Topology
from mqinfra.render.terminal import clean

MOST_WORDS = 3
_ANY_KEY = "(any)"


@dataclass(frozen=True, slots=True)
class Arrow:
    """All lines of one sort from one box to another.

    Attributes:
        source: number of the box where it begins.
        target: number of the box where it ends.
        flow: what it stands for.
        edges: the lines.
    """

    source: int
    target: int
    flow: Flow
    edges: tuple[Edge, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """What is written on it, line by line; of many words only the first."""
        mixed = len({edge.status for edge in self.edges}) > 1
        words = list(dict.fromkeys(_word(edge, marked=mixed) for edge in self.edges))
        if words == [_ANY_KEY]:
            return ()
        if len(words) > MOST_WORDS:
            return (*words[: MOST_WORDS - 1], f"and {len(words) - MOST_WORDS + 1} more")
        return tuple(words)

    @property
    def status(self) -> Status:
        """What happens to it: to all its lines the same, or it changes."""
        found = {edge.status for edge in self.edges}
        return found.pop() if len(found) == 1 else Status.UPDATE


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn.

    Attributes:
        nodes: the boxes, by number.
        arrows: the arrows, sorted.
    """

    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]


def _word(edge: Edge, *, marked: bool) -> str:
    """What is written on one line; where some lines of an arrow come and others go, with a sign of which it is."""
    mark = MARKS.get(edge.status, "") if marked else ""
    return f"{mark} {clean(edge.word) or _ANY_KEY}".lstrip()


def picture(topology: Topology) -> Picture:
    """Number the boxes and gather lines to arrows; lines that lead to no box are left out."""
    return picture_of(topology.nodes, topology.edges)


def picture_of(nodes: Iterable[Node], edges: Iterable[Edge]) -> Picture:
    """As `picture`, for some nodes and edges of a topology."""
    nodes = tuple(nodes)
    numbers = {node.address: number for number, node in enumerate(nodes)}
    gathered: dict[tuple[int, int, Flow], list[Edge]] = {}
    for edge in edges:
        if edge.source in numbers and edge.target in numbers:
            gathered.setdefault((numbers[edge.source], numbers[edge.target], edge.flow), []).append(edge)
    arrows = [Arrow(source, target, flow, tuple(some)) for (source, target, flow), some in gathered.items()]
    return Picture(nodes, tuple(sorted(arrows, key=lambda arrow: (arrow.source, arrow.target, arrow.flow.value))))


def subtitle(node: Node) -> str:
    """What stands over the name in a box: its kind, and what matters most of it."""
    return clean(f"{node.title} · {node.caption}" if node.caption else node.title)


def areas(nodes: Iterable[Node]) -> dict[str, list[int]]:
    """Numbers of boxes by what they lie in: the cluster, and the part of it."""
    found: dict[str, list[int]] = {}
    for number, node in enumerate(nodes):
        name = f"{node.address.cluster} {node.place}" if node.place else node.address.cluster
        found.setdefault(clean(name), []).append(number)
    return found


MARKS = {
    Status.CREATE: "+",
    Status.UPDATE: "~",
    Status.REPLACE: "-/+",
    Status.DELETE: "-",
    Status.ADOPT: "=",
    Status.FORGET: "x",
}
"""What stands before a name, for whoever sees no colours; as in a plan."""


def marked(node: Node) -> str:
    """The name of a box with its mark."""
    mark = MARKS.get(node.status)
    return f"{mark} {clean(node.label)}" if mark else clean(node.label)
