"""What becomes of messages that consumers give back: some come back without end, some are lost on the way.

Measured on 4.3.6: a message that is rejected with requeue, or whose consumer crashes, counts for the delivery limit.
One that is returned by `basic.nack` does not, and is delivered again at once, thousands of times a second, unless
`delayed-retry-type` is `all` or `returned`.
"""

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.code import Code
from mqinfra.model.declaration import Declaration
from mqinfra.model.diagnostic import Severity
from mqinfra.model.span import Path
from mqinfra.model.unit import format_ms
from mqinfra.providers.base.cluster_view import ClusterView
from mqinfra.providers.base.rule import ClusterRule, Finding, Rule
from mqinfra.providers.rabbitmq.policy.planned_topology import EffectiveSettings, planned_topology
from mqinfra.providers.rabbitmq.rules import kind_names
from mqinfra.providers.rabbitmq.settings.policy_keys import DELAYED_RETRY
from mqinfra.providers.rabbitmq.spec.queue import KIND
from mqinfra.providers.rabbitmq.spec.queue_entry import RETRIES, DeferredPolicy

_TYPE, _LEAST, _MOST = DELAYED_RETRY
_LIMIT = "delivery-limit"
_TELLS_LAST_DEATH = (4, 0)
_SAFE_DELAYS = 2
_UNCOUNTED_SINCE = (4, 3)
_DELAYS_RETURNED = ("all", "returned")
_KINDS = (*_DELAYS_RETURNED, "failed")

RETRIES_INTO_A_FULL_QUEUE = Code(
    "MQ436",
    "a full queue drops messages that come back for a retry",
    "The queue rejects what is published to it while it is full. A publisher with confirms learns of that and can "
    "try again; what comes back from a delay queue of a classic queue is gone. For a quorum queue it waits until "
    "there is room.\n\nMake it a quorum queue, or let it drop its oldest messages to the dead letters instead.",
    bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n"
    "        orders: {type: classic, retry: {delays: [10s]}, "
    "arguments: {x-max-length: 1000, x-overflow: reject-publish}}",
    good="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n"
    "        orders: {type: quorum, retry: {delays: [10s]}, "
    "arguments: {x-max-length: 1000, x-overflow: reject-publish}}",
    severity=Severity.WARNING,
)
"""Publishers learn that a full queue rejected their message; a delay queue of a classic queue does not."""

RETRIES_END_IN_A_DELAY = Code(
    "MQ437",
    "a message may get stuck in a delay queue",
    "Before 4.0, RabbitMQ reports only why a message was first dead-lettered. One that a consumer rejects, that then "
    "is over the delivery limit (or expires, or is pushed out), and that is rejected once more, looks like a cycle to "
    "the server. It stays in the last delay queue of a quorum queue, and is lost from that of a classic one.\n\n"
    "With two delays at most this can't happen, nor on RabbitMQ 4.0.",
    bad="# on RabbitMQ 3.10, with a delivery limit\nrabbitmq:\n  vhosts:\n    /shop:\n      queues:\n"
    "        orders: {type: quorum, retry: {delays: [10s, 1m, 10m]}}",
    good="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        orders: {type: quorum, retry: {delays: [10s, 10m]}}",
    severity=Severity.WARNING,
)
"""Measured on 3.10: the message waits in the last delay queue for good; 4.0 leads it to the dead letters."""

RETURNED_WITHOUT_END = Code(
    "MQ448",
    "messages that consumers return never reach the dead letters",
    "From RabbitMQ 4.3 a quorum queue counts only failures for its delivery limit: messages that are rejected with "
    "requeue, and those of consumers that crash. A message that is returned by `basic.nack` with requeue is delivered "
    "again at once, as often as the consumer returns it, and never reaches the dead letters.\n\n"
    "`retry: {returned: 5s}` makes it wait each time (4.3.1). Only the consumer can end this: reject the message by "
    "`basic.reject`, or let it expire.",
    bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        orders: {type: quorum, retry: {delays: [10s, 1m]}}",
    good="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n"
    "        orders: {type: quorum, retry: {delays: [10s, 1m], returned: 5s}}",
    severity=Severity.WARNING,
)
"""A warning where they come back at once; a note where they wait, since no setting bounds their number."""

DELAYED_RETRY_WITHOUT_EFFECT = Code(
    "MQ449",
    "a delayed retry without effect",
    "A quorum queue delays what comes back from consumers only with `delayed-retry-type` and `delayed-retry-min` "
    "together, and other queues never. RabbitMQ accepts such arguments whatever they say, and ignores them.\n\n"
    "Set both, or let `retry` of the queue set them.",
    bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n"
    "        orders: {type: quorum, arguments: {x-delayed-retry-type: all}}",
    good="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n"
    "        orders: {type: quorum, arguments: {x-delayed-retry-type: all, x-delayed-retry-min: 5s}}",
    severity=Severity.WARNING,
)
"""A policy that makes no sense is refused; an argument is not, nor a policy for queues that can't."""


