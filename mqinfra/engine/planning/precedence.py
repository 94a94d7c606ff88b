"""What else has to be seen before a change goes, as its kind knows it: a queue before the policy that guards it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from mqinfra.engine.planning.state import Planning, by_cluster
from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.providers.base.capabilities import Ordered, having


def precedence(state: Planning, changes: Sequence[Change]) -> Mapping[Address, tuple[Address, ...]]:
    """Say per change which others of them go first, beyond what it refers to."""
    found: dict[Address, set[Address]] = defaultdict(set)
    for alias, some in by_cluster(changes).items():
        ordered = having(state.survey.sessions[alias].kinds, Ordered).values()
        if not ordered:
            continue
        reading = state.survey.readings[alias]
        live = {address: one.spec for address, one in (*reading.neighbours.items(), *reading.resources.items())}
        planned = {change.address: change for change in some}
        for kind in ordered:
            for address, first in kind.precedence(live, planned, reading.facts):
                found[address].add(first)
    return {address: tuple(sorted(firsts)) for address, firsts in found.items()}
