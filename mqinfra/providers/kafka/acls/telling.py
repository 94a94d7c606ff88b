"""ACLs in a sentence, read with their user: "may Read topic orders". Pure."""

from collections.abc import Iterable, Iterator

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.story import Told
from mqinfra.providers.base.placement import shared_address
from mqinfra.providers.kafka.acls.spec import acl_at, place_of
from mqinfra.providers.kafka.api.acl import ANY, EVERYONE
from mqinfra.providers.kafka.users.spec import KIND as USERS

_USER = "User:"


def acls(changes: Iterable[Change]) -> Iterator[tuple[Address, Told]]:
    """What whoever it names may do from now on, or no longer."""
    for change in changes:
        acl = acl_at(change.address)
        allows, gone = acl.permission == "allow", change.action is Action.DELETE
        may = ("may no longer" if gone else "may") if allows else ("is no longer denied to" if gone else "may not")
        host = "" if acl.host == ANY else f" from {acl.host}"
        text = f"{may} {acl.operation} {place_of(acl).replace('`', '')}{host}"
        named = acl.principal.startswith(_USER) and acl.principal != EVERYONE
        user = shared_address(change.address.cluster, USERS, (acl.principal.removeprefix(_USER),)) if named else None
        yield change.address, Told(text if named else f"{acl.principal} {text}", (), user)
