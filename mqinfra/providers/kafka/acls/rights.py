"""The right that changes of ACLs need: Alter on the cluster. The broker says at once whether the caller has it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mqinfra.model.change import Change
from mqinfra.model.setting import Problem
from mqinfra.providers.base.kind import Objection

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.client import KafkaClient

MISSING = "not allowed: this needs Alter on the cluster"


def lacks(client: "KafkaClient", changes: Sequence[Change]) -> list[Objection]:
    """All changes, where the caller lacks it."""
    if "ALTER" in client.rights:
        return []
    problem = Problem(MISSING, grant(client.peer.principal))
    return [Objection(change.address, problem, lacking="Alter on the cluster") for change in changes]


def grant(principal: str) -> str:
    """The command that an administrator grants it with."""
    command = f"kafka-acls --add --allow-principal {principal or 'User:NAME'} --operation Alter --cluster"
    return f"an administrator can grant it: `{command}`"
