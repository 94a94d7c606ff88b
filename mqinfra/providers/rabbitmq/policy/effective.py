"""What holds for a queue when a policy, an operator policy and arguments all speak of the same thing.

Separate from the matching of policies, because each key has its own rule, and the rule depends on the type of queue.
Rules as in `merge_policy_value/3` (policy and operator policy) and the second argument of `args_policy_lookup/3`
(policies and argument) in the modules of the queue types, 3.10.0 to 4.3.5.
"""

from collections.abc import Mapping
from enum import Enum, auto

from pydantic import JsonValue

from mqinfra.providers.rabbitmq.policy.match import Policy
from mqinfra.providers.rabbitmq.settings.policy_keys import POLICY_KEYS
from mqinfra.providers.rabbitmq.settings.typed import Version


class _Rule(Enum):
    """How two values make one."""

    LOWER = auto()
    HIGHER = auto()
    LIMIT = auto()
    FIRST = auto()
    SECOND = auto()


_LOWER_OF_BOTH = dict.fromkeys(
    (
        "delayed-retry-max",
        "expires",
        "max-in-memory-bytes",
        "max-in-memory-length",
        "max-length",
        "max-length-bytes",
        "message-ttl",
    ),
    _Rule.LOWER,
)
# Of policy and operator policy; where none is said, the operator's value counts.
_OPERATOR: Mapping[str, _Rule] = {
    **_LOWER_OF_BOTH,
    "delayed-retry-min": _Rule.HIGHER,
    "delivery-limit": _Rule.LIMIT,
    "ha-params": _Rule.HIGHER,
    "target-group-size": _Rule.HIGHER,
}
# Of policies and argument, by type of queue; where none is said, the argument counts.
_TIMEOUTS = dict.fromkeys(("consumer-disconnected-timeout", "consumer-timeout"), _Rule.LOWER)
_LOCATORS = dict.fromkeys(("queue-leader-locator", "queue-master-locator"), _Rule.FIRST)
_ARGUMENT: Mapping[str, Mapping[str, _Rule]] = {
    "classic": {**_LOWER_OF_BOTH, **_TIMEOUTS, **_LOCATORS},
    "quorum": {
        **_LOWER_OF_BOTH,
        **_TIMEOUTS,
        **_LOCATORS,
        **dict.fromkeys(("delayed-retry-type", "member-placement-tag", "overflow"), _Rule.FIRST),
        "delayed-retry-min": _Rule.LOWER,
        "delivery-limit": _Rule.LIMIT,
    },
    "stream": {
        **_LOCATORS,
        **dict.fromkeys(
            (
                "initial-cluster-size",
                "max-age",
                "max-length-bytes",
                "stream-filter-size-bytes",
                "stream-max-segment-size-bytes",
            ),
            _Rule.FIRST,
        ),
    },
}


def effective_definition(
    policy: Policy | None,
    operator_policy: Policy | None,
    arguments: Mapping[str, JsonValue],
    queue_type: str,
    version: Version = (),
) -> dict[str, JsonValue]:
    """Work out what is in force, under the names of policy keys, sorted.

    Numbers of an operator policy count where they are lower. An argument does not simply beat a policy: of numbers
    the lower one counts, a quorum queue takes `overflow` from the policy, and a stream everything.

    Args:
        policy: the one in force, as `PolicySet.effective` finds it.
        operator_policy: the operator's, likewise.
        arguments: of the queue or exchange; those without a policy key are left out.
        queue_type: the type of queue; for an exchange its own type.
        version: the server's; empty for the newest.
    """
    found: dict[str, JsonValue] = dict(policy.definition) if policy is not None else {}
    if operator_policy is not None:
        for key, value in operator_policy.definition.items():
            rule = _OPERATOR.get(key, _Rule.SECOND)
            found[key] = _resolved(rule, found[key], value, version) if key in found else value
    rules = _ARGUMENT.get(queue_type, {})
    for name, value in arguments.items():
        key = name.removeprefix("x-")
        if value is None or POLICY_KEYS.get(key) is None:
            continue
        rule = rules.get(key, _Rule.SECOND)
        if key == "expires" and queue_type == "quorum" and version and version < (4, 0):
            rule = _Rule.FIRST
        found[key] = _resolved(rule, found[key], value, version) if key in found else value
    return dict(sorted(found.items()))


def _resolved(rule: _Rule, first: JsonValue, second: JsonValue, version: Version) -> JsonValue:
    if rule is _Rule.FIRST:
        return first
    if rule is _Rule.SECOND or not (isinstance(first, int | float) and isinstance(second, int | float)):
        return second
    negative = first < 0 or second < 0
    if rule is _Rule.LIMIT and negative and (not version or version >= (4, 0)):
        rule = _Rule.HIGHER  # below zero is no limit, and the safer value is the limit
    return max(first, second) if rule is _Rule.HIGHER else min(first, second)
