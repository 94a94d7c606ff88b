"""MQ421: dead letters on a compacted topic."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.providers.base.rule import Context, Rule
from mqinfra.providers.kafka.rules.topic import CLEANUP, TOPICS, dead_letter_pairs, policy, their_source


class DeadLettersCompacted(Rule):
    """Kafka refuses a record without a key there: INVALID_RECORD, LogValidator."""

    kinds = TOPICS
    code = Code(
        "MQ421",
        "dead letters on a compacted topic",
        "A compacted topic refuses records without a key, and keeps only the newest of each key. Dead letters often "
        "have no key, and two of one key are two failures: both would be lost.\n\nLet the topic delete by time: "
        "`cleanup.policy: delete`.",
        severity=Severity.WARNING,
        bad="orders:\n  deadLetter: {config: {cleanup.policy: compact}}",
        good="orders:\n  deadLetter: {retention: 30d}",
    )

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Look at the policy of each topic of dead letters."""
        for source, target, path in dead_letter_pairs(context):
            if "compact" in policy(target):
                yield target.at(
                    self.code,
                    CLEANUP,
                    f"`{target.address.name}` is compacted: it refuses dead letters without a key, and keeps one of "
                    "each key",
                    related=their_source(target, CLEANUP, source, path),
                    help="set `cleanup.policy: delete` on the topic of dead letters",
                )
