"""Which topics could say `deadLetter`: the way back of `spec.expand`. Proposals only."""

from collections.abc import Mapping

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.providers.base.recognition import Proposal, Seen
from mqinfra.providers.kafka.topics.spec import DEAD_LETTER_SUFFIX, TopicEntry, TopicSpec, expand


def recognise(kind: str, seen: Seen) -> None:
    """Propose it for each topic beside which there is one of its name and `.dlq`.

    Args:
        kind: name of the topics' kind.
        seen: what is there.
    """
    for address, spec in seen.of(kind).items():
        letters = Address(address.cluster, kind, (address.name + DEAD_LETTER_SUFFIX,))
        found = seen.live.get(letters)
        if isinstance(found, TopicSpec) and isinstance(spec, TopicSpec):
            entry = TopicEntry.model_validate({**spec.to_json(), "deadLetter": True})
            made = expand(address, entry).made[0].data
            seen.take(Proposal(address, {"deadLetter": _details(found, made) or True}, frozenset((letters,))))


def _details(found: TopicSpec, made: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """How a topic differs from the one that would be made."""
    there, usual = found.to_json(), made.get("config")
    details = {name: value for name, value in there.items() if name != "config" and value != made.get(name)}
    known = usual if isinstance(usual, dict) else {}
    own = there.get("config")
    config: dict[str, JsonValue] = {
        name: value
        for name, value in (own if isinstance(own, dict) else {}).items()
        if name not in known or known[name] != value
    }
    return {**details, **({"config": config} if config else {})}
