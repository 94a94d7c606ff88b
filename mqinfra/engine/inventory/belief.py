"""Whether a record is of a live resource, and not of one of its name that was there before, or on another cluster.

Everybody who looks at a record asks here. Where it can't be told, a record justifies nothing: fewer deletes. That is
no reason to take what it names for somebody else's.
"""

from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from typing import Any

from pydantic import JsonValue

from mqinfra.model.change import Change
from mqinfra.model.frozen import dataclass
from mqinfra.model.reading import Live
from mqinfra.model.record import Record, Standing
from mqinfra.model.span import Path
from mqinfra.model.spec import flat
from mqinfra.providers.base.kind import Kind


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a live resource.

    Attributes:
        identity: the broker's own id of it; empty where the broker has none, or nobody looked.
        tell: gives its own settings by path, which few records are held against.
    """

    identity: str
    tell: Callable[[], Mapping[Path, JsonValue]]

    @classmethod
    def of(cls, live: Live) -> "Seen":
        """What a reading says."""
        return cls(live.identity, live.spec.fields)

    @classmethod
    def before(cls, change: Change) -> "Seen":
        """What a plan saw of what it changes."""
        return cls(change.identity, lambda: flat(change.before or {}))


class Doubt(StrEnum):
    """Why a record justifies nothing, as people read it."""

    ELSEWHERE = "its record is of another cluster"
    REMADE = "it was deleted and made again since its record was written"
    UNTOLD = "it can't be told whether its record is of this one: there is an id on one side only"
    UNCLEAR = "it is unclear who made it: its record is of an apply that did not end"

    def another(self, record: Record) -> bool:
        """Whether a record is known to be of another resource, so that nothing is recorded of the live one.

        Of a broker that gives its resources no ids, another id of the cluster may as well be a new name or address of
        the same one: such a record deletes nothing, and is no reason to take what it names for somebody else's.
        """
        return self is Doubt.REMADE or (self is Doubt.ELSEWHERE and bool(record.identity))


def is_elsewhere(record: Record, cluster: Collection[str]) -> bool:
    """Whether a record was written on another cluster, as a copy of one has it, or may have been.

    Args:
        record: the record.
        cluster: ids by which the cluster may be known; empty where it tells none.
    """
    return bool(record.cluster) and set(record.cluster).isdisjoint(cluster)


def doubt(record: Record, seen: Seen, kind: Kind[Any], cluster: Collection[str]) -> Doubt | None:
    """Say why a record is not, or may not be, of a live resource; None when it is.

    Args:
        record: the record.
        seen: the resource.
        kind: its kind.
        cluster: ids by which the cluster may be known; empty where it tells none.
    """
    if is_elsewhere(record, cluster):
        return Doubt.ELSEWHERE if cluster else Doubt.UNTOLD
    if record.standing is Standing.PENDING and not record.identity:
        # It was written before the broker was told, so that it knows no id yet.
        return None if _as_recorded(record, seen, kind) else Doubt.UNCLEAR
    if record.identity == seen.identity:
        return None
    return Doubt.REMADE if record.identity and seen.identity else Doubt.UNTOLD


def _as_recorded(record: Record, seen: Seen, kind: Kind[Any]) -> bool:
    """Whether what is there is what we would have made; secrets are not recorded, and so are not compared."""
    fields = seen.tell()
    for path, value in flat(record.spec).items():
        if value is None or kind.spec.marker(path).secret:
            continue
        found = fields.get(path)
        if found is None or not kind.same(path, value, found):
            return False
    return True
