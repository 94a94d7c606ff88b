"""Sending one call about credentials, and trying whether their users can log in with them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mqinfra.model.address import Address
from mqinfra.model.secret import SecretRef, SecretResolver
from mqinfra.providers.base.request import Accepted, Refused, Request, Result
from mqinfra.providers.kafka.api.faults import KafkaFault
from mqinfra.providers.kafka.api.rights import ALTER
from mqinfra.providers.kafka.users.spec import ITERATIONS

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.client import KafkaClient

_GONE = "RESOURCE_NOT_FOUND"


def run(client: "KafkaClient", request: Request, secrets: SecretResolver) -> dict[Address, Result]:
    """Send a request; a credential counts once its user could log in with it, where that can be tried here."""
    from mqinfra.providers.kafka.api.logins import Login  # noqa: PLC0415 - bring in the client library
    from mqinfra.providers.kafka.api.scram_calls import Deletion, Upsert  # noqa: PLC0415

    made = {address.name: body for address, body in request.body.items() if "delete" not in body}
    held = _iterations(client, [name for name, body in made.items() if body["iterations"] is None])
    upserts = {
        name: Upsert(
            str(body["mechanism"]),
            wanted if isinstance(wanted := body["iterations"], int) else held.get(name, ITERATIONS),
            secrets(SecretRef.model_validate(body["password"])).reveal(),
        )
        for name, body in made.items()
    }
    deletions = {
        address.name: Deletion(str(body["mechanism"])) for address, body in request.body.items() if "delete" in body
    }
    faults = client.scram.alter({**upserts, **deletions})
    for name in faults:
        client.logins.forget(name)
    proven = client.logins.prove(
        {name: Login(one.mechanism, one.password) for name, one in upserts.items() if faults[name] is None}
    )
    results: dict[Address, Result] = {}
    for address in request.body:
        fault = faults[address.name]
        if fault is not None and not (fault.name == _GONE and address.name in deletions):
            call = f"AlterUserScramCredentials for `{address.name}`"
            results[address] = ALTER.result(fault, call, client.peer.principal)
        else:
            results[address] = _proven(client, address.name, proven.get(address.name, True))
    return results


def _iterations(client: "KafkaClient", names: Sequence[str]) -> dict[str, int]:
    """How often the passwords of users are hashed now; those that can't be told are left out."""
    if not names:
        return {}
    found = client.scram.of(names)
    return {name: min(held.values()) for name, held in found.items() if not isinstance(held, KafkaFault) and held}


def _proven(client: "KafkaClient", name: str, worked: bool | None) -> Result:  # noqa: FBT001 - three answers
    if worked:
        return Accepted()
    if worked is None:
        why = client.logins.impossible or "no answer came to a login"
        return Accepted(f"whether `{name}` can log in was not tried: {why}")
    return Refused(
        f"the brokers took the password of `{name}`, and refuse a login with it",
        ("check that a listener takes the mechanism: `sasl.enabled.mechanisms`",),
    )
