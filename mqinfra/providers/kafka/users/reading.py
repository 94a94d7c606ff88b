"""Reading users: one call for all, or calls by name where they are too many for one answer."""

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any

from mqinfra.model.address import Address
from mqinfra.model.frozen import dataclass
from mqinfra.model.reading import Coverage, Live
from mqinfra.providers.base.kind import KindReading
from mqinfra.providers.kafka.api.faults import KafkaFault
from mqinfra.providers.kafka.users.spec import KIND, UserSpec

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.client import KafkaClient
    from mqinfra.providers.kafka.api.logins import Logins

_UNSEEN = "not allowed: this needs Describe on the cluster"


@dataclass(frozen=True, slots=True)
class Held:
    """What it takes to tell whether a user has a password.

    Attributes:
        user: the user's name.
        mechanisms: by which the user may log in.
        logins: tries it.
    """

    user: str
    mechanisms: tuple[str, ...]
    logins: "Logins" = field(repr=False)


def read(client: "KafkaClient", wanted: Iterable[Address] | None, alias: str) -> KindReading:
    """Read the named users, or all, and list all there are.

    Raises:
        UserError: the cluster did not answer.
    """
    named = None if wanted is None else list(wanted)
    found = client.scram.all()
    if isinstance(found, KafkaFault):
        if named is None or found.denied:
            return KindReading({}, dict.fromkeys(named or (), _UNSEEN), unseen={(): _UNSEEN})
        return look(client, named)
    addresses = {Address(alias, KIND, (name,)): credentials for name, credentials in found.items() if credentials}
    chosen = addresses if named is None else {address: addresses[address] for address in named if address in addresses}
    return KindReading(
        {address: _live(client, address.name, credentials) for address, credentials in chosen.items()},
        coverage=Coverage.NAMED if named is not None else Coverage.COMPLETE,
        listed=[address for address in addresses if address.name != client.user],
    )


def look(client: "KafkaClient", wanted: Iterable[Address]) -> KindReading:
    """Read the named users alone.

    Raises:
        UserError: the cluster did not answer.
    """
    addresses = {address.name: address for address in wanted}
    resources: dict[Address, Live] = {}
    denied: dict[Address, str] = {}
    for name, answer in client.scram.of(addresses).items():
        if isinstance(answer, KafkaFault):
            denied[addresses[name]] = _UNSEEN if answer.denied else answer.message
        elif answer:
            resources[addresses[name]] = _live(client, name, answer)
    return KindReading(resources, denied)


def _live(client: "KafkaClient", name: str, credentials: Mapping[str, int]) -> Live:
    mechanisms = tuple(sorted(credentials))
    # Not validated: a later Kafka may have mechanisms and numbers that no manifest could ask for.
    values: dict[str, Any] = {"mechanisms": mechanisms, "iterations": min(credentials.values())}
    spec = UserSpec.model_construct(set(values), **values)
    return Live(spec, private=Held(name, mechanisms, client.logins))
