"""Which streams could say `deadLetter`: the way back of `spec.expand`. Proposals only."""

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.providers.base.recognition import Proposal, Seen
from mqinfra.providers.redis.addresses import GROUPS
from mqinfra.providers.redis.streams.spec import DEAD_LETTER_GROUP, DEAD_LETTER_SUFFIX, StreamSpec


def recognise(kind: str, seen: Seen) -> None:
    """Propose it for each stream beside which there is one of its name and `:dlq`.

    Args:
        kind: name of the streams' kind.
        seen: what is there.
    """
    for address, spec in seen.of(kind).items():
        letters = Address(address.cluster, kind, (address.name + DEAD_LETTER_SUFFIX,))
        found = seen.live.get(letters)
        if isinstance(found, StreamSpec) and isinstance(spec, StreamSpec):
            groups = {
                one: other.to_json()
                for one, other in seen.live.items()
                if one.kind == GROUPS and one.cluster == address.cluster and one.path[0] == letters.name
            }
            usual = {one.path[1] for one in groups} == {DEAD_LETTER_GROUP}
            said: dict[str, JsonValue] = {one.path[1]: group for one, group in groups.items()}
            wish: JsonValue = True if usual else {"groups": said}
            seen.take(Proposal(address, {"deadLetter": wish}, frozenset((letters, *groups))))
