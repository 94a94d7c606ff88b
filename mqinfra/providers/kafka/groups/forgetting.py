"""Deleting offsets of a group, as the way back of an apply that gave it some. Only kafka-python has the call."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from mqinfra.model.address import Address
from mqinfra.model.setting import Problem
from mqinfra.providers.base.kind import Objection
from mqinfra.providers.base.request import Accepted, Refused, Result
from mqinfra.providers.kafka.api.faults import KafkaFault
from mqinfra.providers.kafka.api.replicas import Place
from mqinfra.providers.kafka.groups.requests import FORGET, Body, topics_of
from mqinfra.providers.kafka.groups.rights import right_for, right_to_read

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.client import KafkaClient

GONE = "GROUP_ID_NOT_FOUND"
IN_USE = frozenset(
    {
        "UNKNOWN_MEMBER_ID",
        "NON_EMPTY_GROUP",
        "ILLEGAL_GENERATION",
        "REBALANCE_IN_PROGRESS",
        "GROUP_SUBSCRIBED_TO_TOPIC",
    }
)
"""What brokers say to whoever moves or deletes a group that has members, or deletes offsets of it."""
STOP = ("stop its clients, then run the same command again",)


def forget(client: "KafkaClient", name: str, body: Body) -> Result:
    """Delete offsets; a second time does no harm, so that a lost answer is read back."""
    places = [
        (topic, partition)
        for topic, offsets in topics_of(body).items()
        for partition, offset in enumerate(offsets)
        if offset is not None
    ]
    for topic, fault in _faults(client, name, places):
        if fault.name == GONE:
            continue
        if fault.name in IN_USE:
            return Refused(f"group `{name}` has members, and keeps its offsets of `{topic}`", STOP)
        if fault.denied and fault.name.startswith("TOPIC"):
            right = right_to_read(topic)
            return Refused(right.missing, (right.grant(client.peer.principal),))
        return right_for(FORGET, name).result(fault, f"{FORGET} for group `{name}`", client.peer.principal)
    return Accepted()


def impossible(client: "KafkaClient", addresses: Sequence[Address]) -> list[Objection]:
    """Where nobody can ask for it."""
    from mqinfra.providers.kafka.api.second_client import Unavailable  # noqa: PLC0415 - brings in the client library

    found = client.second.ask(lambda _: "") if addresses else ""
    if not isinstance(found, Unavailable):
        return []
    problem = Problem(f"deleting offsets {found.reason}", "`kafka-consumer-groups --delete-offsets` does it")
    return [Objection(address, problem) for address in addresses]


def _faults(client: "KafkaClient", name: str, places: Sequence[Place]) -> Iterator[tuple[str, KafkaFault]]:
    """What the brokers have against it, each with the topic that it is about."""
    from mqinfra.providers.kafka.api.second_client import Unavailable, fault_of_code  # noqa: PLC0415 - as above
    from mqinfra.providers.kafka.api.second_groups import forget as ask  # noqa: PLC0415 - as above

    said = client.second.ask(lambda admin: ask(admin, name, places))
    match said:
        case Unavailable():
            yield places[0][0], KafkaFault(f"deleting offsets {said.reason}")
        case KafkaFault():
            yield places[0][0], said
        case Mapping():
            for (topic, _), error in said.items():
                if error is not None:
                    yield topic, fault_of_code(error)
