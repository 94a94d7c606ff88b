"""What a cluster tells of itself because of its resources, such as the level of a registry: now, and once planned."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.reading import Facts
from mqinfra.model.spec import Spec
from mqinfra.providers.base.capabilities import having
from mqinfra.providers.base.kind import Kind


class Prevailing(ABC):
    """A kind whose resources say what holds for others that say nothing of it themselves."""

    @abstractmethod
    def prevailing(self, facts: Facts, specs: Mapping[Address, Spec]) -> Facts:
        """Say what a cluster tells of itself once it has some resources of the kind.

        Args:
            facts: what it says now.
            specs: the resources.
        """

    def prevailing_first(self, facts: Facts, specs: Mapping[Address, Spec]) -> Facts:
        """The same of resources that a plan makes, without what is seen only after those that it holds for."""
        return self.prevailing(facts, specs)


def with_planned(kinds: Mapping[str, Kind[Any]], facts: Facts, changes: Iterable[Change]) -> Facts:
    """What a cluster tells of itself once changes are made, as far as the others of the plan meet it."""
    found = having(kinds, Prevailing)
    if not found:
        return facts
    planned: dict[str, dict[Address, Spec]] = {name: {} for name in found}
    for change in changes:
        if change.address.kind in planned and change.after is not None:
            planned[change.address.kind][change.address] = change.wanted(kinds[change.address.kind].spec)
    for name, specs in planned.items():
        facts = found[name].prevailing_first(facts, specs)
    return facts
