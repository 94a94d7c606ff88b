"""A topology of thousands in boxes that can be read: entries with what they make, and likes in a stack."""

from collections import defaultdict
from collections.abc import Sequence

from mqinfra.model.address import Address
from mqinfra.model.frozen import dataclass
from mqinfra.model.topology import Edge, Flow, Node, Status

STACK_FROM = 6
"""So many boxes with equal lines are drawn as one."""

Lines = Sequence[tuple[int, int, Edge]]
"""Where a line begins and ends, by numbers, and the line."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One box.

    Attributes:
        leads: numbers of the nodes that it stands for, one unless it is a stack.
        parts: numbers of what their sugar makes.
    """

    leads: tuple[int, ...]
    parts: tuple[int, ...] = ()

    @property
    def lead(self) -> int:
        """The first node."""
        return self.leads[0]

    @property
    def members(self) -> tuple[int, ...]:
        """All nodes in it."""
        return (*self.leads, *self.parts)


def cell_status(cell: Cell, nodes: Sequence[Node]) -> Status:
    """What happens to a box: to what it stands for, or it changes because a part of it does."""
    found = {nodes[number].status for number in cell.leads}
    status = found.pop() if len(found) == 1 else Status.UPDATE
    if status.changes:
        return status
    return Status.UPDATE if any(nodes[number].status.changes for number in cell.parts) else status


def lines_of(nodes: Sequence[Node], edges: Sequence[Edge]) -> list[tuple[int, int, Edge]]:
    """The lines of a picture by numbers; what is in force on something is said of it, and is no line."""
    numbers = {node.address: at for at, node in enumerate(nodes)}
    return [
        (numbers[edge.source], numbers[edge.target], edge)
        for edge in edges
        if edge.flow is not Flow.SETTINGS and edge.source in numbers and edge.target in numbers
    ]


def folded(nodes: Sequence[Node]) -> list[Cell]:
    """One box per declared entry, with what its sugar makes inside."""
    numbers = {node.address: at for at, node in enumerate(nodes)}
    parts: dict[int, list[int]] = defaultdict(list)
    roots = [_root(at, nodes, numbers) for at in range(len(nodes))]
    for at, root in enumerate(roots):
        if root != at:
            parts[root].append(at)
    return [Cell((at,), tuple(parts[at])) for at, root in enumerate(roots) if root == at]


def _root(at: int, nodes: Sequence[Node], numbers: dict[Address, int]) -> int:
    seen = {at}
    while True:
        makers = [numbers[maker] for maker in nodes[at].made_by if maker in numbers]
        # What several entries make is nobody's part.
        if len(makers) != 1 or makers[0] in seen:
            return at
        at = makers[0]
        seen.add(at)


def stacked(cells: Sequence[Cell], nodes: Sequence[Node], lines: Lines) -> list[Cell]:
    """Boxes with the same lines to the same others, of one kind and one fate, as one box."""
    owner = {member: at for at, cell in enumerate(cells) for member in cell.members}
    near: list[set[tuple[int, bool, str, str]]] = [set() for _ in cells]
    for source, target, edge in lines:
        one, other = owner[source], owner[target]
        if one != other:
            near[one].add((other, True, edge.flow.value, edge.status.value))
            near[other].add((one, False, edge.flow.value, edge.status.value))
    alike: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for at, cell in enumerate(cells):
        node = nodes[cell.lead]
        shape = (node.address.cluster, node.address.kind, node.place, len(cell.parts), cell_status(cell, nodes).value)
        alike[*shape, frozenset(near[at]) if near[at] else at].append(at)
    found: list[Cell] = []
    for some in alike.values():
        if len(some) < STACK_FROM:
            found += [cells[at] for at in some]
        else:
            members = [cells[at] for at in some]
            parts = tuple(part for cell in members for part in cell.parts)
            found.append(Cell(tuple(cell.lead for cell in members), parts))
    return sorted(found, key=lambda cell: cell.lead)
