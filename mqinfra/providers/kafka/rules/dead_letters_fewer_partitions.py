"""MQ422: fewer partitions for dead letters than the source has."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.providers.base.rule import Context, Rule
from mqinfra.providers.kafka.rules.topic import PARTITIONS, TOPICS, dead_letter_pairs, number, their_source


class DeadLettersFewerPartitions(Rule):
    """Spring Kafka's DeadLetterPublishingRecoverer, for one, keeps the partition number by default."""

    kinds = TOPICS
    code = Code(
        "MQ422",
        "fewer partitions for dead letters than in the source",
        "Many clients write a dead letter to the partition number that the record came from. Where the topic of dead "
        "letters has no such partition, the write fails, and the consumer is stuck or the record is lost.\n\nGive it "
        "at least as many partitions as its source, or make sure that your clients choose the partition themselves.",
        severity=Severity.WARNING,
        bad="orders:\n  partitions: 12\n  deadLetter: {partitions: 1}",
        good="orders:\n  partitions: 12\n  deadLetter: true",
    )

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Compare the partitions of each pair."""
        for source, target, path in dead_letter_pairs(context):
            many, few = number(source.value(*PARTITIONS)), number(target.value(*PARTITIONS))
            if many is not None and few is not None and few < many:
                yield target.at(
                    self.code,
                    PARTITIONS,
                    f"`{target.address.name}` has {few:g} of the {many:g} partitions of its source "
                    f"`{source.address.name}`, and many clients write dead letters to the same partition number",
                    related=their_source(target, PARTITIONS, source, path),
                    help=f"write `partitions: {many:g}`",
                )
