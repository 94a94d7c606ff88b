"""The last phase: order and fingerprint the changes, block what errors speak of, and digest the rest."""

from collections import Counter
from collections.abc import Iterator, Sequence
from operator import attrgetter

from mqinfra import __version__
from mqinfra.engine.order import cycles, held_back, left_behind, needs_of
from mqinfra.engine.planning.effects import told
from mqinfra.engine.planning.leftovers import Left, leftovers, unrecorded
from mqinfra.engine.planning.naming import Naming
from mqinfra.engine.planning.precedence import precedence
from mqinfra.engine.planning.state import Planning
from mqinfra.model.change import Change
from mqinfra.model.diagnostic import Diagnostic, Severity, in_order
from mqinfra.model.frozen import copied
from mqinfra.model.plan import NotHere, Plan, PlanCluster, plan_digest


def finish(state: Planning, ordered: Sequence[Change]) -> Plan:
    """Make the plan of what was found.

    Args:
        state: everything that was found.
        ordered: the changes that the plan is to hold, as `arranged` has them.
    """
    state.diagnostics += [
        *cycles(ordered),
        *left_behind(ordered, state.desired.declarations, state.changes, state.survey.skipped),
    ]
    held = held_back(ordered, state.errors())
    changes = [
        copied(change, blocked_by=held[change.address]) if held.get(change.address) else change for change in ordered
    ]
    left = leftovers(state)
    clusters = _clusters(state, left)
    desired = state.desired
    # Everything has its type already; to check it anew, pydantic would build models that a plan as text never needs.
    return Plan.model_construct(
        tool_version=__version__,
        project=desired.project,
        environment=desired.environment,
        selection=state.options.selection.texts,
        adopt=state.options.adopt,
        clusters=clusters,
        changes=tuple(changes),
        undeclared_keys=tuple(item for item in state.undeclared_keys if state.selected(item.address)),
        uncompared=tuple(item for item in state.uncompared if state.selected(item.address)),
        undeclared=left.over,
        to_record=tuple(sorted(address for address in state.to_record if state.selected(address))),
        to_forget=tuple(sorted(address for address in state.to_forget if state.selected(address))),
        unchecked=left.unchecked,
        without=tuple(
            NotHere(kind=kind, number=number)
            for kind, number in sorted(Counter(desired.without.declared.values()).items())
        ),
        diagnostics=tuple(in_order(_softened(state))),
        digest=plan_digest(desired.project, desired.environment, clusters, changes),
    )


def arranged(state: Planning, selected: Sequence[Change]) -> list[Change]:
    """Sort the changes that a plan is to hold; each with what goes before it, its fingerprint and its names."""
    planned = {change.address: change for change in selected}
    first = precedence(state, planned)
    ordered: list[Change] = []
    naming = Naming(state, told(state, planned))
    for change in sorted(selected, key=attrgetter("address.text")):
        address = change.address
        needs = needs_of(change, state.desired.declarations, planned)
        if address in first:
            needs = tuple(sorted({*needs, *first[address]}))
        if change.needs:
            needs = tuple(sorted({*needs, *(need for need in change.needs if need in planned)}))
        ordered.append(naming.finished(change, needs))
    return ordered


def _softened(state: Planning) -> Iterator[Diagnostic]:
    """Errors about resources that are not selected are shown as warnings: they hold nothing back."""
    if state.options.selection.everything:
        yield from state.diagnostics
        return
    by_text = {str(address): address for address in (*state.desired.declarations, *state.desired.tombstones)}
    for diagnostic in state.diagnostics:
        if diagnostic.severity is Severity.ERROR and diagnostic.address is not None:
            address = by_text.get(diagnostic.address)
            if address is not None and not state.selected(address):
                yield diagnostic.model_copy(update={"severity": Severity.WARNING})
                continue
        yield diagnostic


def _clusters(state: Planning, left: Left) -> tuple[PlanCluster, ...]:
    desired = state.desired
    named = {address.cluster for some in (desired.declarations, desired.tombstones) for address in some}
    named |= state.survey.readings.keys()
    return tuple(
        _cluster(state, alias, desired.clusters[alias], left)
        for alias in sorted((named & set(desired.clusters)) - state.survey.skipped)
    )


def _cluster(state: Planning, alias: str, broker: str, left: Left) -> PlanCluster:
    reading = state.survey.readings.get(alias)
    if reading is None:
        return PlanCluster.model_construct(alias=alias, type=broker, reachable=False)
    return PlanCluster.model_construct(
        alias=alias,
        type=broker,
        cluster_id=reading.facts.cluster_id,
        product=reading.facts.product,
        version=reading.facts.version,
        brokers=reading.facts.brokers,
        endpoint=reading.facts.endpoint,
        source=reading.source,
        unchanged=state.unchanged[alias],
        undeclared=left.count(alias),
        unrecorded=unrecorded(state, alias),
    )
