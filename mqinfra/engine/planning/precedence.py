"""What else has to be seen before a change goes, as its kind knows it: a queue before the policy that guards it."""

from collections import defaultdict
from collections.abc import Mapping

from mqinfra.engine.grouping import on_clusters
from mqinfra.engine.planning.state import Planning
from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.providers.base.capabilities import Ordered, having


def precedence(state: Planning, planned: Mapping[Address, Change]) -> Mapping[Address, tuple[Address, ...]]:
    """Say per change which others of them go first, beyond what it refers to."""
    found: dict[Address, set[Address]] = defaultdict(set)
    for alias, some in on_clusters(planned).items():
        for kind in having(state.survey.sessions[alias].kinds, Ordered).values():
            for address, first in kind.precedence(state.live(alias), some, state.survey.readings[alias].facts):
                found[address].add(first)
    return {address: tuple(sorted(firsts)) for address, firsts in found.items()}
