"""MQ600: a project declares what it does not own."""

from collections import defaultdict
from collections.abc import Iterator

from mqinfra.checks.holder_missing import holds_a_part
from mqinfra.checks.scope_line import paste
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.rule import Context, Rule, Subject

DECLARED_OUTSIDE_SCOPE = Code(
    "MQ600",
    "declared outside the project's scope",
    "`scope` in mqinfra.yaml says what the project may own, so no project changes another's resources by mistake. "
    "This resource is not covered.\n\n"
    "Add it to the scope if it is the project's, or move the entry to the project that owns it. A pattern is a whole "
    "name, or a prefix with a delimiter and `*`: `orders.*` covers `orders.created`, and neither `orders` nor "
    "`ordersx`.",
    bad="scope: {kafka: {topics: ['orders.*']}}\n# and in a manifest:\nkafka: {topics: {billing.sent: {}}}",
    good="scope: {kafka: {topics: ['orders.*', billing.sent]}}",
)


class DeclaredOutsideScope(Rule):
    """Design §3: declaring outside the scope is an error, so that two projects can't fight over a resource.

    What belongs to the broker is left to MQ602: no scope should cover it.
    """

    codes = (DECLARED_OUTSIDE_SCOPE,)

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Find them all first, so that the line to paste covers them all at once."""
        scope = context.desired.scope
        outside: dict[tuple[str, str], list[Subject]] = defaultdict(list)
        for subjects in context.by_kind.values():
            broker, kind = subjects[0].kind.broker, subjects[0].kind.name
            for subject in subjects:
                owned = scope.owns(broker, subject.address)
                if not owned and subject.kind.internal(subject.address) is None and not holds_a_part(subject, context):
                    outside[broker, kind].append(subject)
        for (broker, kind), strangers in outside.items():
            line = paste(scope.written or scope, broker, kind, [subject.called for subject in strangers])
            for subject in strangers:
                yield subject.at_entry(
                    DECLARED_OUTSIDE_SCOPE,
                    f"`{subject.address.name}` is outside what the project may own of `{broker}/{kind}`",
                    help=line,
                    cause=f"{broker}/{kind}",
                )
