"""What changes mean, as their kinds know it: in words, and for other resources, such as the queues of a policy."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from mqinfra.engine.grouping import on_clusters
from mqinfra.engine.planning.state import Planning
from mqinfra.model.address import Address
from mqinfra.model.change import Change, Cost, CostKind
from mqinfra.model.story import Effect, Told
from mqinfra.providers.base.capabilities import Influential, having
from mqinfra.providers.base.prevailing import with_planned
from mqinfra.providers.base.telling import Scene, Telling


def explained(state: Planning, changes: Sequence[Change]) -> list[Change]:
    """Add to each change what it means for others, as its effects."""
    texts: dict[Address, tuple[str, ...]] = {}
    effects: dict[Address, tuple[Effect, ...]] = {}
    for alias, some in on_clusters({change.address: change for change in changes}).items():
        kinds, live = state.survey.sessions[alias].kinds, state.live(alias)
        facts = with_planned(kinds, state.survey.readings[alias].facts, some.values())
        for kind in having(kinds, Influential).values():
            texts.update(kind.consequences(live, some, facts))
            effects.update(kind.effects(live, some, facts))
    if not texts and not effects:
        return list(changes)
    return [_with_effects(change, texts.get(change.address, ()), effects.get(change.address, ())) for change in changes]


def told(state: Planning, planned: Mapping[Address, Change]) -> dict[Address, Told]:
    """What kinds say of their changes, all that is known of these included."""
    found: dict[Address, Told] = {}
    for alias, some in on_clusters(planned).items():
        found.update(_told(state, alias, some))
    return found


def _told(state: Planning, alias: str, changes: Mapping[Address, Change]) -> Iterator[tuple[Address, Told]]:
    tellers = having(state.survey.sessions[alias].kinds, Telling)
    by_kind: dict[str, list[Change]] = defaultdict(list)
    for address, change in changes.items():
        if address.kind in tellers:
            by_kind[address.kind].append(change)
    if not by_kind:
        return
    scene = Scene(state.live(alias), changes, state.desired.declarations, state.survey.readings[alias].facts)
    for kind, some in by_kind.items():
        yield from tellers[kind].told(some, scene)


def _with_effects(change: Change, texts: Sequence[str], effects: tuple[Effect, ...]) -> Change:
    if not texts and not effects:
        return change
    costs = (*change.costs, *(Cost(kind=CostKind.EFFECT, text=text) for text in texts))
    return replace(change, costs=costs, effects=effects)
