"""The arguments of a queue: types, units and bounds, which queue types take them, and which a policy can set instead.

Names and limits are those of `declare_args/0` in `rabbit_amqqueue.erl`. The table is open: RabbitMQ stores what it
does not know and never compares it. Separate from `capabilities`, which is about types rather than values.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from pydantic import JsonValue

from mqinfra.model.setting import Problem, SettingType
from mqinfra.providers.rabbitmq.settings.capabilities import QUEUE_TYPES, lacking_keys, listed_arguments
from mqinfra.providers.rabbitmq.settings.deprecations import NOTHING, Told, denied
from mqinfra.providers.rabbitmq.settings.policy_keys import LOCATORS, POLICY_KEYS, policy_keys_of
from mqinfra.providers.rabbitmq.settings.typed import (
    LONGEST_DURATION,
    TypedSetting,
    TypedTable,
    Version,
    duration,
    number,
    text,
)

_TYPE = "x-queue-type"
# Policy keys whose argument is `x-` and the key, and takes the same values.
_AS_IN_POLICIES = (
    "consumer-disconnected-timeout",
    "consumer-timeout",
    "dead-letter-exchange",
    "dead-letter-routing-key",
    "dead-letter-strategy",
    "delayed-retry-max",
    "delayed-retry-min",
    "delayed-retry-type",
    "delivery-limit",
    "max-age",
    "max-in-memory-bytes",
    "max-in-memory-length",
    "max-length",
    "max-length-bytes",
    "member-placement-tag",
    "overflow",
    "queue-leader-locator",
    "queue-mode",
    "queue-version",
    "stream-filter-size-bytes",
    "stream-max-segment-size-bytes",
)


def _from_policies() -> Iterator[TypedSetting]:
    for key in _AS_IN_POLICIES:
        setting = POLICY_KEYS.get(key)
        if isinstance(setting, TypedSetting):
            since = (4, 3) if key.startswith("delayed-retry-") else setting.since  # policies followed in 4.3.1
            yield replace(setting, name=f"x-{key}", since=since)


QUEUE_ARGUMENTS = TypedTable(
    (
        *_from_policies(),
        duration(
            number("x-expires", "Time without use after which the server deletes the queue.", 1, LONGEST_DURATION)
        ),
        number("x-initial-cluster-size", "Replicas of a stream at its declaration.", 1),
        number("x-max-priority", "Highest priority of messages in a classic queue; a policy can't set it.", 0, 255),
        duration(number("x-message-ttl", "Time after which a message expires.", 0, LONGEST_DURATION)),
        text(
            "x-queue-master-locator",
            "On which node a classic queue starts; deprecated for `x-queue-leader-locator`.",
            *LOCATORS,
            "min-masters",
        ),
        number("x-quorum-initial-group-size", "Members of a quorum queue at its declaration.", 1),
        TypedSetting(
            "x-single-active-consumer",
            SettingType.BOOLEAN,
            description="Whether one consumer at a time gets messages; a policy can't set it.",
        ),
    ),
    kept=True,
)
"""All known arguments of all versions, without `x-queue-type`, which manifests say as `type`."""


def argument_problem(name: str, queue_type: str, version: Version = ()) -> Problem | None:
    """Say why a queue of a type can't have an argument in a version; None when it can.

    As `rabbit_amqqueue:check_arguments_key/4`: the server refuses what only other types list, and stores the rest.

    Args:
        name: the argument.
        queue_type: `classic`, `quorum` or `stream`; of another type every argument is let through.
        version: the server's; empty for the newest.
    """
    if name == _TYPE:
        return Problem("a queue's type is not an argument in a manifest", "write it as `type`, beside `arguments`")
    if queue_type not in QUEUE_TYPES or name in listed_arguments(queue_type, version):
        return None
    takers = [other for other in QUEUE_TYPES if name in listed_arguments(other, version)]
    if not takers:
        return None
    return Problem(
        f"{queue_type} queues do not take `{name}`; RabbitMQ refuses it",
        _instead(name, queue_type) or f"leave it out, or make it a {' or '.join(takers)} queue",
    )


def arguments_problems(
    arguments: Mapping[str, JsonValue], queue_type: str, version: Version = (), told: Told = NOTHING
) -> tuple[Problem, ...]:
    """Say why the server would refuse a declaration with these arguments; `path` is the argument's name.

    The values are canonical, as `QUEUE_ARGUMENTS` gives them; only rules between arguments, types and versions are
    looked at.
    """
    found = []
    for name, value in arguments.items():
        problem = argument_problem(name, queue_type, version)
        if problem is None and value is None:
            problem = Problem(f"`{name}` has no value", "leave it out")  # null is a 500 on 3.10
        if problem is None and name == "x-queue-version" and value == 1 and (not version or version >= (4, 3)):
            problem = Problem("RabbitMQ 4.3 refuses `x-queue-version` 1", "write 2, or leave it out")
        if problem is None and name == "x-queue-master-locator" and denied("queue_master_locator", version, told):
            problem = Problem(f"`{name}` is deprecated, and RabbitMQ refuses it", "use `x-queue-leader-locator`")
        if problem is not None:
            found.append(replace(problem, path=(name,)))
    if arguments.get("x-dead-letter-routing-key") is not None and arguments.get("x-dead-letter-exchange") is None:
        found.append(
            Problem(
                "`x-dead-letter-routing-key` needs `x-dead-letter-exchange`; RabbitMQ refuses it alone",
                "add the exchange, or set both in a policy",
                ("x-dead-letter-routing-key",),
            )
        )
    return tuple(found)


def policy_key_of(name: str, queue_type: str = "", version: Version = ()) -> str | None:
    """The policy key that does what an argument does; None where a policy can't.

    `x-queue-type`, `x-max-priority`, `x-single-active-consumer` and `x-quorum-initial-group-size` are fixed at
    declaration. So are `x-initial-cluster-size` and the locators, but there a policy counts at declaration too.

    Args:
        name: the argument.
        queue_type: the queue's, which must support the key; empty for any.
        version: the server's; empty for the newest.
    """
    key = name.removeprefix("x-")
    if key == name or policy_keys_of(version).get(key) is None or key in lacking_keys(queue_type, version):
        return None
    return key


def shape_problem(
    queue_type: str, *, durable: bool, auto_delete: bool, version: Version = (), told: Told = NOTHING
) -> Problem | None:
    """Say why a queue of a type can't be transient or auto-delete; None when it can.

    Quorum queues and streams are neither (`rabbit_queue_type_util`). From 4.3 transient queues are denied by default,
    unless exclusive, which queues of a manifest never are.
    """
    if queue_type in ("quorum", "stream"):
        what = "streams" if queue_type == "stream" else "quorum queues"
        if not durable:
            return Problem(f"{what} are always durable", "leave `durable` out", ("durable",))
        if auto_delete:
            return Problem(
                f"{what} can't be deleted automatically", "use `x-expires`, or a classic queue", ("autoDelete",)
            )
    if not durable and denied("transient_nonexcl_queues", version, told):
        return Problem("RabbitMQ refuses queues that are not durable", "leave `durable` out", ("durable",))
    return None


def _instead(name: str, queue_type: str) -> str:
    match name, queue_type:
        case "x-max-priority", "quorum":
            return "leave it out: quorum queues have priorities of their own from 4.0"
        case "x-max-length", "stream":
            return "use `x-max-length-bytes` or `x-max-age`"
        case (("x-message-ttl" | "x-expires"), "stream"):
            return "use `x-max-age`"
        case "x-quorum-initial-group-size", "stream":
            return "use `x-initial-cluster-size`"
        case "x-initial-cluster-size", "quorum":
            return "use `x-quorum-initial-group-size`"
        case "x-queue-master-locator", _:
            return "use `x-queue-leader-locator`"
        case "x-queue-leader-locator", "classic":
            return "use `x-queue-master-locator`; classic queues take the other from 4.0"
    return ""
