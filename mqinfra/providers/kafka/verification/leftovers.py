"""What has a reserved name on a cluster, whichever run made it, and taking it away."""

import time
from collections.abc import Callable, Collection, Sequence

from mqinfra.model.errors import UserError
from mqinfra.providers.base.connecting.codes import NOT_READ
from mqinfra.providers.base.verification.canary import is_reserved
from mqinfra.providers.kafka.api.client import KafkaClient
from mqinfra.providers.kafka.api.faults import KafkaFault
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


def delete_left(client: KafkaClient, due: Callable[[str], bool]) -> Sequence[str]:
    """Delete topics and groups with a reserved name that are due, and name them.

    Raises:
        UserError: the cluster refuses to delete some.
    """
    topics, groups = list(filter(due, topics_left(client))), list(filter(due, groups_left(client)))
    faults = (
        {name: fault for name, fault in client.topics.delete(topics).items() if fault is not None} if topics else {}
    )
    faults = {name: fault for name, fault in faults.items() if not fault.absent}
    faults.update(delete_groups(client, groups, 2 * SESSION))
    if faults:
        listed = "; ".join(f"`{name}`: {fault.message}" for name, fault in faults.items())
        raise UserError([NOT_READ.at(f"not everything could be deleted: {listed}")])
    return [*(f"topic {name}" for name in topics), *(f"group {name}" for name in groups)]