class Retries(ClusterRule):
    """Messages that come back without end or are lost on the way back, and delays that delay nothing."""

    codes = (RETRIES_INTO_A_FULL_QUEUE, RETRIES_END_IN_A_DELAY, RETURNED_WITHOUT_END, DELAYED_RETRY_WITHOUT_EFFECT)
    kinds = frozenset({kind_names.QUEUES})

    def look_at(self, view: ClusterView) -> Iterator[Finding]:
        """Look at what becomes of messages that consumers give back."""
        planned = view.once(planned_topology)
        for address, declaration in planned.of(KIND).items():
            name, vhost = address.path[1], planned.vhost(address)
            force, kind = vhost.in_force(name), vhost.type_of(name)
            if kind != "stream" and any(reference.role == RETRIES for reference in declaration.references):
                yield from _rejected_on_return(address, kind, force)
                yield from _kept_in_a_delay(address, declaration, force, view)
            yield from _without_effect(address, kind, force)
            retries = isinstance(declaration.deferred, DeferredPolicy) and declaration.deferred.retries
            limited = _is_limit(force.definition.get(_LIMIT)) and address not in planned.guarded
            if kind == "quorum" and planned.version >= _UNCOUNTED_SINCE and (retries or limited):
                yield _returned(address, force, retries=retries)


def _rejected_on_return(address: Address, kind: str | None, force: EffectiveSettings) -> Iterator[Finding]:
    """A full classic queue drops what comes back from a delay; for a quorum queue it waits (measured on 3.10, 4.0)."""
    overflow = str(force.definition.get("overflow", ""))
    limited = any(key in force.definition for key in ("max-length", "max-length-bytes"))
    if kind != "quorum" and limited and overflow.startswith("reject-publish"):
        yield Finding(
            RETRIES_INTO_A_FULL_QUEUE,
            address,
            f"when `{address.path[1]}` is full, it drops messages that come back for a retry: `overflow: {overflow}`",
            ("make it a quorum queue, for which retries wait, or leave `overflow` out for this queue",),
            ("retry",),
        )


def _kept_in_a_delay(
    address: Address, declaration: Declaration, force: EffectiveSettings, view: ClusterView
) -> Iterator[Finding]:
    """Before 4.0 the server drops or keeps as a cycle what was rejected, over the limit, and rejected again."""
    version = view.facts.version_tuple if view.facts is not None else ()
    deferred = declaration.deferred
    if not version or version >= _TELLS_LAST_DEATH or not isinstance(deferred, DeferredPolicy):
        return
    delays = [name for name in deferred.guarded if name.startswith(f"{address.path[1]}.retry.")]
    causes = [key for key in ("delivery-limit", "message-ttl", "max-length") if key in force.definition]
    if len(delays) > _SAFE_DELAYS and causes:
        yield Finding(
            RETRIES_END_IN_A_DELAY,
            address,
            f"RabbitMQ {view.facts.version if view.facts else ''} does not report why a message was last "
            f"dead-lettered: one that is rejected, then dies by `{causes[0]}`, then is rejected again never leaves "
            f"the delays of `{address.path[1]}`",
            ("give `retry` two delays at most, or upgrade to RabbitMQ 4.0",),
            ("retry", "delays"),
        )


def _returned(address: Address, force: EffectiveSettings, *, retries: bool) -> Finding:
    """What happens to a message that is returned by `basic.nack`."""
    name, limit = address.path[1], force.definition.get(_LIMIT)
    which = f"delivery limit of {limit}" if _is_limit(limit) else "delivery limit"
    path: Path = ("retry",) if retries else _path(force, _LIMIT)
    kind, least = force.definition.get(_TYPE), force.definition.get(_LEAST)
    if kind in _DELAYS_RETURNED and isinstance(least, int) and least > 0:
        at_once = "; one that is rejected without requeue goes to the dead letters at once"
        return Finding(
            RETURNED_WITHOUT_END,
            address,
            f"a message that a consumer of `{name}` returns by `basic.nack` comes back after {format_ms(least)}, each "
            f"time, and never reaches the dead letters: RabbitMQ does not count it for the {which}"
            + (at_once if retries and kind == "all" else ""),
            ("have consumers reject a message by `basic.reject`",),
            path,
            Severity.INFO,
        )
    return Finding(
        RETURNED_WITHOUT_END,
        address,
        f"a message that a consumer of `{name}` returns by `basic.nack` comes back at once, forever: from 4.3 "
        f"RabbitMQ does not count it for the {which}, and it never reaches the dead letters",
        ("add `retry: {returned: 5s}`, so it waits each time, and have consumers reject by `basic.reject`",),
        path,
    )


def _without_effect(address: Address, kind: str | None, force: EffectiveSettings) -> Iterator[Finding]:
    """As an argument the server takes any value, and as a policy on any queue."""
    said = {key: force.definition[key] for key in DELAYED_RETRY if key in force.definition}
    why = _why(said, kind) if said else ""
    if why:
        yield Finding(
            DELAYED_RETRY_WITHOUT_EFFECT,
            address,
            f"`{address.path[1]}` delays nothing: {why}",
            (f"set `{_TYPE}` and `{_LEAST}`, or remove both",)
            if kind == "quorum"
            else ("make it a quorum queue, or remove the setting",),
            _path(force, next(iter(said))),
        )


def _why(said: Mapping[str, JsonValue], kind: str | None) -> str:
    if kind is not None and kind != "quorum":
        return f"only quorum queues support `{next(iter(said))}`"
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


def _path(force: EffectiveSettings, key: str) -> Path:
    return ("arguments", f"x-{key}") if f"x-{key}" in force.arguments else ()


RULES: tuple[Rule, ...] = (Retries(),)
