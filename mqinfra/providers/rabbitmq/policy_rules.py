"""What the server would refuse of a policy. Pure; what its change drops is a matter of `policy_losses`."""

from collections.abc import Iterator
from dataclasses import replace

from mqinfra.model.setting import Problem
from mqinfra.providers.rabbitmq.capabilities import apply_to_problem
from mqinfra.providers.rabbitmq.patterns import pattern_problem
from mqinfra.providers.rabbitmq.policy_keys import key_problem
from mqinfra.providers.rabbitmq.policy_spec import PolicySpec
from mqinfra.providers.rabbitmq.typed_setting import TypedTable, Version


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
