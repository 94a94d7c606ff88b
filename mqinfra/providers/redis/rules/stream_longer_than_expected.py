"""MQ321: a stream that has outgrown what is expected of it."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.providers.base.rule import Context, ResourceRule, Subject
from mqinfra.providers.redis.rules.deployment import EXPECTED, STREAMS, length


class StreamLongerThanExpected(ResourceRule):
    """Redis stores no limit (redis#10270), so the declared one is a contract with whoever trims."""

    kinds = frozenset({STREAMS})
    code = Code(
        "MQ321",
        "a stream is longer than expected",
        "Redis keeps no limit with a stream: producers give one with each XADD, or somebody trims. "
        "`expectedMaxLength` says what the limit should be, and the stream is longer, so nobody keeps to it. mqinfra "
        "never cuts a stream for it.\n\nHave the producers send `XADD KEY MAXLEN ~ N`, or cut the stream once with "
        "`trim`.",
        severity=Severity.WARNING,
        bad="redis:\n  streams:\n    orders: {expectedMaxLength: 1000}        # it has 5,000 entries",
        good="redis:\n  streams:\n    orders: {expectedMaxLength: 10000}",
    )

    def look_at(self, subject: Subject, context: Context) -> Iterator[Diagnostic]:
        """Compare with the length."""
        expected, entries = subject.fields.get(EXPECTED), length(context, subject.address)
        if isinstance(expected, int) and entries is not None and entries > expected:
            name = subject.address.name
            yield subject.at(
                self.code,
                EXPECTED,
                f"stream `{name}` has {entries:,} entries, and {expected:,} are expected at most",
                help=(
                    f"have its producers send `XADD {name} MAXLEN ~ {expected} ...`",
                    f"to drop the oldest {entries - expected:,} now: `XTRIM {name} MAXLEN {expected}`, or `trim` here",
                ),
            )
