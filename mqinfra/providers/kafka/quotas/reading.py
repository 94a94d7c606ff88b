"""Reading quotas: one call for all there are."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from mqinfra.model.address import Address
from mqinfra.model.reading import Coverage, Facts, Live
from mqinfra.providers.base.kind import KindReading
from mqinfra.providers.kafka.api.faults import KafkaFault
from mqinfra.providers.kafka.api.rights import Right
from mqinfra.providers.kafka.quotas.precedence import near
from mqinfra.providers.kafka.quotas.spec import address_of, spec_of
from mqinfra.providers.kafka.users.near import users_near

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.client import KafkaClient


def read(client: "KafkaClient", wanted: Iterable[Address] | None, alias: str, facts: Facts) -> KindReading:
    """Read the named quotas, or all, and list all there are; those that may hold in their place are neighbours.

    Raises:
        UserError: the cluster did not answer.
    """
    named = None if wanted is None else list(wanted)
    found = client.quotas.all()
    if isinstance(found, KafkaFault):
        why = Right("DescribeConfigs").missing if found.denied else found.message
        unseen: dict[tuple[str, ...], str] = {(): why} if named is None else {}
        return KindReading({}, dict.fromkeys(named or (), why), Coverage.DENIED, unseen=unseen)
    addresses = {address: entity for entity in found if (address := address_of(alias, entity)) is not None}
    there = {address: Live(spec_of(entity, found[entity])) for address, entity in addresses.items()}
    if named is None:
        return KindReading(there, coverage=Coverage.COMPLETE, listed=list(there))
    return KindReading(
        {address: there[address] for address in named if address in there},
        neighbours={address: there[address] for address in near(named, there)} | users_near(client, alias, facts),
        listed=list(there),
    )
