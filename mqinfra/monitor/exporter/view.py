"""What the endpoint shows at one moment; whoever looks, plans or verifies puts a newer one in its place."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from types import MappingProxyType

from mqinfra.model.frozen import dataclass
from mqinfra.model.verification import Verification
from mqinfra.monitor.watch import Seen


@dataclass(frozen=True, slots=True)
class ClusterView:
    """A cluster at one moment.

    Attributes:
        alias: its alias.
        system: the broker's type.
        up: whether the last look at it succeeded; None before the first.
        looked: when it was last looked at with success, in seconds since 1970; None if never.
        unroutable: messages that no route took, as a counter; None where the broker does not count them.
        drift: changes that a plan would make, by action; None where that is not known.
    """

    alias: str
    system: str
    up: bool | None = None
    looked: float | None = None
    unroutable: int | None = None
    drift: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class View:
    """Everything that the endpoint shows.

    Attributes:
        clusters: the clusters, by alias.
        seen: how everything is doing, as of the last look.
        verification: the last verification; None where there is none.
        planned: when the plan behind `drift` was made, in seconds since 1970; None where there is none.
    """

    clusters: Mapping[str, ClusterView] = field(default_factory=lambda: MappingProxyType({}))
    seen: Sequence[Seen] = ()
    verification: Verification | None = None
    planned: float | None = None
