"""The calls that changes to ACLs need, and their sending.

On Kafka 3.9 a call with more than 10,000 bindings ruins the cluster for good (docs/spike-kafka-clients.md), so that a
call holds at most 1,000 of them, whatever the plan.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.providers.base.request import Accepted, Request, Result
from mqinfra.providers.kafka.acls.spec import KIND, acl_at
from mqinfra.providers.kafka.api.rights import ALTER

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.client import KafkaClient

CREATE = "CreateAcls"
DELETE = "DeleteAcls"
MOST = 1_000


def requests_for(changes: Sequence[Change]) -> list[Request]:
    """Creates, then deletes, so that nobody is without a right in between; what denies comes last of the creates."""
    made = [change for change in changes if change.action is not Action.DELETE]
    made.sort(key=lambda change: acl_at(change.address).permission == "deny")
    return [*_calls(CREATE, made), *_calls(DELETE, [c for c in changes if c.action is Action.DELETE])]


def _calls(api: str, changes: Sequence[Change]) -> list[Request]:
    return [
        Request(
            KIND, api, {change.address: acl_at(change.address)._asdict() for change in changes[start : start + MOST]}
        )
        for start in range(0, len(changes), MOST)
    ]


def run(client: "KafkaClient", request: Request) -> Mapping[Address, Result]:
    """Send a request."""
    acls = {acl_at(address): address for address in request.body}
    send = client.acls.create if request.api == CREATE else client.acls.delete
    faults = send(list(acls))
    return {
        address: ALTER.result(fault, request.api, client.peer.principal)
        if (fault := faults[acl]) is not None
        else Accepted()
        for acl, address in acls.items()
    }
