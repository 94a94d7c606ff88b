"""What kinds say of changes in words: a sentence where fields alone don't tell, and the lines below it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from typing import Any, TypeVar, cast

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.declaration import Declaration
from mqinfra.model.frozen import dataclass
from mqinfra.model.reading import Facts
from mqinfra.model.spec import Spec
from mqinfra.model.story import Told

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Scene:
    """What there is to tell of one cluster.

    Attributes:
        live: everything that was seen on it.
        changes: all changes of the plan on it.
        declared: everything that is declared, on all clusters.
        facts: what the cluster says of itself.
    """

    live: Mapping[Address, Spec]
    changes: Mapping[Address, Change]
    declared: Mapping[Address, Declaration]
    facts: Facts
    _made: dict[object, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, make: Callable[["Scene"], T]) -> T:
        """Work something out for all kinds that need it, once."""
        if make not in self._made:
            self._made[make] = make(self)
        return cast("T", self._made[make])


class Telling(ABC):
    """A kind that says in words what its changes come to."""

    @abstractmethod
    def told(self, changes: Iterable[Change], scene: Scene) -> Iterable[tuple[Address, Told]]:
        """Say what changes of this kind come to; of those that are left out, their fields say it.

        Every value that a change sets has to be in what is said: it is shown instead of the fields.

        Args:
            changes: the changes of this kind, in no order; there may be tens of thousands.
            scene: what else there is.
        """
