"""What a policy may set: the keys of policies and operator policies, by version.

Data, from the registrations in `rabbit_policies.erl`, `rabbit_quorum_queue.erl`, `rabbit_classic_queue.erl`,
`rabbit_mirror_queue_misc.erl` and the federation and sharding plugins of every release from 3.10.0 to 4.3.5. Shovels
have no policy keys; they are parameters.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache

from mqinfra.model.setting import Problem, Setting, did_you_mean
from mqinfra.providers.rabbitmq.settings.capabilities import lacking_keys
from mqinfra.providers.rabbitmq.settings.typed import (
    LONGEST_SEGMENT,
    Span,
    TypedSetting,
    TypedTable,
    Version,
    duration,
    number,
    size,
    text,
    within,
)

LOCATORS = ("client-local", "balanced", "random", "least-leaders")

DELAYED_RETRY = ("delayed-retry-type", "delayed-retry-min", "delayed-retry-max")
"""Which messages of a quorum queue wait before they are delivered again, how long at least, and at most."""
_MIRRORS = (4, 0)


def _plugin(setting: TypedSetting, plugin: str) -> TypedSetting:
    return replace(setting, plugin=plugin)


_KEYS = (
    text("alternate-exchange", "Exchange that takes messages which this exchange can't route."),
    duration(
        number(
            "consumer-disconnected-timeout",
            "How long a quorum queue waits for a disconnected consumer before it returns its messages.",
            since=(4, 3),
        )
    ),
    duration(
        number(
            "consumer-timeout",
            "How long a consumer may hold a message unacknowledged before its channel is closed.",
            since=(3, 12),
        )
    ),
    text("dead-letter-exchange", "Exchange that rejected, expired and dropped messages go to."),
    text("dead-letter-routing-key", "Routing key of dead letters; without it they keep their own."),
    text(
        "dead-letter-strategy",
        "Whether dead letters may be lost on their way; `at-least-once` needs overflow `reject-publish`.",
        "at-most-once",
        "at-least-once",
    ),
    text(
        "delayed-retry-type",
        "Which returned messages wait before their next delivery.",
        "all",
        "failed",
        "returned",
        "disabled",
        since=(4, 3, 1),
    ),
    duration(number("delayed-retry-min", "Wait before the first redelivery.", 1, since=(4, 3, 1))),
    duration(number("delayed-retry-max", "Longest wait before a redelivery.", 1, since=(4, 3, 1))),
    number(
        "delivery-limit",
        "Deliveries of a message after which a quorum queue drops or dead-letters it; from 4.0 20 by default.",
        None,
        special={-1: "unlimited"},
    ),
    duration(number("expires", "Time without use after which the server deletes the queue.", 1)),
    _plugin(text("federation-upstream", "The upstream that the queue or exchange is federated with."), "federation"),
    _plugin(
        text("federation-upstream-pattern", "Pattern of the names of the upstreams to federate with."), "federation"
    ),
    _plugin(
        text("federation-upstream-set", "The set of upstreams to federate with; `all` is every one."), "federation"
    ),
    text("ha-mode", "Classic mirroring: on which nodes a queue has mirrors.", "all", "exactly", until=_MIRRORS),
    number("ha-params", "Classic mirroring: number of replicas for `exactly`.", 1, until=_MIRRORS),
    text(
        "ha-promote-on-failure",
        "Classic mirroring: which mirror may take over after a failure.",
        "always",
        "when-synced",
        until=_MIRRORS,
    ),
    text(
        "ha-promote-on-shutdown",
        "Classic mirroring: which mirror may take over at a shutdown.",
        "always",
        "when-synced",
        until=_MIRRORS,
    ),
    number("ha-sync-batch-size", "Classic mirroring: messages per batch of a synchronisation.", 1, until=_MIRRORS),
    text(
        "ha-sync-mode",
        "Classic mirroring: whether a new mirror is filled by itself.",
        "automatic",
        "manual",
        until=_MIRRORS,
    ),
    number("initial-cluster-size", "Replicas of a stream at its declaration.", 0),
    replace(
        text("max-age", "Age after which a stream drops whole segments."),
        pattern="0*[1-9][0-9]*[YMDhms]",
        example="7D, 12h, 1Y (M is 30 days, m a minute)",
    ),
    size(number("max-in-memory-bytes", "Bytes that a quorum queue keeps in memory; without effect from 3.10.")),
    number("max-in-memory-length", "Messages that a quorum queue keeps in memory; without effect from 3.10."),
    number("max-length", "Most messages in the queue."),
    size(number("max-length-bytes", "Most bytes of messages in the queue or stream.")),
    text("member-placement-tag", "Tag of the nodes that hold the members of a quorum queue.", since=(4, 4)),
    duration(number("message-ttl", "Time after which a message expires.")),
    text(
        "overflow",
        "What a full queue does; `reject-publish-dlx` is for classic queues.",
        "drop-head",
        "reject-publish",
        "reject-publish-dlx",
    ),
    text("queue-leader-locator", "On which node the leader of a queue starts.", *LOCATORS),
    text(
        "queue-master-locator",
        "On which node a classic queue starts; deprecated for `queue-leader-locator`.",
        *LOCATORS,
        "min-masters",
    ),
    text("queue-mode", "Lazy mode of classic queues; without effect from 3.12.", "default", "lazy"),
    number("queue-version", "Version of a classic queue's storage; 2 is the only one from 4.3.", 1, 2),
    _plugin(text("routing-key", "Routing key of the bindings of a sharded exchange."), "sharding"),
    _plugin(number("shards-per-node", "Queues per node behind a sharded exchange."), "sharding"),
    size(number("stream-max-segment-size-bytes", "Size of a stream's segment files.", 0, LONGEST_SEGMENT)),
    size(number("stream-filter-size-bytes", "Size of the Bloom filter of a stream's chunks.", 16, 255, since=(3, 13))),
    number("target-group-size", "Members that the server grows a quorum queue to.", 1, since=(3, 13)),
)
_ALWAYS: tuple[Span, ...] = (((), ()),)
_RETRY: tuple[Span, ...] = (((4, 3, 1), ()),)
_OPERATOR: Mapping[str, tuple[Span, ...]] = {
    **dict.fromkeys(
        (
            "delivery-limit",
            "expires",
            "max-in-memory-bytes",
            "max-in-memory-length",
            "max-length",
            "max-length-bytes",
            "message-ttl",
        ),
        _ALWAYS,
    ),
    **dict.fromkeys(("delayed-retry-type", "delayed-retry-min", "delayed-retry-max"), _RETRY),
    "ha-mode": (((3, 11, 10), (4, 0)),),
    "ha-params": (((3, 11, 10), (4, 0)),),
    "ha-sync-mode": (((3, 11, 15), (4, 0)),),
    "member-placement-tag": (((4, 4), ()),),
    "overflow": (((3, 12, 7), ()),),
    "queue-master-locator": (((4, 0), ()),),
    "queue-version": (((3, 11, 24), (3, 12)), ((3, 12, 7), ())),
    "target-group-size": (((3, 13), ()),),
}
POLICY_KEYS = TypedTable(_KEYS, closed=True)
"""All keys of policies of all versions."""
OPERATOR_POLICY_KEYS = TypedTable((key for key in _KEYS if key.name in _OPERATOR), closed=True)
"""All keys of operator policies of all versions."""


@cache
def policy_keys_of(version: Version) -> TypedTable:
    """The keys that a policy may set in a version; plugins' keys are in, whether they are enabled or not."""
    return TypedTable((key for key in _KEYS if within(version, ((key.since, key.until),))), closed=True)


