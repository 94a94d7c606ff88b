"""Users as neighbours of what speaks of them: rules look whether those that rights and quotas name are there."""

from typing import TYPE_CHECKING

from mqinfra.model.address import Address
from mqinfra.model.reading import Facts, Live
from mqinfra.providers.kafka.api.faults import KafkaFault
from mqinfra.providers.kafka.api.origins import ONLY_SCRAM
from mqinfra.providers.kafka.users.spec import KIND, UserSpec

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.client import KafkaClient


def users_near(client: "KafkaClient", alias: str, facts: Facts) -> dict[Address, Live]:
    """All SCRAM users, where everybody is one; none where they can't be seen.

    Raises:
        UserError: the cluster did not answer.
    """
    if ONLY_SCRAM not in facts.traits:
        return {}
    found = client.scram.all()
    if isinstance(found, KafkaFault):
        return {}
    nothing = Live(UserSpec.model_construct(set()))
    return {Address(alias, KIND, (name,)): nothing for name, credentials in found.items() if credentials}
