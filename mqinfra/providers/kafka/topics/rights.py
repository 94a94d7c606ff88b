"""Rights that changes of topics need and the broker's dry run does not tell: Kafka has none for deletes.

Of a topic that is there the broker says what the caller may do with it (KIP-430).
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.setting import Problem
from mqinfra.providers.base.kind import Objection
from mqinfra.providers.kafka.api.faults import KafkaFault, grant, missing_right, right_for
from mqinfra.providers.kafka.topics.requests import CREATE, DELETE

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.client import KafkaClient

_DESCRIBE_CONFIGS = "DescribeConfigs"


def lacks(client: "KafkaClient", changes: Sequence[Change]) -> list[Objection]:
    """What the caller may not do of the changes, as far as no dry run tells."""
    return [*_of_those_there(client, changes), *_of_new_ones(client, changes)]


def lacking(client: "KafkaClient", address: Address, api: str) -> Objection:
    """The objection of a right that a call needs."""
    name = address.name
    problem = Problem(missing_right(api, name), grant(api, name, client.peer.principal))
    return Objection(address, problem, lacking=f"{right_for(api) or api} on the topic")


def _of_those_there(client: "KafkaClient", changes: Sequence[Change]) -> Iterator[Objection]:
    """Deletes need Delete, and what is made again Create too, on the topic or on the cluster."""
    there = {c.address.name: c for c in changes if c.action in (Action.DELETE, Action.REPLACE)}
    for name, topic in client.topics.describe(there, rights=True):
        if isinstance(topic, KafkaFault) and not topic.denied:
            continue  # it went meanwhile, which whoever applies is told
        rights = frozenset() if isinstance(topic, KafkaFault) else topic.rights or frozenset()
        change = there[name]
        if "DELETE" not in rights:
            yield lacking(client, change.address, DELETE)
        elif change.action is Action.REPLACE and "CREATE" not in rights | client.rights:
            yield lacking(client, change.address, CREATE)


def _of_new_ones(client: "KafkaClient", changes: Sequence[Change]) -> Iterator[Objection]:
    """Without DescribeConfigs a topic can be made, but not read back; the broker checks it before it looks."""
    if client.unlimited:
        return
    new = {c.address.name: c.address for c in changes if c.action is Action.CREATE}
    for name, answer in client.topics.configs(new):
        if isinstance(answer, KafkaFault) and answer.denied:
            yield lacking(client, new[name], _DESCRIBE_CONFIGS)
