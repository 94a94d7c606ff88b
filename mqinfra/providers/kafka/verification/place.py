"""Topics as places, with what the checks of Kafka look at."""

from collections.abc import Mapping
from dataclasses import dataclass

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
from mqinfra.model.reading import Reading
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.kafka.topics.spec import DEAD_LETTERS, TopicSpec

TOPICS = "topics"
MOST_LANES = 12
"""Partitions of a copy: each takes files and memory of every broker that has a replica of it."""


@dataclass(frozen=True, slots=True)
class TopicPlace(Place):
    """A declared topic.

    Attributes:
        dead_letters: the topic that its consumers write records to which they give up; empty without.
        partitions: how many it has.
        brokers: how many brokers the cluster has.
        transactions: somebody uses transactions on the cluster.
        strangers: logins and rights are tried on a copy of it, which is enough of one topic of a cluster.
    """

    dead_letters: str = ""
    partitions: int = 1
    brokers: int = 1
    transactions: bool = True
    strangers: bool = False


def places(declared: Mapping[Address, Declaration], reading: Reading, *, transactions: bool) -> list[TopicPlace]:
    """The declared topics; those that are not there yet are fit for nothing."""
    return [
        _place(address, one, reading, transactions=transactions)
        for address, one in declared.items()
        if address.kind == TOPICS
    ]


def _place(address: Address, declaration: Declaration, reading: Reading, *, transactions: bool) -> TopicPlace:
    live, unfit = reading.resources.get(address), reading.denied.get(address, "")
    if live is None and not unfit:
        unfit = "it is not there yet; `mqinfra apply` makes it"
    partitions = (TopicSpec.narrow(live.spec).partitions if live is not None else None) or 1
    return TopicPlace(
        address,
        address.name,
        declaration,
        lanes=min(partitions, MOST_LANES),
        unfit=unfit,
        dead_letters=next((one.target.name for one in declaration.references if one.role == DEAD_LETTERS), ""),
        partitions=partitions,
        brokers=reading.facts.brokers or 1,
        nodes=reading.facts.brokers or 1,
        buries=any(one.role == DEAD_LETTERS for one in declaration.references),
        transactions=transactions,
        replays=True,
    )
