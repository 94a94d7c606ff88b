"""MQ322: a trim that would drop entries, and nobody said that they may go."""

from collections.abc import Iterator

from mqinfra.checks.redis import STREAMS
from mqinfra.checks.rule import Context, ResourceRule, Subject
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic


class TrimWithoutConsent(ResourceRule):
    """The same words as in a tombstone, because it is the same loss."""

    kinds = frozenset({STREAMS})
    code = Code(
        "MQ322",
        "a trim would drop entries",
        "`trim` cuts the stream when the plan is applied, and what it drops can't be brought back. It needs a "
        "reviewed word that says so: `evenIf: [messages]`. Remove `trim` once it is done; the next plan would cut "
        "again what has grown since.",
        bad="redis:\n  streams:\n    orders: {trim: {maxLength: 1000}}",
        good="redis:\n  streams:\n    orders: {trim: {maxLength: 1000, evenIf: [messages]}}",
    )

    def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
        """Look at what the plan would cut."""
        if subject.change is None or subject.live is None or "messages" in str(subject.fields.get(("trim", "evenIf"))):
            return
        for cost in subject.change.costs:
            if cost.path[:1] == ("trim",):
                yield subject.at(
                    self.code,
                    cost.path,
                    f"stream `{subject.address.name}` can't be trimmed: {cost.text}",
                    help="if they may go, say so: `trim: {..., evenIf: [messages]}`",
                )
