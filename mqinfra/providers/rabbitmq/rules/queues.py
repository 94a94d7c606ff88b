"""What is wrong with declared queues by themselves: their type, their shape and their arguments."""

from collections.abc import Iterator

from mqinfra.model.address import Address
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity
from mqinfra.model.setting import Problem
from mqinfra.model.wording import in_words
from mqinfra.providers.base.cluster_view import ClusterView
from mqinfra.providers.base.rule import ClusterRule, Finding, Rule
from mqinfra.providers.rabbitmq.policy.planned_topology import PlannedTopology, planned_topology
from mqinfra.providers.rabbitmq.rules import kind_names
from mqinfra.providers.rabbitmq.settings.deprecations import Feature, Told, denied, told_by
from mqinfra.providers.rabbitmq.settings.typed import Version
from mqinfra.providers.rabbitmq.spec.queue import KIND, QueueSpec
from mqinfra.providers.rabbitmq.spec.queue_refusals import problems

_PRIORITIES = ("arguments", "x-max-priority")
_OLDEST: Version = (3, 10)
_TRANSIENT: Feature = "transient_nonexcl_queues"

QUEUE_REFUSED = Code(
    "MQ340",
    "the server would refuse the queue",
    "Each type of queue takes its own arguments, and RabbitMQ refuses one that only another type knows. Quorum "
    "queues and streams are always durable and never deleted automatically. Where the version of the server is "
    "not known, only what every version from 3.10 on refuses is found.\n\nThe type is not an argument in a "
    "manifest: write it as `type`.",
    bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        events: {type: stream, arguments: "
    "{x-message-ttl: 7d}}",
    good="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        events: {type: stream, arguments: {x-max-age: 7D}}",
)
"""Which type takes what in which version is in the provider's tables."""

PRIORITIES_ON_QUORUM_QUEUE = Code(
    "MQ341",
    "`x-max-priority` on a quorum queue",
    "`x-max-priority` is for classic queues, and RabbitMQ refuses it for others. Quorum queues have priorities by "
    "default: from 4.0 two of them, where messages above 4 get two deliveries for each one of the others; from 4.3 "
    "all of 0 to 31, strictly. Before 4.0 they have none.\n\n"
    "Leave the argument out, keep the queue classic, or use a queue for each priority.",
    bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        orders: {type: quorum, arguments: "
    "{x-max-priority: 10}}",
    good="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        orders: {type: quorum}",
)
"""The documentation says that it is ignored; servers from 3.10 to 4.3 refuse it (400, measured)."""

TRANSIENT_QUEUE = Code(
    "MQ431",
    "a transient queue",
    "A queue that is not durable is deleted with its messages when its server stops. Applications that expect it find "
    "nothing, and what is published meanwhile is dropped. RabbitMQ deprecated such queues, and 4.3 refuses them by "
    "default.\n\n"
    "Leave `durable` out. A client that wants a queue for the time of its connection declares an exclusive one "
    "itself.",
    severity=Severity.WARNING,
    bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        feed: {durable: false}",
    good="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        feed: {}",
)
"""Where the server refuses them it is MQ340's to say; so are those of the other types, which never can be."""

ARGUMENT_AND_POLICY = Code(
    "MQ519",
    "argument and policy disagree",
    "A queue's argument and the policy in force set the same thing to different values. Which one counts depends on "
    "the setting: of most limits the lower one, of others the argument, on quorum queues `overflow` of the policy, on "
    "streams the policy. Set it in one place: the policy can be changed later, the argument can't.",
    severity=Severity.WARNING,
    bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues: {orders: {arguments: {x-max-length: 10}}}\n"
    "      policies:\n        limits: {pattern: ^orders$, definition: {max-length: 1000}}",
    good="rabbitmq:\n  vhosts:\n    /shop:\n      queues: {orders: {}}\n"
    "      policies:\n        limits: {pattern: ^orders$, definition: {max-length: 1000}}",
)
"""Which of the two counts depends on the key and the type of queue: `effective_definition`."""


class Queues(ClusterRule):
    """What declared queues are by themselves: their type, their shape and their arguments."""

    codes = (QUEUE_REFUSED, PRIORITIES_ON_QUORUM_QUEUE, TRANSIENT_QUEUE, ARGUMENT_AND_POLICY)
    kinds = frozenset({kind_names.QUEUES})

    def look_at(self, view: ClusterView) -> Iterator[Finding]:
        """Say what the server would refuse, but for what is there already."""
        planned = view.once(planned_topology)
        told = told_by(view.facts)
        for address, declaration in planned.of(KIND).items():
            spec = declaration.spec
            if isinstance(spec, QueueSpec) and spec.arguments:
                yield from _against_policies(planned, address, spec)
            if isinstance(spec, QueueSpec) and (spec.arguments or spec.type != "classic" or not spec.durable):
                is_there = _is_there(planned, address, spec)
                if is_there or not planned.version or not denied(_TRANSIENT, planned.version, told):
                    yield from _transient(address, spec)
                if is_there:
                    continue
                for problem in _problems(planned, address, spec, told):
                    code = PRIORITIES_ON_QUORUM_QUEUE if _is_about_priorities(problem, spec) else QUEUE_REFUSED
                    yield Finding(code, address, *_said(problem, spec, planned.version), path=problem.path)


def _against_policies(planned: PlannedTopology, address: Address, spec: QueueSpec) -> Iterator[Finding]:
    """Arguments that a policy in force sets too, to something else."""
    force = planned.vhost(address).in_force(address.path[1])
    for title, policy in (("policy", force.policy), ("operator policy", force.operator_policy)):
        for key, theirs in policy.definition.items() if policy is not None else ():
            ours = spec.arguments.get(f"x-{key}")
            if policy is not None and ours is not None and ours != theirs:
                yield Finding(
                    ARGUMENT_AND_POLICY,
                    address,
                    f"`{key}` of `{address.path[1]}` is `{in_words(ours)}` by its argument and `{in_words(theirs)}` by "
                    f"{title} `{policy.name}`; in force is `{in_words(force.definition.get(key))}`",
                    ("set it in one place, preferably in the policy, which can be changed later",),
                    ("arguments", f"x-{key}"),
                )


def _is_there(planned: PlannedTopology, address: Address, spec: QueueSpec) -> bool:
    """Tell whether the queue is on the server as it is declared, whatever it would say of a new one."""
    live = planned.view.live.get(address)
    return (
        isinstance(live, QueueSpec)
        and spec.type in (None, live.type)
        and (live.durable, live.auto_delete, live.arguments) == (spec.durable, spec.auto_delete, spec.arguments)
    )


def _problems(planned: PlannedTopology, address: Address, spec: QueueSpec, told: Told) -> Iterator[Problem]:
    """What a server refuses; where its version is not known, what the oldest and the newest refuse."""
    kind = planned.vhost(address).type_of(address.path[1])
    typed = spec if spec.type is not None or kind is None else spec.model_copy(update={"type": kind})
    refused = list(problems(typed, planned.version, told))
    if not planned.version and refused:
        always = {problem.path for problem in problems(typed, _OLDEST)}
        refused = [problem for problem in refused if problem.path in always]
    yield from refused


def _transient(address: Address, spec: QueueSpec) -> Iterator[Finding]:
    if not spec.durable and spec.type not in ("quorum", "stream"):
        refused = "RabbitMQ 4.3 refuses such queues by default"
        yield Finding(
            TRANSIENT_QUEUE,
            address,
            f"`{address.name}` and its messages are deleted when the server stops, and {refused}",
            ("remove `durable: false`",),
            ("durable",),
        )


def _is_about_priorities(problem: Problem, spec: QueueSpec) -> bool:
    return problem.path == _PRIORITIES and spec.type != "stream"


def _said(problem: Problem, spec: QueueSpec, version: Version) -> tuple[str, tuple[str, ...]]:
    if not _is_about_priorities(problem, spec):
        return problem.message, (problem.help,) if problem.help else ("leave it out",)
    if version >= (4, 3):
        ways = "leave it out: quorum queues here support 32 priorities, 0 to 31; a message without one has 4"
    elif version >= (4, 0):
        ways = "leave it out: quorum queues here deliver two messages of a priority above 4 for each one of the others"
    elif version:
        ways = "use a classic queue, or a queue for each priority: quorum queues only know priorities from 4.0"
    else:
        ways = (
            "leave it out: quorum queues support two priorities from RabbitMQ 4.0 and 32 from 4.3; or use a queue for "
            "each"
        )
    return problem.message, (ways,)


RULES: tuple[Rule, ...] = (Queues(),)