@cache
def operator_policy_keys_of(version: Version) -> TypedTable:
    """The keys that an operator policy may set in a version."""
    return TypedTable((key for key in _KEYS if within(version, _OPERATOR.get(key.name, ()))), closed=True)


def key_problem(key: str, version: Version = (), *, table: TypedTable = POLICY_KEYS) -> Problem | None:
    """Say why a policy can't set a key in a version; None when it can.

    Args:
        key: a key of the definition.
        version: the server's; empty for the newest.
        table: `POLICY_KEYS`, or `OPERATOR_POLICY_KEYS` for an operator policy.
    """
    operator = table is OPERATOR_POLICY_KEYS
    known = operator_policy_keys_of(version) if operator else policy_keys_of(version)
    if known.get(key) is not None:
        return None
    what = "an operator policy" if operator else "a policy"
    bare = key.removeprefix("x-")
    if bare != key and known.get(bare) is not None:
        return Problem(f"`{key}` is the name of an argument, not of a key of {what}", f"write `{bare}`")
    if operator and policy_keys_of(version).get(key) is not None:
        return Problem(f"`{key}` can't be set by an operator policy", "set it in a policy")
    setting = table.get(key)
    if setting is None:
        return Problem(f"unknown key of {what}: `{key}`", did_you_mean(key, known.names()))
    shown = ".".join(map(str, version)) or "the newest"
    if setting.until and key.startswith("ha-"):
        return Problem(f"`{key}` was removed in RabbitMQ 4.0 with classic mirroring", "use quorum queues")
    return Problem(
        f"`{key}` can't be set by {what} in RabbitMQ {shown}", f"it needs {_needs(key, setting, operator=operator)}"
    )


def unsupported_keys(definition: Iterable[str], queue_type: str, version: Version = ()) -> tuple[str, ...]:
    """The keys of a definition that a queue type lacks, sorted; one is enough for the server to skip the policy.

    As `rabbit_queue_type:is_policy_applicable/2`. Exchanges and types we do not know support all keys.
    """
    lacking = lacking_keys(queue_type, version)
    return tuple(sorted(key for key in definition if key in lacking))


def _needs(key: str, setting: Setting, *, operator: bool) -> str:
    since = _OPERATOR[key][-1][0] if operator else setting.since
    return f"{'.'.join(map(str, since))} or newer"
