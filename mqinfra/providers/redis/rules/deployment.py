"""How the rules about Redis read streams, groups and users. What several of their files need."""

from collections.abc import Iterator, Mapping

from mqinfra.model.address import Address
from mqinfra.model.span import Path
from mqinfra.providers.base.rule import Context, Subject
from mqinfra.providers.redis import addresses
from mqinfra.providers.redis.api.deployment import Deployment, Servers
from mqinfra.providers.redis.streams.spec import DEAD_LETTERS

STREAMS = f"redis/{addresses.STREAMS}"
GROUPS = f"redis/{addresses.GROUPS}"
USERS = f"redis/{addresses.USERS}"
EXPECTED: Path = ("expectedMaxLength",)


def deployments(context: Context) -> Mapping[str, Deployment]:
    """What each cluster says of itself, by alias; empty where nobody could ask."""
    return {
        alias: Deployment.of(context.readings[alias].facts) if alias in context.readings else Deployment()
        for alias, broker in context.desired.clusters.items()
        if broker == "redis"
    }


def listed(servers: Servers) -> str:
    """Servers for a message; empty when there are none."""
    return ", ".join(f"`{server}`" for server in servers)


def deployments_with_users(context: Context) -> Mapping[str, Deployment]:
    """The clusters with declared users, or tombstones of some."""
    declared = {subject.address.cluster for subject in context.by_kind.get(USERS, ())}
    removed = {address.cluster for address in context.desired.tombstones if address.kind == addresses.USERS}
    return {alias: known for alias, known in deployments(context).items() if alias in declared | removed}


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
