"""MQ734: a policy on what others own in a shared vhost."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.rule import Context, OpinionRule
from mqinfra.providers.rabbitmq.rules.made import OPERATOR_POLICIES, POLICIES
from mqinfra.providers.rabbitmq.rules.scope_reach import beyond


class PolicyOutsideScope(OpinionRule):
    """The provider tells which names a pattern may match, seen or not; the scope tells whose those are."""

    kinds = frozenset({POLICIES, OPERATOR_POLICIES})
    topic = "policy_outside_scope"
    code = Code(
        "MQ734",
        "a policy beyond the project's part of a vhost",
        "The project owns only some names of the vhost, and the policy's pattern reaches others: their messages could "
        "expire, or be dropped at a length that this project sets. Names count that nobody has seen yet, since a queue "
        "may be made tomorrow.\n\nBegin the pattern with `^` and a literal prefix that the project owns, or write out "
        "whole names. Who is to set policies for all of a vhost owns all of it.",
        bad="scope: {rabbitmq: {vhosts: {/: {names: ['orders.*']}}}}\n# and in a manifest:\n"
        "rabbitmq: {vhosts: {/: {policies: {orders: {pattern: .*, definition: {message-ttl: 1h}}}}}}",
        good="rabbitmq: {vhosts: {/: {policies: {orders: {pattern: '^orders\\.', definition: {message-ttl: 1h}}}}}}",
    )

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Look at policies in vhosts of which the project owns a part."""
        for opinion, vhost, names in beyond(context, self.topic):
            yield context.subjects[opinion.address].at(
                self.code,
                opinion.path,
                f"{opinion.message} reaches {names} in vhost `{vhost.name}`, outside the project's part of it",
                help="begin it with `^` and a literal prefix that the project owns there, such as `^orders\\.`",
            )
