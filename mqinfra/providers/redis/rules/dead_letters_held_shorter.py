"""MQ411: dead letters that are dropped sooner than what they come from."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.providers.base.rule import Context, Rule
from mqinfra.providers.redis.rules.deployment import EXPECTED, STREAMS, dead_letter_pairs


class DeadLettersHeldShorter(Rule):
    """A limit on the dead letters alone counts too: without one on its side, the source is longer."""

    kinds = frozenset({STREAMS})
    code = Code(
        "MQ411",
        "dead letters have less room than their source",
        "The stream of dead letters is expected to be shorter than its source. When a consumer fails for everything, "
        "the first letters are trimmed away before anybody has looked at them.",
        severity=Severity.WARNING,
        bad="redis:\n  streams:\n    orders: {expectedMaxLength: 1000, deadLetter: {expectedMaxLength: 10}}",
        good="redis:\n  streams:\n    orders: {expectedMaxLength: 1000, deadLetter: true}",
    )

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Compare the expectations of each pair."""
        for source, address, path in dead_letter_pairs(context):
            target = context.subjects.get(address)
            room = target.fields.get(EXPECTED) if target is not None else None
            need = source.fields.get(EXPECTED)
            if target is not None and isinstance(room, int) and isinstance(need, int) and room < need:
                yield target.at(
                    self.code,
                    EXPECTED,
                    f"`{address.name}` is expected to hold {room:,} entries, and its source `{source.address.name}` "
                    f"{need:,}",
                    related=source.related("their source", path),
                    help=f"write `expectedMaxLength: {need}` or more for it",
                )
