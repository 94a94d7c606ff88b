"""Alerts about queues and streams themselves: nobody reads, too much in work, too full."""

from mqinfra.monitor.rules.alert import (
    VALUE,
    Condition,
    Measured,
    Page,
    ResourceAlert,
    Severity,
    Subject,
    above,
    steady,
    watched_of,
)
from mqinfra.monitor.rules.alerts.consumers import waits
from mqinfra.providers.base.monitoring.dialect import Signal
from mqinfra.providers.base.monitoring.watched import Watched, What

FULL = 80
"""Percent of a declared length from which a queue counts as nearly full."""
OVER = 120
"""Percent of an expected length from which a stream counts as too long: trimming is approximate."""


class QueueNoConsumers(ResourceAlert):
    """A queue has messages and no consumer."""

    name = "QueueNoConsumers"
    severity = Severity.CRITICAL
    hold = "10m"
    about = frozenset({What.QUEUE})
    needs = (Signal.MESSAGES, Signal.MEMBERS)
    page = Page(
        meaning="A queue has had messages and no consumer for 10 minutes.",
        causes=("The consumer is not deployed, crashes, or was scaled to zero.", "It lost its rights or its password."),
        looks="consumers 2, 2, **0, 0, 0** while messages go 5, 20, 180, 600",
        tuning="`promises.batch` turns it off, for consumers that come and go. Queues that hold dead letters or "
        "delayed messages need no consumer.",
    )

    def applies(self, watched: Watched) -> bool:
        """Not where nobody has to come."""
        return super().applies(watched) and waits(watched) and not watched.promises.batch

    def condition(self, subject: Subject) -> Condition:
        """By both numbers."""
        return Condition(
            f"{subject.number(Signal.MESSAGES)} > 0 and {subject.number(Signal.MEMBERS)} == 0",
            "no consumer while there are messages",
            f"{subject.title}: no consumer, and {VALUE} messages wait",
            Measured({Signal.MESSAGES: steady(3), Signal.MEMBERS: steady(0)}),
            3,
            Measured({Signal.MESSAGES: steady(3), Signal.MEMBERS: steady(1)}),
        )


class QueueUnackedHigh(ResourceAlert):
    """Consumers have taken more than they acknowledge."""

    name = "QueueUnackedHigh"
    severity = Severity.WARNING
    hold = "10m"
    about = frozenset({What.QUEUE})
    needs = (Signal.UNACKED,)
    page = Page(
        meaning="Consumers have taken more messages without acknowledging them than may wait at all.",
        causes=(
            "A consumer takes messages and does not acknowledge: a bug, or work that hangs.",
            "The prefetch is unlimited, so one consumer takes everything.",
        ),
        looks="unacknowledged 50, 300, **1,200, 1,200, 1,300** with 1,000 promised",
        tuning="`promises.maxLag`; without one, half of the declared `max-length`. With neither there is no such rule.",
    )

    def applies(self, watched: Watched) -> bool:
        """Only where somebody works."""
        return super().applies(watched) and waits(watched)

    def unheld(self, watched: Watched) -> str:
        """It takes a promise, or a length."""
        known = watched.promises.max_lag is not None or watched.limits.max_length
        return "" if known else "neither `maxLag` is promised nor a `max-length` declared"

    def condition(self, subject: Subject) -> Condition:
        """Held to `maxLag`, or half of the length."""
        watched = watched_of(subject)
        promised = watched.promises.max_lag
        most = promised if promised is not None else (watched.limits.max_length or 0) // 2
        why = "`promises.maxLag`" if promised is not None else "half of the declared length"
        return above(
            subject,
            Signal.UNACKED,
            most,
            f"{most:,} messages ({why})",
            f"{subject.title}: {VALUE} messages were taken and not acknowledged, {most} are expected at most",
        )


class QueueNearMaxLength(ResourceAlert):
    """A queue is nearly full."""

    name = "QueueNearMaxLength"
    severity = Severity.WARNING
    hold = "5m"
    about = frozenset({What.QUEUE})
    needs = (Signal.MESSAGES,)
    page = Page(
        meaning=f"A queue holds more than {FULL} % of its declared length. When it is full, messages are dropped or "
        "refused, as `overflow` says.",
        causes=("Consumers are too slow or not there.", "The length is too small for the traffic."),
        looks="messages 300, 700, **820, 860** of 1,000",
        tuning="`max-length` of the queue, or of the policy that gives it one.",
    )

    def unheld(self, watched: Watched) -> str:
        """It takes a length."""
        if watched.limits.max_length:
            return ""
        bounded = watched.limits.max_length_bytes is not None
        return "of `max-length-bytes` there is no metric" if bounded else "no `max-length` is declared"

    def condition(self, subject: Subject) -> Condition:
        """Held to the length in force."""
        length = watched_of(subject).limits.max_length or 0
        most = length * FULL // 100
        return above(
            subject,
            Signal.MESSAGES,
            most,
            f"{most:,} messages ({FULL} % of the declared length)",
            f"{subject.title}: {VALUE} messages of {length} that it may hold",
        )


class StreamLengthOverCap(ResourceAlert):
    """A stream is longer than is expected."""

    name = "StreamLengthOverCap"
    severity = Severity.WARNING
    hold = "15m"
    about = frozenset({What.STREAM})
    needs = (Signal.MESSAGES,)
    page = Page(
        meaning=f"A stream holds more than {OVER} % of what is expected (`expectedMaxLength`): nobody trims it, and it "
        "fills memory until the server evicts or refuses.",
        causes=("A producer sends without `MAXLEN`.", "The job that trims does not run."),
        looks="entries 90,000, 110,000, **125,000, 140,000** with 100,000 expected",
        tuning="`expectedMaxLength` of the stream.",
    )

    def unheld(self, watched: Watched) -> str:
        """It takes a length."""
        return "" if watched.limits.max_length else "no `expectedMaxLength` is declared"

    def condition(self, subject: Subject) -> Condition:
        """Held to the expected length, with room for approximate trimming."""
        length = watched_of(subject).limits.max_length or 0
        most = length * OVER // 100
        return above(
            subject,
            Signal.MESSAGES,
            most,
            f"{most:,} entries ({OVER} % of `expectedMaxLength`)",
            f"{subject.title}: {VALUE} entries, {length} are expected at most",
        )
