"""Fields that mean something only at a moment, such as "from the newest record on", and what a plan makes of them."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import field
from types import MappingProxyType
from typing import Generic

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Cost
from mqinfra.model.declaration import Declaration
from mqinfra.model.frozen import dataclass
from mqinfra.model.reading import Live, Reading
from mqinfra.model.span import Path
from mqinfra.model.spec import Spec
from mqinfra.providers.base.context import ClusterContext
from mqinfra.providers.base.kind import C
from mqinfra.providers.base.rule import Finding


@dataclass(frozen=True, slots=True)
class Wish:
    """A declared resource of which some fields mean something only at a moment.

    Attributes:
        address: the resource.
        spec: what is declared.
        live: what is there; None when it is absent.
        due: names of the fields that are done once and that no record says were.
        started: observed fields, as dotted paths, that an earlier apply set where nothing was; one that is gone since
            went away by itself.
    """

    address: Address
    spec: Spec
    live: Live | None
    due: frozenset[str] = frozenset()
    started: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Anchoring:
    """What a wish comes to now.

    Attributes:
        fields: what the plan sets observed fields to, by path.
        costs: what that takes, and what is to be known of it.
        findings: what else is said of it; an error blocks the change.
        nothing: there is nothing to make, so that a resource that is absent is as declared.
    """

    fields: Mapping[Path, JsonValue] = field(default_factory=lambda: MappingProxyType({}))
    costs: tuple[Cost, ...] = ()
    findings: tuple[Finding, ...] = ()
    nothing: bool = False


class Anchored(ABC, Generic[C]):
    """A kind some of whose fields mean something only at a moment, such as "from the newest record on".

    A plan works out what they come to, and holds that: it stands in its digest, and an apply does exactly that.
    """

    @abstractmethod
    def anchor(
        self, client: C, wishes: Sequence[Wish], declared: Mapping[Address, Declaration], context: ClusterContext
    ) -> Mapping[Address, Anchoring]:
        """Work out what wishes come to.

        Args:
            client: talks to the broker.
            wishes: everything of this kind that is declared and can be seen.
            declared: everything that is declared, on any cluster.
            context: of the cluster.
        """

    @abstractmethod
    def anchor_in(
        self, reading: Reading, wishes: Sequence[Wish], declared: Mapping[Address, Declaration]
    ) -> Mapping[Address, Anchoring]:
        """Work out what they come to on a model of a broker, of which a reading says all."""
