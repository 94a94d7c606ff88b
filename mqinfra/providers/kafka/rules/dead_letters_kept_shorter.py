"""MQ420: dead letters that are gone before the records they came from."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.providers.base.rule import Context, Rule
from mqinfra.providers.kafka.rules.topic import (
    RETENTION_MS,
    TOPICS,
    dead_letter_pairs,
    limit,
    policy,
    shown,
    their_source,
)


class DeadLettersKeptShorter(Rule):
    """A source that is only compacted has no retention to compare with."""

    kinds = TOPICS
    code = Code(
        "MQ420",
        "dead letters are kept for a shorter time than their source",
        "Somebody has to look at dead letters and decide. When they expire before the source does, what was given up "
        "on is lost while everything else is still there.\n\nGive the dead letters at least the retention of their "
        "source.",
        severity=Severity.WARNING,
        bad="orders:\n  config: {retention.ms: 30d}\n  deadLetter: {retention: 1d}",
        good="orders:\n  config: {retention.ms: 30d}\n  deadLetter: {retention: 60d}",
    )

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Compare the retention of each pair."""
        for source, target, path in dead_letter_pairs(context):
            whole, part = source.assumed(*RETENTION_MS), target.assumed(*RETENTION_MS)
            longer, shorter = limit(whole), limit(part)
            if longer is None or shorter is None or shorter >= longer:
                continue
            if "delete" not in policy(source) or "delete" not in policy(target):
                continue
            yield target.at(
                self.code,
                RETENTION_MS,
                f"dead letters in `{target.address.name}` go after {shown(target, RETENTION_MS, part)}, while "
                f"`{source.address.name}` keeps its records {_span(shown(source, RETENTION_MS, whole))}",
                related=their_source(target, RETENTION_MS, source, path),
                help="keep dead letters at least as long as their source",
            )


def _span(text: str) -> str:
    return "for ever" if text.startswith("-1") else f"for {text}"
