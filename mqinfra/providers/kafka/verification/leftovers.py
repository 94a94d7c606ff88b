"""What has a reserved name on a cluster, whichever run made it, and taking it away."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence

from mqinfra.model.errors import UserError
from mqinfra.providers.base.connecting.codes import NOT_READ
from mqinfra.providers.base.verification.canary import is_reserved
from mqinfra.providers.kafka.api.acl import Acl
from mqinfra.providers.kafka.api.client import KafkaClient
from mqinfra.providers.kafka.api.faults import KafkaFault
from mqinfra.providers.kafka.api.scram_calls import Deletion
from mqinfra.providers.kafka.api.second_quotas import Entity
from mqinfra.providers.kafka.quotas.spec import LIMITS
from mqinfra.providers.kafka.verification.consumer import SESSION

_PAUSE = 0.25
_HAS_MEMBERS = "NON_EMPTY_GROUP"
_GONE = frozenset({"GROUP_ID_NOT_FOUND", "INVALID_GROUP_ID"})


def topics_left(client: KafkaClient) -> list[str]:
    """Topics with a reserved name.

    Raises:
        UserError: the cluster did not answer.
    """
    return sorted(name for name in client.topics.names() if is_reserved(name))


def groups_left(client: KafkaClient) -> list[str]:
    """Groups with a reserved name.

    Raises:
        UserError: the cluster did not answer.
    """
    seen = client.groups.seen()
    if isinstance(seen, KafkaFault):
        raise UserError([NOT_READ.at(f"groups can't be listed: {seen.message}")])
    return sorted(name for name in seen if is_reserved(name))


def delete_groups(client: KafkaClient, names: Collection[str], patience: float) -> dict[str, KafkaFault]:
    """Delete groups. One with a member is asked for again: a member that was killed is missed after its session.

    Returns:
        What could not be deleted, and why.
    """
    left: Collection[str] = sorted(names)
    deadline = time.monotonic() + patience
    while left:
        faults = {name: fault for name, fault in client.groups.delete(left).items() if fault is not None}
        faults = {name: fault for name, fault in faults.items() if fault.name not in _GONE}
        left = [name for name, fault in faults.items() if fault.name == _HAS_MEMBERS or fault.retry]
        if len(left) < len(faults) or time.monotonic() > deadline:
            return faults
        time.sleep(_PAUSE)
    return {}


def users_left(client: KafkaClient) -> dict[str, list[str]]:
    """Users with a reserved name, and their mechanisms; none where the caller may not see users, nor made any."""
    seen = client.scram.all()
    return {} if isinstance(seen, KafkaFault) else {name: list(seen[name]) for name in seen if is_reserved(name)}


def acls_left(client: KafkaClient) -> list[Acl]:
    """ACLs of users with a reserved name; none where the caller may not see ACLs, nor made any."""
    seen = client.acls.all()
    return [] if isinstance(seen, KafkaFault) else [acl for acl in seen.acls if is_reserved(_user_of(acl))]


def quotas_left(client: KafkaClient) -> list[Entity]:
    """Quotas of client ids with a reserved name; none where the caller may not see quotas, nor made any."""
    seen = client.quotas.all()
    return [] if isinstance(seen, KafkaFault) else [entity for entity in seen if is_reserved(_client_of(entity))]


def named(client: KafkaClient, due: Callable[[str], bool]) -> list[str]:
    """Everything with a reserved name that is due, as `KIND NAME`.

    Raises:
        UserError: the cluster did not answer.
    """
    return [
        *(f"topic {name}" for name in topics_left(client) if due(name)),
        *(f"group {name}" for name in groups_left(client) if due(name)),
        *(f"user {name}" for name in users_left(client) if due(name)),
        *(f"quota {name}" for name in map(_client_of, quotas_left(client)) if due(name)),
        *(f"acl {acl.principal} {acl.operation} {acl.resource}" for acl in acls_left(client) if due(_user_of(acl))),
    ]


def delete_left(client: KafkaClient, due: Callable[[str], bool]) -> Sequence[str]:
    """Delete what has a reserved name and is due, and name it.

    Raises:
        UserError: the cluster refuses to delete some.
    """
    found = named(client, due)
    acls = [acl for acl in acls_left(client) if due(_user_of(acl))]
    faults = _named_faults(
        {f"{acl.principal} {acl.operation}": fault for acl, fault in client.acls.delete(acls).items()}
    )
    for name, mechanisms in users_left(client).items():
        for mechanism in mechanisms if due(name) else ():
            faults |= _named_faults(client.scram.alter({name: Deletion(mechanism)}))
    quotas = {entity: dict.fromkeys(LIMITS.names()) for entity in quotas_left(client) if due(_client_of(entity))}
    if quotas:
        faults |= _named_faults({_client_of(entity): fault for entity, fault in client.quotas.alter(quotas).items()})
    topics = list(filter(due, topics_left(client)))
    faults |= _named_faults(client.topics.delete(topics)) if topics else {}
    faults |= delete_groups(client, list(filter(due, groups_left(client))), 2 * SESSION)
    if faults:
        listed = "; ".join(f"`{name}`: {fault.message}" for name, fault in faults.items())
        raise UserError([NOT_READ.at(f"not everything could be deleted: {listed}")])
    return found


def _named_faults(answers: Mapping[str, KafkaFault | None]) -> dict[str, KafkaFault]:
    return {name: fault for name, fault in answers.items() if fault is not None and not fault.absent}


def _user_of(acl: Acl) -> str:
    return acl.principal.partition(":")[2]


def _client_of(entity: Entity) -> str:
    return dict(entity).get("client-id") or ""
