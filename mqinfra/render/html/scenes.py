"""The pictures of a report: each small enough to be read, together all that there is."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from mqinfra.model.frozen import dataclass
from mqinfra.model.topology import Edge, Node, Topology
from mqinfra.render.graph.layout import components
from mqinfra.render.html.folding import Cell, Lines, folded, lines_of, stacked

DRAWN_WHOLE = 40
"""What hangs together and has no more boxes than so many is drawn with all of them."""
MOST_CELLS = 60
"""No picture has more boxes, but for those that it shares with others."""
_HUB = 12
"""A box with more neighbours joins everything: it stands in every picture of what it joins."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One picture, before it is laid out.

    Attributes:
        area: what is drawn: the cluster, and the part of it.
        cells: the boxes.
        inside: number of the entry whose inside it shows; None for a picture of an area.
        guests: numbers of nodes that it shows although they are at home in another picture.
    """

    area: str
    cells: tuple[Cell, ...]
    inside: int | None = None
    guests: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Sheets:
    """All pictures.

    Attributes:
        lines: what is drawn between boxes.
        drawn: the pictures.
        alone: numbers of what hangs on nothing, with their parts, by area.
    """

    lines: Lines
    drawn: Sequence[Sheet]
    alone: dict[str, list[Cell]]


def sheets_of(topology: Topology) -> Sheets:
    """Part a topology into pictures."""
    nodes = topology.nodes
    lines = lines_of(nodes, topology.edges)
    drawn: list[Sheet] = []
    alone: dict[str, list[Cell]] = defaultdict(list)
    small: dict[str, list[list[Cell]]] = defaultdict(list)
    cells = {cell.lead: cell for cell in folded(nodes)}
    owner = {member: lead for lead, cell in cells.items() for member in cell.members}
    joined = {end for source, target, _ in lines for end in (source, target)}
    many = Counter(area_of(nodes, (lead,)) for lead, cell in cells.items() if cell.parts)
    for part in components(len(nodes), ((owner[s], owner[t]) for s, t, _ in lines)):
        some = [cells[number] for number in part if number in cells]
        if not some:
            continue
        together = [member for cell in some for member in cell.members]
        area = area_of(nodes, (cell.lead for cell in some))
        if len(some) == 1 and (not some[0].parts or many[area] > MOST_CELLS):
            alone[area].append(some[0])
        elif len(together) <= DRAWN_WHOLE:
            small[area].append([Cell((number,)) for number in sorted(joined & set(together))])
            alone[area] += [Cell((number,)) for number in sorted(set(together) - joined)]
        else:
            drawn += _large(area, stacked(some, nodes, _among(lines, together)), nodes, lines)
    for area, groups in small.items():
        drawn += [Sheet(area, tuple(cell for group in page for cell in group)) for page in _pages(groups)]
    whole = {cell.members[0] for sheet in drawn for cell in sheet.cells if len(cell.members) == 1}
    drawn += _insides(cells, nodes, lines, whole)
    drawn.sort(key=lambda sheet: (sheet.inside is not None, sheet.area))
    return Sheets(lines, drawn, {area: some for area, some in sorted(alone.items()) if some})


def area_of(nodes: Sequence[Node], members: Iterable[int]) -> str:
    """What nodes lie in: the part of a cluster where any of them lies in one, else the cluster."""
    places = Counter((nodes[number].address.cluster, nodes[number].place) for number in members)
    cluster, place = max(sorted(places), key=lambda known: (known[1] != "", places[known]))
    return f"{cluster} {place}".rstrip()


def _among(lines: Lines, members: Iterable[int]) -> list[tuple[int, int, Edge]]:
    kept = set(members)
    return [line for line in lines if line[0] in kept and line[1] in kept]


def _pages(groups: Sequence[list[Cell]]) -> Iterator[list[list[Cell]]]:
    """Put what hangs together on pages, in order."""
    page: list[list[Cell]] = []
    for group in groups:
        if page and sum(map(len, page)) + len(group) > MOST_CELLS:
            yield page
            page = []
        page.append(group)
    if page:
        yield page


def _large(area: str, cells: Sequence[Cell], nodes: Sequence[Node], lines: Lines) -> Iterator[Sheet]:
    """Part what hangs together and is too large for one picture where few boxes hold it together."""
    if len(cells) <= MOST_CELLS:
        yield Sheet(area, tuple(cells))
        return
    owner = {member: at for at, cell in enumerate(cells) for member in cell.members}
    near: list[set[int]] = [set() for _ in cells]
    for source, target, _ in lines:
        if source in owner and target in owner and owner[source] != owner[target]:
            near[owner[source]].add(owner[target])
            near[owner[target]].add(owner[source])
    hubs = {at for at, some in enumerate(near) if len(some) > _HUB}
    rest = [at for at in range(len(cells)) if at not in hubs]
    index = {at: new for new, at in enumerate(rest)}
    joined = ((index[at], index[other]) for at in rest for other in near[at] if other in index)
    pieces = [[rest[new] for new in piece] for piece in components(len(rest), joined)]
    pieces.sort(key=lambda piece: nodes[cells[piece[0]].lead].address)
    seen: set[int] = set()
    for page in _pages([[cells[at] for at in chunk] for piece in pieces for chunk in _chunks(piece, near)]):
        own = {owner[cell.lead] for group in page for cell in group}
        # Of a hub's neighbours there may be thousands: here stand those that are at home here.
        guests = {other for at in own for other in near[at]} - own
        shown = sorted(own | guests)
        strangers = frozenset(cells[at].lead for at in guests if at not in hubs or at in seen)
        seen |= guests & hubs
        yield Sheet(area, tuple(cells[at] for at in shown), guests=strangers)


def _chunks(piece: Sequence[int], near: Sequence[set[int]]) -> Iterator[list[int]]:
    """Cut what is still too large into neighbourhoods."""
    left = dict.fromkeys(piece)
    while left:
        chunk: list[int] = []
        todo = [next(iter(left))]
        while todo and len(chunk) < MOST_CELLS:
            at = todo.pop(0)
            if at in left:
                del left[at]
                chunk.append(at)
                todo += sorted(near[at] & left.keys())
        yield chunk


def _insides(cells: dict[int, Cell], nodes: Sequence[Node], lines: Lines, whole: set[int]) -> Iterator[Sheet]:
    """A picture of each entry with parts that no other picture shows, with what it is joined to."""
    beside: dict[int, set[int]] = defaultdict(set)
    for source, target, _ in lines:
        beside[source].add(target)
        beside[target].add(source)
    for lead, cell in cells.items():
        if not cell.parts or lead in whole:
            continue
        members = set(cell.members)
        guests = sorted({other for member in members for other in beside[member]} - members)[:MOST_CELLS]
        shown = [Cell((number,)) for number in sorted((*members, *guests))]
        yield Sheet(area_of(nodes, cell.members), tuple(shown), inside=lead, guests=frozenset(guests))
