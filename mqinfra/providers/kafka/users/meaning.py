"""What changes of users mean for whoever logs in with them, and which ones no plan makes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.setting import Problem
from mqinfra.providers.base.kind import Objection
from mqinfra.providers.kafka.users.requests import mechanisms_of, needs_password
from mqinfra.providers.kafka.users.spec import KIND

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.client import KafkaClient

STAYS = "its connections stay until they end: Kafka has no call that closes them"
FORGOTTEN = (
    "a broker that restarts before its next metadata snapshot, up to an hour later by default, may forget all users of "
    "{}, not this one alone (seen on Kafka 3.9.2 and 4.4.0): restart none until then, or give the user a password that "
    "nobody knows in place of this"
)
"""The log is read again as one change, in which a delete may come before anything was added (ScramDelta)."""
ROTATED = (
    "logins with the old password are refused from now on, connections that are there stay; a second user would let "
    "both passwords work meanwhile"
)
NO_PASSWORD = Problem(
    "a credential is made of the password, and `password` is not declared", "write `password: {env: NAME}`"
)


def consequences(changes: Mapping[Address, Change]) -> dict[Address, tuple[str, ...]]:
    """Say what changes of users mean for their clients."""
    return {
        address: said for address, change in changes.items() if address.kind == KIND and (said := tuple(_meant(change)))
    }


def _meant(change: Change) -> Iterator[str]:
    if change.action is Action.DELETE:
        yield STAYS
        yield FORGOTTEN.format(" and ".join(mechanisms_of(change.before)))
    elif change.action is Action.UPDATE:
        if any(item.path == ("password",) for item in change.differences):
            yield ROTATED
        gone = [name for name in mechanisms_of(change.before) if name not in mechanisms_of(change.after)]
        if gone:
            yield f"logins by {', '.join(gone)} are refused from now on"
            yield FORGOTTEN.format(" and ".join(gone))


def without_password(change: Change) -> Problem | None:
    """Why a change can't be made for want of a password."""
    if change.after is None or change.after.get("password") is not None or not needs_password(change):
        return None
    return NO_PASSWORD


def objections(client: "KafkaClient", changes: Sequence[Change]) -> list[Objection]:
    """Find changes of the caller and of super users, mechanisms that are off, and passwords that are missing."""
    found: list[Objection] = []
    for change in changes:
        found += _protected(client, change)
        missing = without_password(change)
        if missing is not None:
            found.append(Objection(change.address, missing, ("password",)))
        off = _off(client, mechanisms_of(change.after))
        if off:
            found.append(Objection(change.address, off, ("mechanisms",)))
    return found


def _protected(client: "KafkaClient", change: Change) -> Iterable[Objection]:
    name = change.address.name
    principal = f"User:{name}"
    if principal == client.peer.principal:
        yield Objection(
            change.address,
            Problem(
                f"mqinfra is logged in as `{name}` itself", "plan as another user, or leave it out of the manifests"
            ),
        )
    elif principal in client.super_users:
        yield Objection(
            change.address,
            Problem(f"`{principal}` is a super user of the brokers", "change it with `kafka-configs`, by hand"),
        )


def _off(client: "KafkaClient", wanted: Sequence[str]) -> Problem | None:
    enabled = client.mechanisms
    off = [name for name in wanted if enabled and name not in enabled]
    if not off:
        return None
    names = " and ".join(f"`{name}`" for name in off)
    return Problem(
        f"no listener of the brokers takes logins by {names}",
        f"use one of {', '.join(sorted(enabled))}, or add it to `sasl.enabled.mechanisms` of the brokers",
    )
