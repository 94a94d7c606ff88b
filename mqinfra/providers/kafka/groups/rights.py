"""Rights that changes of groups need. The broker says of a group what the caller may do with it, also of one to be."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from mqinfra.model.change import Change
from mqinfra.providers.base.kind import Objection
from mqinfra.providers.kafka.api.faults import KafkaFault
from mqinfra.providers.kafka.api.rights import Right
from mqinfra.providers.kafka.groups.requests import COMMIT, CONFIGURE, DELETE, FORGET, requests_for, topics_of

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.client import KafkaClient

_OPERATIONS = {COMMIT: "Read", CONFIGURE: "AlterConfigs", FORGET: "Delete", DELETE: "Delete"}
_OF_TOPICS = (COMMIT, FORGET)


def right_for(api: str, group: str) -> Right:
    """The right on a group that a call needs."""
    return Right(_OPERATIONS[api], "group", group)


def right_to_read(topic: str) -> Right:
    """The right on a topic that setting or deleting offsets of it needs."""
    return Right("Read", "topic", topic)


def lacks(client: "KafkaClient", changes: Sequence[Change]) -> list[Objection]:
    """What the caller may not do of the changes: on groups, and on the topics of which offsets are set or deleted."""
    if client.unlimited:
        return []
    calls = [
        (request.api, address, body) for request in requests_for(changes) for address, body in request.body.items()
    ]
    described = client.groups.described({address.name for _, address, _ in calls})
    topics = dict.fromkeys(topic for api, _, body in calls if api in _OF_TOPICS for topic in topics_of(body))
    readable = set(_readable(client, list(topics)))
    found: list[Objection] = []
    for api, address, body in calls:
        known = described[address.name]
        if isinstance(known, KafkaFault):
            continue  # whoever may not describe it was told so when it was read
        right = right_for(api, address.name)
        if not right.held_by(known.rights):
            found.append(right.objection(address, client.peer.principal))
            continue
        missing = [topic for topic in (topics_of(body) if api in _OF_TOPICS else ()) if topic not in readable]
        found += [right_to_read(topic).objection(address, client.peer.principal) for topic in missing[:1]]
    return found


def _readable(client: "KafkaClient", topics: Sequence[str]) -> Iterator[str]:
    """Topics that the caller may read; one that is yet to be made is not known not to be."""
    for name, topic in client.topics.describe(topics, rights=True):
        if isinstance(topic, KafkaFault):
            if topic.absent:
                yield name
        elif right_to_read(name).held_by(topic.rights or ()):
            yield name
