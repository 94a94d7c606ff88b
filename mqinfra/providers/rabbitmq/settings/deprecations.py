"""Which deprecated features a server still permits: what it says itself, else what its version does by default.

Whoever packages or runs a server may permit what the version denies, and the other way round, so its word comes first.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from mqinfra.model.reading import Facts
from mqinfra.providers.rabbitmq.settings.typed import Version

Feature = Literal["queue_master_locator", "transient_nonexcl_queues"]
Told = Mapping[str, bool]
"""Features by their names in `GET /api/deprecated-features`, and whether they are permitted."""

NOTHING: Told = MappingProxyType({})
TELLS_SINCE: Version = (3, 13)
"""Since then servers have that list."""
TRAIT = "deprecated-features"
_DENIED_SINCE: Mapping[str, Version] = {"queue_master_locator": (4, 3), "transient_nonexcl_queues": (4, 3)}
_PERMITTED = "permitted"


def denied(feature: Feature, version: Version = (), told: Told = NOTHING) -> bool:
    """Tell whether a server refuses what depends on a feature.

    Args:
        feature: its name.
        version: the server's; empty for the newest.
        told: what the server says.
    """
    if feature in told:
        return not told[feature]
    return not version or version >= _DENIED_SINCE[feature]


def trait_of(rows: object) -> str:
    """The list that the server gives, as a trait: `name=state`, with commas between; empty where it gives none."""
    some = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return ",".join(sorted(f"{row['name']}={row['state']}" for row in some if "name" in row and "state" in row))


def told_by(facts: Facts | None) -> Told:
    """What a server said, out of its facts."""
    said = facts.traits.get(TRAIT, "") if facts is not None else ""
    pairs = (item.partition("=") for item in said.split(",") if item)
    return {name: state == _PERMITTED for name, _, state in pairs}
