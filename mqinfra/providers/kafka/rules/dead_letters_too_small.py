"""MQ423: records of the source that would not fit into the topic of dead letters."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.providers.base.rule import Context, Rule
from mqinfra.providers.kafka.rules.topic import MAX_MESSAGE, TOPICS, dead_letter_pairs, number, shown, their_source


class DeadLettersTooSmall(Rule):
    """Kafka refuses a larger batch: RECORD_TOO_LARGE."""

    kinds = TOPICS
    code = Code(
        "MQ423",
        "dead letters may be too large for their topic",
        "`max.message.bytes` of the topic of dead letters is below its source's, so that a large record can be "
        "consumed but not put aside: the write fails with RECORD_TOO_LARGE. Dead letters are even a little larger "
        "than the original, for the headers that say what went wrong.",
        severity=Severity.WARNING,
        bad="orders:\n  config: {max.message.bytes: 10MiB}\n  deadLetter: {config: {max.message.bytes: 1MiB}}",
        good="orders:\n  config: {max.message.bytes: 10MiB}\n  deadLetter: true",
    )

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Compare the limits of each pair."""
        for source, target, path in dead_letter_pairs(context):
            large, small = number(source.assumed(*MAX_MESSAGE)), number(target.assumed(*MAX_MESSAGE))
            if large is not None and small is not None and small < large:
                yield target.at(
                    self.code,
                    MAX_MESSAGE,
                    f"`{target.address.name}` takes records of up to {shown(target, MAX_MESSAGE, small)}, and its "
                    f"source `{source.address.name}` of up to {shown(source, MAX_MESSAGE, large)}",
                    related=their_source(target, MAX_MESSAGE, source, path),
                    help=f"set `max.message.bytes: {shown(source, MAX_MESSAGE, large)}` or more on it",
                )
