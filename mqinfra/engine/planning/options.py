"""What the user may set for a plan."""

from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, date, datetime
from types import MappingProxyType

from mqinfra.engine.selection import Selection
from mqinfra.model.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """What the user may set for a plan.

    Attributes:
        selection: what narrows it.
        max_deletes: limits on deletes, by `ALIAS/KIND`.
        degraded: go on although a cluster is degraded.
        adopt: take over what was there before and differs.
        rights: hold the caller's rights against the changes; not where somebody else applies the plan.
        today: the day by which consent counts, the runner's UTC date.
    """

    selection: Selection = field(default_factory=Selection)
    max_deletes: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    degraded: bool = False
    adopt: bool = False
    rights: bool = True
    today: date = field(default_factory=lambda: datetime.now(UTC).date())
