"""What the server would refuse of a policy, and what a change of one may cost. Pure."""

import re
from collections.abc import Iterator
from dataclasses import replace

from pydantic import JsonValue

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
_AGE = re.compile(r"([0-9]+)([YMDhms])")
_SECONDS = {"Y": 31_536_000, "M": 2_592_000, "D": 86_400, "h": 3_600, "m": 60, "s": 1}
"""Units of `max-age` in seconds (docs/streams.md: a month is 30 days)."""


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
    if before is not None and _amount(after) >= _amount(before):
        return Verdict()
    shown = str(after)
    if isinstance(after, int):
        shown = format_ms(after) if path[1] in _TIMES else f"{after:,}"
    text = _DROPPING[path[1]].format(after=shown) + ", in every queue that this policy is in force for"
    cost = Cost(kind=CostKind.RETENTION_LOWERED, text=text, path=path)
    return Verdict(costs=(cost,), undo=Undo.NO)


def _amount(value: JsonValue) -> float:
    """A limit as a number that can be compared; what is none counts as without end."""
    if isinstance(value, int | float):
        return value
    age = _AGE.fullmatch(value) if isinstance(value, str) else None
    return int(age[1]) * _SECONDS[age[2]] if age is not None else float("inf")
