"""Who reads by an ACL that goes, as far as Kafka can tell: the members of groups.

Brokers check each request, so that whoever uses an ACL that is gone is refused at the next one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from mqinfra.model.address import Address
from mqinfra.model.reading import Figures
from mqinfra.providers.kafka.acls.authorizer import concerns, covers
from mqinfra.providers.kafka.acls.spec import acl_at
from mqinfra.providers.kafka.api.acl import Acl
from mqinfra.providers.kafka.api.faults import KafkaFault
from mqinfra.providers.kafka.topics.figures import named

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.client import KafkaClient
    from mqinfra.providers.kafka.api.group_calls import Group

_READING = ("Read", "All")


def figures(client: "KafkaClient", addresses: Sequence[Address]) -> Mapping[Address, Figures]:
    """The figures of ACLs. They hold nothing, and who is let in by them is told, and needs no consent."""
    acls = {address: acl_at(address) for address in addresses}
    if not any(_reads(acl) for acl in acls.values()):
        return dict.fromkeys(addresses, Figures(0, ()))
    groups = client.groups.active()
    return {
        address: Figures(0, (), details=tuple(_users(acl, groups, client.acls.known))) for address, acl in acls.items()
    }


def _reads(acl: Acl) -> bool:
    return acl.permission == "allow" and acl.operation in _READING and acl.resource in ("topic", "group")


def _users(acl: Acl, groups: "Sequence[Group] | KafkaFault", known: Iterable[Acl]) -> Iterator[str]:
    if not _reads(acl):
        return
    if isinstance(groups, KafkaFault):
        yield f"which groups read by it can't be told: {groups.message}"
        return
    for group in groups:
        if _by(acl, group, known):
            yield f"group `{group.name}` reads now and would be refused: {named(group.members)}"


def _by(acl: Acl, group: "Group", known: Iterable[Acl]) -> bool:
    """Whether the members of a group may be the ones who are let in: Kafka does not tell their principals."""
    if acl.resource == "group":
        return covers(acl, "group", group.name)
    if not any(covers(acl, "topic", topic) for topic in group.topics):
        return False
    return any(
        _reads(other) and concerns(other, acl.principal) and covers(other, "group", group.name) for other in known
    )
