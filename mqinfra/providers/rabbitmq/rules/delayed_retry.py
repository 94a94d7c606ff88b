"""What becomes of messages that consumers of a quorum queue return, where the server counts and delays only some.

Measured on 4.3.6: a message that is rejected with requeue, or whose consumer crashes, counts for the delivery limit.
One that is returned by `basic.nack` does not, and is delivered again at once, thousands of times a second, unless
`delayed-retry-type` is `all` or `returned`.
"""

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.diagnostic import Severity
from mqinfra.model.span import Path
from mqinfra.model.unit import format_ms
from mqinfra.providers.base.opinion import Opinion, Seen
from mqinfra.providers.rabbitmq.policy.planned_topology import InForce, outlook
from mqinfra.providers.rabbitmq.settings.policy_keys import DELAYED_RETRY
from mqinfra.providers.rabbitmq.spec.queue import KIND
from mqinfra.providers.rabbitmq.spec.queue_entry import Wishes

_TYPE, _LEAST, _MOST = DELAYED_RETRY
_LIMIT = "delivery-limit"
_UNCOUNTED_SINCE = (4, 3)
_DELAYS_RETURNED = ("all", "returned")
_KINDS = (*_DELAYS_RETURNED, "failed")


def opinions(seen: Seen) -> Iterator[Opinion]:
    """Say which messages come back without end, and which delays delay nothing."""
    found = seen.once(outlook)
    for address, declaration in found.of(KIND).items():
        name, vhost = address.path[1], found.vhost(address)
        force, kind = vhost.in_force(name), vhost.type_of(name)
        yield from _without_effect(address, kind, force)
        retries = isinstance(declaration.pending, Wishes) and declaration.pending.retries
        limited = _is_limit(force.definition.get(_LIMIT)) and address not in found.guarded
        if kind == "quorum" and found.version >= _UNCOUNTED_SINCE and (retries or limited):
            yield _returned(address, force, retries=retries)


def _returned(address: Address, force: InForce, *, retries: bool) -> Opinion:
    """What happens to a message that is returned by `basic.nack`."""
    name, limit = address.path[1], force.definition.get(_LIMIT)
    which = f"delivery limit of {limit}" if _is_limit(limit) else "delivery limit"
    path: Path = ("retry",) if retries else _path(force, _LIMIT)
    kind, least = force.definition.get(_TYPE), force.definition.get(_LEAST)
    if kind in _DELAYS_RETURNED and isinstance(least, int) and least > 0:
        at_once = "; one that is rejected without requeue goes to the dead letters at once"
        return Opinion(
            "returned_without_end",
            address,
            f"a message that a consumer of `{name}` returns by `basic.nack` comes back after {format_ms(least)}, each "
            f"time, and never reaches the dead letters: RabbitMQ does not count it for the {which}"
            + (at_once if retries and kind == "all" else ""),
            ("have consumers give a message up by `basic.reject`",),
            path,
            Severity.INFO,
        )
    return Opinion(
        "returned_without_end",
        address,
        f"a message that a consumer of `{name}` returns by `basic.nack` comes back at once, for ever: from 4.3 "
        f"RabbitMQ does not count it for the {which}, and it never reaches the dead letters",
        ("add `retry: {returned: 5s}`, so that it waits each time, and have consumers give up by `basic.reject`",),
        path,
    )


def _without_effect(address: Address, kind: str | None, force: InForce) -> Iterator[Opinion]:
    """As an argument the server takes any value, and as a policy on any queue."""
    said = {key: force.definition[key] for key in DELAYED_RETRY if key in force.definition}
    why = _why(said, kind) if said else ""
    if why:
        yield Opinion(
            "delayed_retry_without_effect",
            address,
            f"`{address.path[1]}` delays nothing: {why}",
            (f"set `{_TYPE}` and `{_LEAST}`, or remove both",)
            if kind == "quorum"
            else ("make it a quorum queue, or remove the setting",),
            _path(force, next(iter(said))),
        )


def _why(said: Mapping[str, JsonValue], kind: str | None) -> str:
    if kind is not None and kind != "quorum":
        return f"only quorum queues know `{next(iter(said))}`"
    wanted, least, most = (said.get(key) for key in DELAYED_RETRY)
    if wanted == "disabled" or kind is None:
        return ""
    if wanted is None:
        return f"there is no `{_TYPE}`"
    if wanted not in _KINDS:
        return f"`{wanted}` is not a value of `{_TYPE}`"
    if least is None or least == 0:
        return f"`{_TYPE}` needs `{_LEAST}`"
    if isinstance(least, int) and isinstance(most, int) and most < least:
        return f"`{_MOST}` is shorter than `{_LEAST}`"
    return ""


def _is_limit(value: JsonValue) -> bool:
    return isinstance(value, int) and value >= 0


def _path(force: InForce, key: str) -> Path:
    return ("arguments", f"x-{key}") if f"x-{key}" in force.arguments else ()
