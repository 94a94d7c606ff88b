"""What mqinfra's own principal would lose by changes of ACLs."""

from collections.abc import Collection, Iterable, Iterator

from mqinfra.model.address import Address
from mqinfra.providers.kafka.acls.authorizer import Authorizer, concerns, covers
from mqinfra.providers.kafka.acls.spec import acl_at
from mqinfra.providers.kafka.api.acl import CLUSTER, Acl
from mqinfra.providers.kafka.topics.names import RECORDS_PREFIX

_MANAGING = frozenset({"All", "Describe", "DescribeConfigs", "Alter", "AlterConfigs", "Create", "Delete"})
"""What mqinfra does itself; it neither reads topics of others nor writes to them."""
_RECORDS = f"{RECORDS_PREFIX}x"
"""Stands for the topics of its records."""
_ALWAYS = (
    ("Describe", "cluster", CLUSTER),
    ("Alter", "cluster", CLUSTER),
    ("Read", "topic", _RECORDS),
    ("Write", "topic", _RECORDS),
)


def lost_by(
    caller: str, before: Collection[Acl], created: Iterable[Address], deleted: Iterable[Address]
) -> Iterator[Address]:
    """Say which changes take something from the caller that it needs: by a DENY, or by an ALLOW that goes.

    Whom no ACL lets in before, such as a super user, loses nothing.

    Args:
        caller: its principal.
        before: the ACLs that there are.
        created: those that are made.
        deleted: those that go.
    """
    making = {address: acl_at(address) for address in created}
    going = {address: acl_at(address) for address in deleted}
    taking = {address: acl for address, acl in going.items() if acl.permission == "allow" and concerns(acl, caller)}
    taking |= {address: acl for address, acl in making.items() if acl.permission == "deny" and concerns(acl, caller)}
    if not taking:
        return
    old = Authorizer(before)
    leaving = set(going.values())
    new = Authorizer((*(acl for acl in before if acl not in leaving), *making.values()))
    for address, acl in taking.items():
        asked = [need for need in _ALWAYS if covers(acl, *need[1:])]
        if acl.operation in _MANAGING:
            asked.append((acl.operation, acl.resource, acl.name))
        if any(old.lets(caller, *need) and not new.lets(caller, *need) for need in asked):
            yield address
