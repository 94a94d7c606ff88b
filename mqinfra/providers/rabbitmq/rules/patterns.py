"""Patterns that the server refuses, and those of which nobody can tell here what they match."""

from collections.abc import Iterator, Mapping

from mqinfra.model.address import Address
from mqinfra.model.setting import Problem, did_you_mean
from mqinfra.model.span import Path
from mqinfra.model.spec import Spec
from mqinfra.providers.base.opinion import Opinion, Seen
from mqinfra.providers.rabbitmq.pattern.regex import compile_pattern, pattern_problem, reach
from mqinfra.providers.rabbitmq.settings.capabilities import APPLY_TO
from mqinfra.providers.rabbitmq.settings.typed import Version
from mqinfra.providers.rabbitmq.spec.permission import KIND as PERMISSIONS
from mqinfra.providers.rabbitmq.spec.permission import TOPIC_KIND
from mqinfra.providers.rabbitmq.spec.policy import KIND as POLICIES
from mqinfra.providers.rabbitmq.spec.policy import OPERATOR_KIND, PolicySpec
from mqinfra.providers.rabbitmq.spec.queue import KIND as QUEUES

_FIELDS: Mapping[str, tuple[str, ...]] = {
    POLICIES: ("pattern",),
    OPERATOR_KIND: ("pattern",),
    PERMISSIONS: ("configure", "write", "read"),
    TOPIC_KIND: ("write", "read"),
}
_WHAT: Mapping[str, str] = {
    POLICIES: "a plan can't tell which queues and exchanges it is in force on",
    OPERATOR_KIND: "a plan can't tell which queues it is in force on",
    PERMISSIONS: "a plan can't tell what it grants",
    TOPIC_KIND: "a plan can't tell what it grants",
}
_TITLES: Mapping[str, str] = {POLICIES: "policy", OPERATOR_KIND: "operator policy"}
_OLDEST: Version = (3, 10)


def _refused(address: Address, spec: Spec) -> Iterator[Opinion]:
    """What no version takes in a new policy, told offline too; the rest is for the dry run, which knows the version."""
    if not isinstance(spec, PolicySpec):
        return
    if spec.apply_to not in APPLY_TO:
        hint = did_you_mean(spec.apply_to, APPLY_TO)
        yield Opinion("pattern_refused", address, f"invalid `applyTo`: `{spec.apply_to}`", (hint,), ("applyTo",))
    if not spec.definition:
        message = f"policy `{address.name}` has no definition, and RabbitMQ refuses an empty one"
        yield Opinion("pattern_refused", address, message, ("set a key, such as `max-length`",), ("definition",))


def opinions(seen: Seen, kind: str) -> Iterator[Opinion]:
    """Look at the patterns of one kind.

    Args:
        seen: the cluster.
        kind: policies, operator policies, permissions or topic permissions.
    """
    version = seen.facts.version_tuple if seen.facts is not None else ()
    for address, declaration in seen.declared.items():
        if address.kind != kind:
            continue
        if address not in seen.live:
            yield from _refused(address, declaration.spec)
        for name in _FIELDS[kind]:
            path: Path = (name,)
            text = declaration.spec.field(path)
            if isinstance(text, str) and kind in _TITLES:
                queues = (Address(address.cluster, QUEUES, (address.path[0], each)) for each in reach(text))
                message = f"the pattern of {_TITLES[kind]} `{address.name}`"
                yield Opinion("policy_outside_scope", address, message, path=path, about=tuple(queues))
            compiled = compile_pattern(text) if isinstance(text, str) and text else None
            refused = pattern_problem(text, version or _OLDEST) if isinstance(text, str) and text else None
            if refused is not None:
                yield Opinion("pattern_refused", address, refused.message, (refused.help,), path)
            elif isinstance(compiled, Problem):
                message = f"{compiled.message}; {_WHAT[kind]}"
                yield Opinion("pattern_unreadable", address, message, (compiled.help,), path)
