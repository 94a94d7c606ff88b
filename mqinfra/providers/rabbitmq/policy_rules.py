"""What the server would refuse of a policy, and what a change of one may cost. Pure."""

from collections.abc import Iterator
from dataclasses import replace

from mqinfra.model.change import Cost, CostKind, FieldDifference, Undo
from mqinfra.model.setting import Problem
from mqinfra.model.unit import format_ms
from mqinfra.providers.base.verdict import Verdict
from mqinfra.providers.rabbitmq.capabilities import apply_to_problem
from mqinfra.providers.rabbitmq.patterns import pattern_problem
from mqinfra.providers.rabbitmq.policy_keys import key_problem
from mqinfra.providers.rabbitmq.policy_spec import PolicySpec
from mqinfra.providers.rabbitmq.typed_setting import TypedTable, Version

_DROPPING = {
    "message-ttl": "messages that are older than {after} expire",
    "max-length": "what is over {after} messages is dropped or refused",
    "max-length-bytes": "what is over {after} bytes is dropped or refused",
    "max-age": "segments of streams that are older than {after} are dropped",
    "expires": "queues that nobody uses for {after} are deleted",
}
_TIMES = ("message-ttl", "expires")


def problems(spec: PolicySpec, version: Version, table: TypedTable) -> Iterator[Problem]:
    """Say what is wrong with a policy; `path` is the field.

    Args:
        spec: the policy as it is declared.
        version: the server's; empty for the newest.
        table: the keys that it may set, of policies or of operator policies.
    """
    wrong = apply_to_problem(spec.apply_to, version)
    if wrong is not None:
        yield replace(wrong, path=("applyTo",))
    wrong = pattern_problem(spec.pattern, version)
    if wrong is not None:
        yield replace(wrong, path=("pattern",))
    if not spec.definition:
        yield Problem("a policy needs a definition; RabbitMQ refuses an empty one", "set a key", ("definition",))
    for key in spec.definition:
        wrong = key_problem(key, version, table=table)
        if wrong is not None:
            yield replace(wrong, path=("definition", key))


def verdict(difference: FieldDifference) -> Verdict:
    """Say what a new or lower limit takes.

    The server applies it at once to every queue that the policy is in force for, and what it drops does not come back.
    """
    path, before, after = difference.path, difference.before, difference.after
    if len(path) != 2 or path[1] not in _DROPPING or after is None:
        return Verdict()
    if isinstance(before, int) and isinstance(after, int) and after >= before:
        return Verdict()
    shown = format_ms(after) if path[1] in _TIMES and isinstance(after, int) else f"{after:,}"
    text = _DROPPING[path[1]].format(after=shown) + ", in every queue that this policy is in force for"
    cost = Cost(kind=CostKind.RETENTION_LOWERED, text=text, path=path)
    return Verdict(costs=(cost,), undo=Undo.NO)
