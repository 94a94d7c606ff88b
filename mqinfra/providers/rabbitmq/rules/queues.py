"""What is wrong with declared queues by themselves: their type, their shape and their arguments."""

from collections.abc import Iterator

from mqinfra.model.address import Address
from mqinfra.model.setting import Problem
from mqinfra.model.wording import in_words
from mqinfra.providers.base.opinion import Opinion, Seen
from mqinfra.providers.rabbitmq.policy.planned_topology import Outlook, outlook
from mqinfra.providers.rabbitmq.settings.deprecations import Feature, Told, denied, told_by
from mqinfra.providers.rabbitmq.settings.typed import Version
from mqinfra.providers.rabbitmq.spec.queue import KIND, QueueSpec
from mqinfra.providers.rabbitmq.spec.queue_refusals import problems

_PRIORITIES = ("arguments", "x-max-priority")
_OLDEST: Version = (3, 10)
_TRANSIENT: Feature = "transient_nonexcl_queues"


def opinions(seen: Seen) -> Iterator[Opinion]:
    """Say what the server would refuse, but for what is there already."""
    found = seen.once(outlook)
    told = told_by(seen.facts)
    for address, declaration in found.of(KIND).items():
        spec = declaration.spec
        if isinstance(spec, QueueSpec) and spec.arguments:
            yield from _against_policies(found, address, spec)
        if isinstance(spec, QueueSpec) and (spec.arguments or spec.type != "classic" or not spec.durable):
            is_there = _is_there(found, address, spec)
            if is_there or not found.version or not denied(_TRANSIENT, found.version, told):
                yield from _transient(address, spec)
            if is_there:
                continue
            for problem in _problems(found, address, spec, told):
                topic = "priorities_on_quorum_queue" if _is_about_priorities(problem, spec) else "queue_refused"
                yield Opinion(topic, address, *_said(problem, spec, found.version), path=problem.path)


def _against_policies(found: Outlook, address: Address, spec: QueueSpec) -> Iterator[Opinion]:
    """Arguments that a policy in force sets too, to something else."""
    force = found.vhost(address).in_force(address.path[1])
    for title, policy in (("policy", force.policy), ("operator policy", force.operator_policy)):
        for key, theirs in policy.definition.items() if policy is not None else ():
            ours = spec.arguments.get(f"x-{key}")
            if policy is not None and ours is not None and ours != theirs:
                yield Opinion(
                    "argument_and_policy",
                    address,
                    f"`{key}` of `{address.path[1]}` is `{in_words(ours)}` by its argument and `{in_words(theirs)}` by "
                    f"{title} `{policy.name}`; in force is `{in_words(force.definition.get(key))}`",
                    ("say it in one place, best in the policy, which can be changed later",),
                    ("arguments", f"x-{key}"),
                )


def _is_there(found: Outlook, address: Address, spec: QueueSpec) -> bool:
    """Tell whether the queue is on the server as it is declared, whatever it would say of a new one."""
    live = found.seen.live.get(address)
    return (
        isinstance(live, QueueSpec)
        and spec.type in (None, live.type)
        and (live.durable, live.auto_delete, live.arguments) == (spec.durable, spec.auto_delete, spec.arguments)
    )


def _problems(found: Outlook, address: Address, spec: QueueSpec, told: Told) -> Iterator[Problem]:
    """What a server refuses; where its version is not known, what the oldest and the newest refuse."""
    kind = found.vhost(address).type_of(address.path[1])
    typed = spec if spec.type is not None or kind is None else spec.model_copy(update={"type": kind})
    refused = list(problems(typed, found.version, told))
    if not found.version and refused:
        always = {problem.path for problem in problems(typed, _OLDEST)}
        refused = [problem for problem in refused if problem.path in always]
    yield from refused


def _transient(address: Address, spec: QueueSpec) -> Iterator[Opinion]:
    if not spec.durable and spec.type not in ("quorum", "stream"):
        refused = "RabbitMQ 4.3 refuses such queues by default"
        yield Opinion(
            "transient_queue",
            address,
            f"`{address.name}` and its messages go when the server stops, and {refused}",
            ("remove `durable: false`",),
            ("durable",),
        )


def _is_about_priorities(problem: Problem, spec: QueueSpec) -> bool:
    return problem.path == _PRIORITIES and spec.type != "stream"


def _said(problem: Problem, spec: QueueSpec, version: Version) -> tuple[str, tuple[str, ...]]:
    if not _is_about_priorities(problem, spec):
        return problem.message, (problem.help,) if problem.help else ("leave it out",)
    if version >= (4, 3):
        ways = "leave it out: here quorum queues know 32 priorities, 0 to 31, and 4 counts where none is given"
    elif version >= (4, 0):
        ways = "leave it out: here quorum queues deliver two messages of a priority above 4 for each one of the others"
    elif version:
        ways = "use a classic queue, or a queue for each priority: quorum queues only know priorities from 4.0"
    else:
        ways = (
            "leave it out: quorum queues know two priorities from RabbitMQ 4.0 and 32 from 4.3; or use a queue for each"
        )
    return problem.message, (ways,)
