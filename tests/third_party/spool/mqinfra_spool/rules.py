"""The rules about spools."""

from collections.abc import Iterator

from typing_extensions import override

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.providers.base.rule import Context, ResourceRule, Rule, Subject

DROPS_MESSAGES = Code(
    "SPOOL101",
    "a full queue drops messages",
    "The queue has a limit and nowhere to pass on what it has no room for, so that a full queue loses its oldest "
    "message with each new one.\n\nName a queue of the same spool as `deadLetter`, or leave `maxMessages` out.",
    severity=Severity.WARNING,
    bad="spool:\n  spools:\n    shop:\n      queues: {orders: {maxMessages: 100}}",
    good="spool:\n  spools:\n    shop:\n      queues: {orders: {maxMessages: 100, deadLetter: late}, late: {}}",
)


class DropsMessages(ResourceRule):
    """Looks at what will be in force after the apply."""

    kinds = frozenset({"spool/queues"})
    codes = (DROPS_MESSAGES,)

    @override
    def look_at(self, subject: Subject, context: Context) -> Iterator[Diagnostic]:
        """Look for a limit without dead letters."""
        if subject.declares(("maxMessages",)) and subject.value("deadLetter") is None:
            yield subject.at(
                DROPS_MESSAGES,
                ("maxMessages",),
                f"queue `{subject.address.name}` drops messages when it is full",
                help="name a queue as `deadLetter`",
            )


RULES: tuple[Rule, ...] = (DropsMessages(),)
