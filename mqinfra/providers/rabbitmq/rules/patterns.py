"""Patterns that the server refuses, and those of which nobody can tell here what they match or reach."""

from collections.abc import Iterator, Mapping

from mqinfra.model.address import Address
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity
from mqinfra.model.setting import Problem, did_you_mean
from mqinfra.model.span import Path
from mqinfra.model.spec import Spec
from mqinfra.providers.base.cluster_view import ClusterView
from mqinfra.providers.base.rule import ClusterRule, Finding, Rule
from mqinfra.providers.rabbitmq.pattern.regex import compile_pattern, pattern_problem, reach
from mqinfra.providers.rabbitmq.rules import kind_names
from mqinfra.providers.rabbitmq.rules.scope_reach import beyond, is_shared
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
_PATTERN: Path = ("pattern",)
_OLDEST: Version = (3, 10)

PATTERN_REFUSED = Code(
    "MQ343",
    "the server would refuse the policy or pattern",
    "Policies and permissions name queues and exchanges by regular expressions of PCRE. RabbitMQ refuses one that "
    "does not compile, and newer versions one of more than 1,024 bytes.\n\nA `*` alone is not a pattern for "
    "everything: that is `.*`. `applyTo` is one of few words, and a policy needs a "
    "definition.",
    bad="rabbitmq:\n  vhosts:\n    /shop:\n      policies:\n        limits: {pattern: '*', definition: "
    "{max-length: 1000}}",
    good="rabbitmq:\n  vhosts:\n    /shop:\n      policies:\n        limits: {pattern: '.*', definition: "
    "{max-length: 1000}}",
)
"""The server compiles patterns before it takes them (400, measured)."""

PATTERN_UNREADABLE = Code(
    "MQ614",
    "can't tell what the pattern matches",
    "The pattern contains something that mqinfra can't evaluate as RabbitMQ does, or not in bounded time, such as a "
    "back-reference. The server accepts it, but plans can't show which queues it matches, and the checks of policies "
    "and permissions leave it out.\n\n"
    "Write it more simply.",
    severity=Severity.WARNING,
    bad="rabbitmq:\n  vhosts:\n    /shop:\n      policies:\n        limits: {pattern: '^(a|b)\\1$', definition: "
    "{max-length: 1000}}",
    good="rabbitmq:\n  vhosts:\n    /shop:\n      policies:\n        limits: {pattern: '^orders\\.', definition: "
    "{max-length: 1000}}",
)
"""A guess would be worse: of policies the wrong one would be shown to be in force."""

POLICY_OUTSIDE_SCOPE = Code(
    "MQ734",
    "a policy beyond the project's part of a vhost",
    "The project owns only some names of the vhost, and the policy's pattern reaches others: their messages could "
    "expire, or be dropped at a length that this project sets. Names that do not exist yet count too, since a queue "
    "may be created later.\n\n"
    "Begin the pattern with `^` and a literal prefix that the project owns, or write out whole names. To set policies "
    "for a whole vhost, a project has to own all of it.",
    bad="scope: {rabbitmq: {vhosts: {/: {names: ['orders.*']}}}}\n# and in a manifest:\n"
    "rabbitmq: {vhosts: {/: {policies: {orders: {pattern: .*, definition: {message-ttl: 1h}}}}}}",
    good="rabbitmq: {vhosts: {/: {policies: {orders: {pattern: '^orders\\.', definition: {message-ttl: 1h}}}}}}",
)
"""The provider tells which names a pattern may match, seen or not; the scope tells whose those are."""


class Patterns(ClusterRule):
    """Patterns that the server refuses, or of which nobody can tell here what they match."""

    codes = (PATTERN_REFUSED, PATTERN_UNREADABLE)
    kinds = frozenset(
        {kind_names.POLICIES, kind_names.OPERATOR_POLICIES, kind_names.PERMISSIONS, kind_names.TOPIC_PERMISSIONS}
    )

    def look_at(self, view: ClusterView) -> Iterator[Finding]:
        """Look at each pattern of policies and permissions."""
        version = view.facts.version_tuple if view.facts is not None else ()
        for address, declaration in view.declared.items():
            if address not in view.live:
                yield from _refused(address, declaration.spec)
            for name in _FIELDS.get(address.kind, ()):
                path: Path = (name,)
                text = declaration.spec.field(path)
                compiled = compile_pattern(text) if isinstance(text, str) and text else None
                refused = pattern_problem(text, version or _OLDEST) if isinstance(text, str) and text else None
                if refused is not None:
                    yield Finding(PATTERN_REFUSED, address, refused.message, (refused.help,), path)
                elif isinstance(compiled, Problem):
                    message = f"{compiled.message}; {_WHAT[address.kind]}"
                    yield Finding(PATTERN_UNREADABLE, address, message, (compiled.help,), path)


class PolicyOutsideScope(ClusterRule):
    """The pattern tells which names it may match, seen or not; the scope tells whose those are."""

    codes = (POLICY_OUTSIDE_SCOPE,)
    kinds = frozenset({kind_names.POLICIES, kind_names.OPERATOR_POLICIES})

    def look_at(self, view: ClusterView) -> Iterator[Finding]:
        """Look at policies in vhosts of which the project owns a part."""
        for address, declaration in view.declared.items():
            text = declaration.spec.field(_PATTERN) if address.kind in _TITLES else None
            if not isinstance(text, str) or not is_shared(view, address):
                continue
            vhost = address.path[0]
            names = beyond(view, (Address(address.cluster, QUEUES, (vhost, each)) for each in reach(text)))
            if names:
                yield Finding(
                    POLICY_OUTSIDE_SCOPE,
                    address,
                    f"the pattern of {_TITLES[address.kind]} `{address.name}` reaches {names} in vhost `{vhost}`, "
                    "outside the project's part of it",
                    ("begin it with `^` and a literal prefix that the project owns there, such as `^orders\\.`",),
                    _PATTERN,
                )


def _refused(address: Address, spec: Spec) -> Iterator[Finding]:
    """What no version takes in a new policy, told offline too; the rest is for the dry run, which knows the version."""
    if not isinstance(spec, PolicySpec):
        return
    if spec.apply_to not in APPLY_TO:
        hint = did_you_mean(spec.apply_to, APPLY_TO)
        yield Finding(PATTERN_REFUSED, address, f"invalid `applyTo`: `{spec.apply_to}`", (hint,), ("applyTo",))
    if not spec.definition:
        message = f"policy `{address.name}` has no definition, and RabbitMQ refuses an empty one"
        yield Finding(PATTERN_REFUSED, address, message, ("set a key, such as `max-length`",), ("definition",))


RULES: tuple[Rule, ...] = (Patterns(), PolicyOutsideScope())
