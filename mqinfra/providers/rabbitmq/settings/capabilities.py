"""What each queue type can do, by version: the arguments it lists and the policy keys it lacks.

Data, from `capabilities/0` of `rabbit_classic_queue`, `rabbit_quorum_queue` and `rabbit_stream_queue` in every release
from 3.10.0 to 4.3.5. Separate from the tables of arguments and keys, because the server asks it other questions: an
argument that only *other* types list is refused, and a policy with one lacking key is skipped as a whole.
"""

from collections.abc import Mapping
from functools import cache

from mqinfra.model.setting import Problem, did_you_mean
from mqinfra.providers.rabbitmq.settings.typed import Span, Version, keys_in, within

QUEUE_TYPES = ("classic", "quorum", "stream")

_ALWAYS: tuple[Span, ...] = (((), ()),)
_JMS = dict.fromkeys(("selector-fields", "selector-field-max-bytes"), (((4, 3), ()),))
_CLASSIC_ONLY = dict.fromkeys(
    (
        "ha-mode",
        "ha-params",
        "ha-promote-on-failure",
        "ha-promote-on-shutdown",
        "ha-sync-mode",
        "max-priority",
        "queue-master-locator",
        "queue-mode",
    ),
    _ALWAYS,
)
_STREAM_ONLY = dict.fromkeys(("initial-cluster-size", "max-age", "stream-max-segment-size-bytes"), _ALWAYS)
_UNSUPPORTED: Mapping[str, Mapping[str, tuple[Span, ...]]] = {
    "classic": {
        **_STREAM_ONLY,
        **_JMS,
        **dict.fromkeys(("dead-letter-strategy", "delivery-limit"), _ALWAYS),
        **dict.fromkeys(("max-in-memory-bytes", "max-in-memory-length", "target-group-size"), (((3, 12, 7), ()),)),
        "queue-leader-locator": (((), (4, 0)),),
    },
    "quorum": {**_CLASSIC_ONLY, **_STREAM_ONLY, **_JMS, "single-active-consumer": (((), (4, 2)),)},
    "stream": {
        **_CLASSIC_ONLY,
        **_JMS,
        **dict.fromkeys(
            (
                "dead-letter-exchange",
                "dead-letter-routing-key",
                "dead-letter-strategy",
                "delivery-limit",
                "expires",
                "max-in-memory-bytes",
                "max-in-memory-length",
                "max-length",
                "message-ttl",
                "overflow",
            ),
            _ALWAYS,
        ),
        "single-active-consumer": (((), (4, 2)),),
        "target-group-size": (((3, 12, 7), ()),),
    },
}
_SHARED = dict.fromkeys(
    (
        "x-dead-letter-exchange",
        "x-dead-letter-routing-key",
        "x-expires",
        "x-max-length",
        "x-max-length-bytes",
        "x-message-ttl",
        "x-overflow",
        "x-single-active-consumer",
    ),
    _ALWAYS,
)
_ARGUMENTS: Mapping[str, Mapping[str, tuple[Span, ...]]] = {
    "classic": {
        **_SHARED,
        **dict.fromkeys(("x-max-priority", "x-queue-master-locator", "x-queue-mode", "x-queue-version"), _ALWAYS),
        "x-queue-leader-locator": (((4, 0), ()),),  # to 4.2 with feature flag `rabbitmq_4.0.0`, on in new clusters
    },
    "quorum": {
        **_SHARED,
        **dict.fromkeys(
            (
                "x-dead-letter-strategy",
                "x-delivery-limit",
                "x-max-in-memory-bytes",
                "x-max-in-memory-length",
                "x-queue-leader-locator",
                "x-quorum-initial-group-size",
            ),
            _ALWAYS,
        ),
        **dict.fromkeys(
            (
                "x-consumer-disconnected-timeout",
                "x-delayed-retry-max",
                "x-delayed-retry-min",
                "x-delayed-retry-type",
            ),
            (((4, 3), ()),),
        ),
        "x-consumer-timeout": (((4, 3, 2), ()),),
        "x-member-placement-tag": (((4, 4), ()),),
    },
    "stream": {
        **dict.fromkeys(
            (
                "x-initial-cluster-size",
                "x-max-age",
                "x-max-length-bytes",
                "x-queue-leader-locator",
                "x-stream-max-segment-size-bytes",
            ),
            _ALWAYS,
        ),
        "x-stream-filter-size-bytes": (((4, 2, 7), (4, 3)), ((4, 3, 1), ())),
    },
}
_QUEUE_CLASSES = {"classic_queues": "classic", "quorum_queues": "quorum", "streams": "stream"}
APPLY_TO = ("all", "queues", "exchanges", *_QUEUE_CLASSES)
"""What a policy can apply to; the classes of one queue type from 3.12."""


@cache
def listed_arguments(queue_type: str, version: Version = ()) -> frozenset[str]:
    """The arguments that a queue type lists in a version: those it takes and that the server compares."""
    return keys_in(version, _ARGUMENTS.get(queue_type, {}))


@cache
def lacking_keys(queue_type: str, version: Version = ()) -> frozenset[str]:
    """The policy keys that make a policy not apply to queues of a type; none for a type we do not know."""
    return keys_in(version, _UNSUPPORTED.get(queue_type, {}))


def apply_to_problem(apply_to: str, version: Version = ()) -> Problem | None:
    """Say why a policy can't apply to a class of things in a version; None when it can."""
    if apply_to not in APPLY_TO:
        return Problem(f"invalid `applyTo`: `{apply_to}`", did_you_mean(apply_to, APPLY_TO))
    if apply_to in _QUEUE_CLASSES and not within(version, (((3, 12), ()),)):
        return Problem(f"policies for `{apply_to}` only came with RabbitMQ 3.12", "use `queues`")
    return None


def applies_to(apply_to: str, kind: str, queue_type: str) -> bool:
    """Tell whether a policy for a class of things is for this one, as `rabbit_policy:matches_type/2`.

    Args:
        apply_to: one of `APPLY_TO`.
        kind: `queue` or `exchange`.
        queue_type: type of the queue; of no matter for an exchange.
    """
    if apply_to == "all":
        return True
    if kind == "exchange":
        return apply_to == "exchanges"
    return apply_to == "queues" or _QUEUE_CLASSES.get(apply_to) == queue_type
