"""Topics of dead letters beside their sources."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Related, Severity
from mqinfra.model.span import Path
from mqinfra.providers.base.rule import Context, Rule, Subject
from mqinfra.providers.kafka.rules.topic import limit, number, policy, shown
from mqinfra.providers.kafka.topics.fields import CLEANUP, MAX_MESSAGE, PARTITIONS, RETENTION_MS
from mqinfra.providers.kafka.topics.spec import DEAD_LETTERS

DEAD_LETTERS_KEPT_SHORTER = Code(
    "MQ420",
    "dead letters are kept for a shorter time than their source",
    "Someone has to look at dead letters and decide. If they expire before the source does, the failed records are "
    "lost while everything else is still there.\n\n"
    "Give the dead letters at least the retention of their source.",
    severity=Severity.WARNING,
    bad="orders:\n  config: {retention.ms: 30d}\n  deadLetter: {retention: 1d}",
    good="orders:\n  config: {retention.ms: 30d}\n  deadLetter: {retention: 60d}",
)


class DeadLettersKeptShorter(Rule):
    """A source that is only compacted has no retention to compare with."""

    codes = (DEAD_LETTERS_KEPT_SHORTER,)

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Compare the retention of each pair."""
        for source, target, path in _pairs(context):
            whole, part = source.assumed(*RETENTION_MS), target.assumed(*RETENTION_MS)
            longer, shorter = limit(whole), limit(part)
            if longer is None or shorter is None or shorter >= longer:
                continue
            if "delete" not in policy(source) or "delete" not in policy(target):
                continue
            yield target.at(
                DEAD_LETTERS_KEPT_SHORTER,
                RETENTION_MS,
                f"dead letters in `{target.address.name}` expire after {shown(target, RETENTION_MS, part)}, while "
                f"`{source.address.name}` keeps its records {_span(shown(source, RETENTION_MS, whole))}",
                related=_their_source(target, RETENTION_MS, source, path),
                help="keep dead letters at least as long as their source",
            )


def _span(text: str) -> str:
    return "forever" if text.startswith("-1") else f"for {text}"


DEAD_LETTERS_COMPACTED = Code(
    "MQ421",
    "dead letters on a compacted topic",
    "A compacted topic refuses records without a key, and keeps only the newest of each key. Dead letters often "
    "have no key, and two of one key are two failures: both would be lost.\n\nLet the topic delete by time: "
    "`cleanup.policy: delete`.",
    severity=Severity.WARNING,
    bad="orders:\n  deadLetter: {config: {cleanup.policy: compact}}",
    good="orders:\n  deadLetter: {retention: 30d}",
)


class DeadLettersCompacted(Rule):
    """Kafka refuses a record without a key there: INVALID_RECORD, LogValidator."""

    codes = (DEAD_LETTERS_COMPACTED,)

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Look at the policy of each topic of dead letters."""
        for source, target, path in _pairs(context):
            if "compact" in policy(target):
                yield target.at(
                    DEAD_LETTERS_COMPACTED,
                    CLEANUP,
                    f"`{target.address.name}` is compacted: it refuses dead letters without a key, and keeps one of "
                    "each key",
                    related=_their_source(target, CLEANUP, source, path),
                    help="set `cleanup.policy: delete` on the topic of dead letters",
                )


DEAD_LETTERS_FEWER_PARTITIONS = Code(
    "MQ422",
    "fewer partitions for dead letters than for their source",
    "Many clients write a dead letter to the partition number that the record came from. Where the topic of dead "
    "letters has no such partition, the write fails, and the consumer is stuck or the record is lost.\n\nGive it "
    "at least as many partitions as its source, or make sure that your clients choose the partition themselves.",
    severity=Severity.WARNING,
    bad="orders:\n  partitions: 12\n  deadLetter: {partitions: 1}",
    good="orders:\n  partitions: 12\n  deadLetter: true",
)


class DeadLettersFewerPartitions(Rule):
    """Spring Kafka's DeadLetterPublishingRecoverer, for one, keeps the partition number by default."""

    codes = (DEAD_LETTERS_FEWER_PARTITIONS,)

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Compare the partitions of each pair."""
        for source, target, path in _pairs(context):
            many, few = number(source.value(*PARTITIONS)), number(target.value(*PARTITIONS))
            if many is not None and few is not None and few < many:
                yield target.at(
                    DEAD_LETTERS_FEWER_PARTITIONS,
                    PARTITIONS,
                    f"`{target.address.name}` has {few:g} of the {many:g} partitions of its source "
                    f"`{source.address.name}`, and many clients write dead letters to the same partition number",
                    related=_their_source(target, PARTITIONS, source, path),
                    help=f"write `partitions: {many:g}`",
                )


DEAD_LETTERS_TOO_SMALL = Code(
    "MQ423",
    "dead letters may be too large for their topic",
    "`max.message.bytes` of the topic of dead letters is below its source's, so a large record can be consumed but "
    "not put aside: the write fails with RECORD_TOO_LARGE. Dead letters are even a little larger than the original, "
    "for the headers that say what went wrong.",
    severity=Severity.WARNING,
    bad="orders:\n  config: {max.message.bytes: 10MiB}\n  deadLetter: {config: {max.message.bytes: 1MiB}}",
    good="orders:\n  config: {max.message.bytes: 10MiB}\n  deadLetter: true",
)


class DeadLettersTooSmall(Rule):
    """Kafka refuses a larger batch: RECORD_TOO_LARGE."""

    codes = (DEAD_LETTERS_TOO_SMALL,)

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Compare the limits of each pair."""
        for source, target, path in _pairs(context):
            large, small = number(source.assumed(*MAX_MESSAGE)), number(target.assumed(*MAX_MESSAGE))
            if large is not None and small is not None and small < large:
                yield target.at(
                    DEAD_LETTERS_TOO_SMALL,
                    MAX_MESSAGE,
                    f"`{target.address.name}` takes records of up to {shown(target, MAX_MESSAGE, small)}, and its "
                    f"source `{source.address.name}` of up to {shown(source, MAX_MESSAGE, large)}",
                    related=_their_source(target, MAX_MESSAGE, source, path),
                    help=f"set `max.message.bytes: {shown(source, MAX_MESSAGE, large)}` or more on it",
                )


def _pairs(context: Context) -> Iterator[tuple[Subject, Subject, Path]]:
    """List the topics with a declared dead-letter topic: the source, the dead letters, and the field that says so."""
    for source in context.by_kind.get("kafka/topics", ()):
        for reference in source.declaration.references:
            if reference.role == DEAD_LETTERS:
                target = context.subjects.get(reference.target)
                if target is not None:
                    yield source, target, reference.path


def _their_source(target: Subject, place: Path, source: Subject, path: Path) -> tuple[Related, ...]:
    """Point at the source of dead letters, unless it stands on the line that a finding about them points at."""
    related = source.related("their source", path)
    here = target.declaration.positions.span(place)
    same = here is not None and any((item.span.file, item.span.line) == (here.file, here.line) for item in related)
    return () if same else related


RULES: tuple[Rule, ...] = (
    DeadLettersKeptShorter(),
    DeadLettersCompacted(),
    DeadLettersFewerPartitions(),
    DeadLettersTooSmall(),
)
