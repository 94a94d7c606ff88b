"""The calls that apply changes of users. Pure: passwords stand in them as references.

A user may stand in a call once, also with two mechanisms (ScramControlManager: DUPLICATE_RESOURCE), so that each
mechanism has a call of its own. What is added goes first.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.providers.base.request import Request
from mqinfra.providers.kafka.users.spec import ITERATIONS, KIND, UserSpec

ALTER = "AlterUserScramCredentials"
MAX_USERS = 1_000
"""librdkafka reads no answer about more than 10,000."""

Body = Mapping[str, JsonValue]


def requests_for(changes: Sequence[Change]) -> list[Request]:
    """The calls that apply changes: one credential of each user per call."""
    rounds: list[dict[Address, Body]] = []
    for change in changes:
        for number, body in enumerate(_credentials(change)):
            if number == len(rounds):
                rounds.append({})
            rounds[number][change.address] = body
    return [Request(KIND, ALTER, part) for bodies in rounds for part in _parts(bodies)]


def mechanisms_of(data: Mapping[str, JsonValue] | None) -> tuple[str, ...]:
    """The mechanisms that a user's fields name, sorted."""
    listed = (data or {}).get("mechanisms")
    return tuple(sorted({str(item) for item in listed})) if isinstance(listed, list | tuple) else ()


def needs_password(change: Change) -> bool:
    """Whether a change makes a credential, which takes the password, also where only its iterations are others."""
    return any("iterations" in body for body in _credentials(change))


def _credentials(change: Change) -> Iterator[Body]:
    before = mechanisms_of(change.before)
    if change.after is None or change.action is Action.DELETE:
        yield from map(_deletion, before)
        return
    spec = change.wanted(UserSpec)
    wanted = mechanisms_of(change.after)
    again = change.action is not Action.UPDATE or any(
        item.path[0] in ("password", "iterations") for item in change.differences
    )
    for name in wanted:
        if again or name not in before:
            yield {"mechanism": name, "iterations": _iterations(change, spec), "password": change.after.get("password")}
    yield from (_deletion(name) for name in before if name not in wanted)


def _iterations(change: Change, spec: UserSpec) -> int | None:
    """How often to hash; None for as often as the user's password is now."""
    if spec.iterations is None and change.action is not Action.UPDATE:
        return ITERATIONS
    return spec.iterations


def _deletion(mechanism: str) -> Body:
    return {"mechanism": mechanism, "delete": True}


def _parts(bodies: Mapping[Address, Body]) -> Iterable[dict[Address, Body]]:
    listed = list(bodies.items())
    return (dict(listed[start : start + MAX_USERS]) for start in range(0, len(listed), MAX_USERS))
