"""What changes mean for other resources, as their kinds know it: the queues that a policy reaches, for example."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from mqinfra.engine.survey import Survey
from mqinfra.model.address import Address
from mqinfra.model.change import Change, Cost, CostKind
from mqinfra.providers.base.capabilities import Influential, having, with_planned


def explained(changes: Sequence[Change], survey: Survey) -> list[Change]:
    """Add to each change what it means for others, as its effects."""
    by_cluster: dict[str, dict[Address, Change]] = defaultdict(dict)
    for change in changes:
        by_cluster[change.address.cluster][change.address] = change
    texts: dict[Address, tuple[str, ...]] = {}
    for alias, some in by_cluster.items():
        reading = survey.readings[alias]
        live = {address: found.spec for address, found in (*reading.neighbours.items(), *reading.resources.items())}
        kinds = survey.sessions[alias].kinds
        facts = with_planned(kinds, reading.facts, some.values())
        for kind in having(kinds, Influential).values():
            texts.update(kind.consequences(live, some, facts))
    return [_with_effects(change, texts.get(change.address, ())) for change in changes]


def _with_effects(change: Change, texts: Sequence[str]) -> Change:
    if not texts:
        return change
    return replace(change, costs=(*change.costs, *(Cost(kind=CostKind.EFFECT, text=text) for text in texts)))
