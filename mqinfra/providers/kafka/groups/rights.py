"""Rights that changes of groups need. The broker says of a group what the caller may do with it, also of one to be."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.setting import Problem
from mqinfra.providers.base.kind import Objection
from mqinfra.providers.kafka.api.faults import KafkaFault
from mqinfra.providers.kafka.groups.requests import COMMIT, CONFIGURE, DELETE, requests_for, topics_of

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.client import KafkaClient

GRANTS = {COMMIT: "Read", CONFIGURE: "AlterConfigs", DELETE: "Delete"}
"""The right on the group that a call needs."""
_NAMES = {"Read": "READ", "AlterConfigs": "ALTER_CONFIGS", "Delete": "DELETE"}


def lacks_text(right: str, what: str, name: str) -> str:
    """Say which right is missing."""
    return f"not allowed: this needs {right} on {what} `{name}`"


def grant(right: str, what: str, name: str, principal: str) -> str:
    """The command that an administrator grants it with."""
    command = f"kafka-acls --add --allow-principal {principal or 'User:NAME'} --operation {right} --{what} {name}"
    return f"an administrator can grant it: `{command}`"


def lacks(client: "KafkaClient", changes: Sequence[Change]) -> list[Objection]:
    """What the caller may not do of the changes: on groups, and on the topics of which offsets are set."""
    if client.unlimited:
        return []
    calls = [
        (request.api, address, body) for request in requests_for(changes) for address, body in request.body.items()
    ]
    described = client.groups.described({address.name for _, address, _ in calls})
    topics = dict.fromkeys(topic for api, _, body in calls if api == COMMIT for topic in topics_of(body))
    readable = set(_readable(client, list(topics)))
    found: list[Objection] = []
    for api, address, body in calls:
        known = described[address.name]
        if isinstance(known, KafkaFault):
            continue  # whoever may not describe it was told so when it was read
        right = GRANTS[api]
        if _NAMES[right] not in known.rights:
            found.append(_objection(client, address, (right, "group", address.name)))
            continue
        missing = [topic for topic in (topics_of(body) if api == COMMIT else ()) if topic not in readable]
        found += [_objection(client, address, ("Read", "topic", topic)) for topic in missing[:1]]
    return found


def _readable(client: "KafkaClient", topics: Sequence[str]) -> Iterator[str]:
    """Topics that the caller may read; one that is yet to be made is not known not to be."""
    for name, topic in client.topics.describe(topics, rights=True):
        if isinstance(topic, KafkaFault):
            if topic.absent:
                yield name
        elif "READ" in (topic.rights or ()):
            yield name


def _objection(client: "KafkaClient", address: Address, about: tuple[str, str, str]) -> Objection:
    problem = Problem(lacks_text(*about), grant(*about, client.peer.principal))
    return Objection(address, problem, lacking=f"{about[0]} on the {about[1]}")
