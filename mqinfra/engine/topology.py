"""What resources are to each other, before a plan and after it: for pictures, and only where one is asked for.

What kinds draw (`Drawn`) is asked for twice, of what is there and of what will be: what only one of them has comes or
goes.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mqinfra.engine.planning.claims import maker_address
from mqinfra.engine.survey import Survey
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.declaration import Declaration, Desired, Reference
from mqinfra.model.plan import Plan
from mqinfra.model.reading import Reading
from mqinfra.model.spec import Spec
from mqinfra.model.topology import Edge, Node, Status, Topology
from mqinfra.providers.base.capabilities import having
from mqinfra.providers.base.catalogue import Catalogue
from mqinfra.providers.base.drawing import Drawing, Drawn, Line
from mqinfra.providers.base.kind import Kind


def declared_topology(desired: Desired, catalogue: Catalogue) -> Topology:
    """What the manifests declare, by themselves: no cluster is looked at."""
    edges = [
        edge
        for alias, broker in sorted(desired.clusters.items())
        for edge in _edges(
            _drawn(catalogue, broker), None, _wanted(desired, alias, None), desired, unchanged=Status.DECLARED
        )
    ]
    return _topology(_Statuses({}, frozenset(), {}), desired, catalogue, {}, edges)


def planned_topology(plan: Plan, desired: Desired, survey: Survey, catalogue: Catalogue) -> Topology:
    """What a plan leads to, each part with what happens to it.

    Args:
        plan: the plan.
        desired: what it was made from.
        survey: likewise, what was read.
        catalogue: the known kinds.
    """
    changes = {change.address: change for change in plan.changes}
    live: dict[Address, Spec] = {}
    edges: list[Edge] = []
    for alias, broker in sorted(desired.clusters.items()):
        reading, unchanged = survey.readings.get(alias), Status.UNCHANGED
        if reading is None or plan.selection:
            unchanged = Status.DECLARED
        before = _present(desired, reading) if reading is not None else None
        if before is not None:
            live.update(before.specs)
        after = _wanted(desired, alias, before, changes)
        edges += _edges(_drawn(catalogue, broker), before, after, desired, unchanged=unchanged)
    known = frozenset() if plan.selection else frozenset(survey.readings)
    left = {item.address: live.get(item.address) for item in plan.undeclared}
    parts = dict(_recorded_parts(survey, {*left, *changes} - desired.declarations.keys()))
    gone = {address: live.get(address) for address in changes if address not in desired.declarations}
    return _topology(_Statuses(changes, known, parts), desired, catalogue, {**left, **gone}, edges)


class _Statuses:
    """What happens to resources."""

    def __init__(
        self, changes: Mapping[Address, Change], known: frozenset[str], parts: Mapping[Address, tuple[Address, ...]]
    ) -> None:
        """Take the changes, the clusters of which all was compared, and whose parts leftovers are."""
        self.changes, self._known, self._parts = changes, known, parts

    def makers(self, address: Address, declaration: Declaration | None) -> tuple[Address, ...]:
        """The entries whose sugar makes or made it."""
        if declaration is not None:
            return tuple(origin.maker for origin in declaration.origins if origin.maker is not None)
        change = self.changes.get(address)
        return change.made_by if change is not None and change.made_by else self._parts.get(address, ())

    def of(self, address: Address, *, declared: bool) -> Status:
        """What happens to one."""
        change = self.changes.get(address)
        if change is not None:
            return Status(change.action.value)
        if not declared:
            return Status.UNDECLARED
        return Status.UNCHANGED if address.cluster in self._known else Status.DECLARED


def _recorded_parts(survey: Survey, some: Iterable[Address]) -> Iterator[tuple[Address, tuple[Address, ...]]]:
    """Whose sugar made what nobody declares any more, by our records."""
    for address in some:
        inventory = survey.inventories.get(address.cluster)
        record = inventory.records.get(address) if inventory is not None else None
        if record is not None and record.makers:
            makers = (maker_address(address.cluster, key) for key in record.makers)
            yield address, tuple(maker for maker in makers if maker is not None)


def _drawn(catalogue: Catalogue, broker: str) -> Iterable[Drawn]:
    return having(catalogue.providers[broker].kinds, Drawn).values()


def _present(desired: Desired, reading: Reading) -> Drawing:
    """What is there; entries point at what they point at as far as it is there too."""
    specs = {address: live.spec for address, live in reading.resources.items()}
    references = {
        address: tuple(reference for reference in item.references if reference.target in specs)
        for address, item in desired.declarations.items()
        if item.references and address in specs
    }
    return Drawing(specs, references, reading.facts.version_tuple)


def _wanted(
    desired: Desired, alias: str, before: Drawing | None, changes: Mapping[Address, Change] | None = None
) -> Drawing:
    """What will be there: what is declared, over what is there and does not go."""
    some = {address: item for address, item in desired.declarations.items() if address.cluster == alias}
    going = {address for address, change in (changes or {}).items() if change.action is Action.DELETE}
    present = before.specs if before is not None else {}
    stays = {address: spec for address, spec in present.items() if address not in going}
    specs = {**stays, **{address: item.spec for address, item in some.items()}}
    references: dict[Address, tuple[Reference, ...]] = {
        address: item.references for address, item in some.items() if item.references
    }
    return Drawing(specs, references, before.version if before is not None else ())


def _edges(
    drawn: Iterable[Drawn], before: Drawing | None, after: Drawing, desired: Desired, *, unchanged: Status
) -> Iterator[Edge]:
    for kind in drawn:
        new = dict.fromkeys(kind.lines(after))
        old = dict.fromkeys(kind.lines(before)) if before is not None else new
        for line in new:
            yield _edge(line, unchanged if line in old else Status.CREATE, desired)
        for line in old:
            if line not in new:
                yield _edge(line, Status.DELETE, desired)


def _edge(line: Line, status: Status, desired: Desired) -> Edge:
    declaration = desired.declarations.get(line.by)
    return Edge.model_construct(
        source=line.source,
        target=line.target,
        word=line.word,
        flow=line.flow,
        by=line.by,
        status=status,
        labels=dict(declaration.labels) if declaration is not None else {},
    )


def _topology(
    statuses: _Statuses,
    desired: Desired,
    catalogue: Catalogue,
    others: Mapping[Address, Spec | None],
    edges: list[Edge],
) -> Topology:
    """Put nodes to the edges: all that is declared or planned, and what lines lead to."""
    ends = {end for edge in edges for end in (edge.source, edge.target)}
    nodes: list[Node] = []
    for address in sorted({*desired.declarations, *others, *ends}):
        kind = catalogue.kind(desired.clusters.get(address.cluster, ""), address.kind)
        drawn = _as_drawn(kind)
        if drawn is None or not drawn.as_lines:
            declaration = desired.declarations.get(address)
            spec = declaration.spec if declaration is not None else others.get(address)
            nodes.append(_node(address, kind, spec, declaration, statuses))
    order = sorted(edges, key=lambda edge: (edge.source, edge.target, edge.word, edge.by))
    return Topology.model_construct(nodes=tuple(nodes), edges=tuple(order))


def _as_drawn(kind: object) -> Drawn | None:
    return kind if isinstance(kind, Drawn) else None


def _node(
    address: Address, kind: Kind[Any] | None, spec: Spec | None, declaration: Declaration | None, statuses: _Statuses
) -> Node:
    change, drawn = statuses.changes.get(address), _as_drawn(kind)
    nested = kind is not None and bool(kind.placement.nested_in) and len(address.path) + len(address.pairs) > 1
    return Node.model_construct(
        address=address,
        title=kind.title if kind is not None else address.kind.removesuffix("s"),
        label=address.name,
        place=address.path[0] if nested else "",
        caption=drawn.caption(spec) if drawn is not None and spec is not None else "",
        labels=dict(declaration.labels) if declaration is not None else {},
        # What is no kind of resource, such as whom an ACL is about, is there as far as lines lead to it.
        status=statuses.of(address, declared=declaration is not None) if kind is not None else Status.DECLARED,
        made_by=statuses.makers(address, declaration),
        span=declaration.span if declaration is not None else change.span if change is not None else None,
    )


def around(topology: Topology, address: Address, steps: int) -> Topology:
    """A resource with what is near it.

    Args:
        topology: where it stands.
        address: a node, or what a line comes from.
        steps: how many lines away.
    """
    near = {address}
    if all(node.address != address for node in topology.nodes):
        near |= {end for edge in topology.edges if edge.by == address for end in (edge.source, edge.target)}
    for _ in range(steps):
        touching = [edge for edge in topology.edges if edge.source in near or edge.target in near]
        near |= {end for edge in touching for end in (edge.source, edge.target)}
    return _between(topology, near)


def part(topology: Topology, wanted: Iterable[Address]) -> Topology:
    """Some resources and the lines between them; what a wanted line leads to comes along."""
    kept = set(wanted)
    lines = [edge for edge in topology.edges if edge.by in kept]
    return _between(topology, kept | {end for edge in lines for end in (edge.source, edge.target)})


def _between(topology: Topology, kept: set[Address]) -> Topology:
    return Topology.model_construct(
        nodes=tuple(node for node in topology.nodes if node.address in kept),
        edges=tuple(edge for edge in topology.edges if edge.source in kept and edge.target in kept),
    )
