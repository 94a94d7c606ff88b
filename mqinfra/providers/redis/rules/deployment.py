"""How the rules about Redis read streams, groups and users. What several of their files need."""

from collections.abc import Iterator

from mqinfra.model.address import Address
from mqinfra.model.span import Path
from mqinfra.providers.base.rule import Context, Subject
from mqinfra.providers.redis import addresses
from mqinfra.providers.redis.streams.spec import DEAD_LETTERS

STREAMS = f"redis/{addresses.STREAMS}"
GROUPS = f"redis/{addresses.GROUPS}"
USERS = f"redis/{addresses.USERS}"
EXPECTED: Path = ("expectedMaxLength",)


def trait(context: Context, cluster: str, name: str) -> str:
    """What a cluster says of itself; empty when nobody could ask."""
    reading = context.readings.get(cluster)
    return reading.facts.traits.get(name, "") if reading is not None else ""


def servers(context: Context, cluster: str, name: str) -> str:
    """The servers of which a cluster says something, for a message; empty when there are none."""
    return ", ".join(f"`{server}`" for server in trait(context, cluster, name).split(",") if server)


def clusters_with_users(context: Context) -> list[str]:
    """Clusters with declared users, or tombstones of some."""
    declared = [subject.address.cluster for subject in context.by_kind.get(USERS, ())]
    removed = [
        address.cluster
        for address in context.desired.tombstones
        if f"{context.desired.clusters.get(address.cluster)}/{address.kind}" == USERS
    ]
    return list(dict.fromkeys([*declared, *removed]))


def length(context: Context, stream: Address) -> int | None:
    """Entries of a live stream; None when it is absent or unknown."""
    reading = context.readings.get(stream.cluster)
    live = reading.resources.get(stream) if reading is not None else None
    value = live.inherited.get(("length",)) if live is not None else None
    return value if isinstance(value, int) else None


def dead_letter_pairs(context: Context) -> Iterator[tuple[Subject, Address, Path]]:
    """List the streams with dead letters: the source, the stream of the dead letters, and the field that says so."""
    for source in context.by_kind.get(STREAMS, ()):
        for reference in source.declaration.references:
            if reference.role == DEAD_LETTERS:
                yield source, reference.target, reference.path
