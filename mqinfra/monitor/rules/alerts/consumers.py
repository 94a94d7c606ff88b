"""Alerts about consumers: groups on a topic or stream, and whoever reads a queue."""

from mqinfra.monitor.rules.alert import (
    VALUE,
    Condition,
    Measured,
    Page,
    ResourceAlert,
    Severity,
    Subject,
    growing,
    steady,
    watched_of,
)
from mqinfra.monitor.rules.query import over_time
from mqinfra.providers.base.monitoring.dialect import Signal
from mqinfra.providers.base.monitoring.watched import Role, Watched, What

GROUPS = frozenset({What.GROUP, What.STREAM_GROUP})
READ = GROUPS | {What.QUEUE}
SMALL_LAG = 100
"""Messages up to which a lag that grows is no news where nothing is promised."""
PENDING_SECONDS = 900
"""Seconds after which an entry counts as stuck where nothing is promised."""
MARKER = 1
"""Offsets by which a consumer that has read everything may lag for ever: the mark at the end of a transaction."""


def waits(watched: Watched) -> bool:
    """Whether somebody should come and read what is in it."""
    return watched.role is Role.WORK and not (watched.what is What.QUEUE and watched.replays)


def backlog(watched: Watched) -> Signal:
    """What says how many messages wait."""
    return Signal.READY if watched.what is What.QUEUE else Signal.LAG


class _OfReaders(ResourceAlert):
    """About whoever should read; it needs to know how much waits."""

    about = READ
    needs = ()

    def applies(self, watched: Watched) -> bool:
        """Only where somebody should read."""
        return super().applies(watched) and waits(watched)

    def lacks(self, subject: Subject) -> tuple[Signal, ...]:
        """The backlog, besides what each needs."""
        missing = super().lacks(subject)
        return missing if (signal := backlog(watched_of(subject))) in subject.dialect.series else (signal, *missing)


class ConsumerLagHigh(_OfReaders):
    """More messages wait than is promised."""

    name = "ConsumerLagHigh"
    severity = Severity.WARNING
    hold = "5m"
    page = Page(
        meaning="More messages wait than the manifest promises (`promises.maxLag`), and have for 5 minutes.",
        causes=(
            "Consumers are slower than producers: a slow dependency, one hot partition, too few consumers.",
            "A consumer fails on one message and tries it again and again.",
            "Somebody sent much at once; then the number falls by itself.",
        ),
        looks="lag 200, 400, 900, **1,300, 1,250, 1,400** with 1,000 promised",
        tuning="`promises.maxLag` of the topic, stream, queue or group.",
    )

    def unheld(self, watched: Watched) -> str:
        """It takes a promise."""
        return "no `maxLag` is promised" if watched.promises.max_lag is None else ""

    def condition(self, subject: Subject) -> Condition:
        """Held to `maxLag`."""
        watched = watched_of(subject)
        most, signal = watched.promises.max_lag or 0, backlog(watched)
        return Condition(
            f"{subject.number(signal)} > {most}",
            f"{most:,} messages (`promises.maxLag`)",
            f"{subject.title}: {VALUE} messages wait, {most} are promised at most",
            Measured({signal: steady(most + 1)}),
            most + 1,
            Measured({signal: steady(most)}),
        )


class ConsumerDelayHigh(ResourceAlert):
    """A consumer is longer behind than is promised."""

    name = "ConsumerDelayHigh"
    severity = Severity.WARNING
    hold = "5m"
    about = GROUPS
    needs = (Signal.DELAY,)
    page = Page(
        meaning="For 5 minutes a consumer has been longer behind than the manifest promises (`promises.maxDelay`).",
        causes=(
            "Consumers are slower than producers.",
            "A consumer waits for one message, or for something else.",
            "On a topic with little traffic: the one message that waits is old.",
        ),
        looks="seconds behind: 4, 60, 240, **310, 370, 430** with 5 minutes promised",
        tuning="`promises.maxDelay` of the topic, stream or group.",
    )

    def applies(self, watched: Watched) -> bool:
        """Only where somebody should read."""
        return super().applies(watched) and waits(watched)

    def unheld(self, watched: Watched) -> str:
        """It takes a promise."""
        return "no `maxDelay` is promised" if watched.promises.max_delay is None else ""

    def condition(self, subject: Subject) -> Condition:
        """Held to `maxDelay`."""
        most = (watched_of(subject).promises.max_delay or 0) / 1_000
        return Condition(
            f"{subject.number(Signal.DELAY)} > {most:g}",
            f"{most:g} s (`promises.maxDelay`)",
            f"{subject.title} is {VALUE} s behind, {most:g} s are promised at most",
            Measured({Signal.DELAY: steady(most + 10)}),
            most + 10,
            Measured({Signal.DELAY: steady(most)}),
        )


class ConsumerLagGrowing(_OfReaders):
    """What waits becomes more and more."""

    name = "ConsumerLagGrowing"
    severity = Severity.WARNING
    hold = "10m"
    page = Page(
        meaning="What waits has grown for 25 minutes, although consumers read: it will not end by itself. One dip does "
        "not hide it, since the slope and the mean of 15 minutes count.",
        causes=("There are too few consumers, or each is too slow.", "Producers send more than usual."),
        looks="lag 500, 900, 1,400, 1,100, 1,900, **2,600**",
        tuning=f"Half of `promises.maxLag` is where it begins to count; without a promise {SMALL_LAG} messages. "
        "`promises.batch` turns it off.",
    )

    def applies(self, watched: Watched) -> bool:
        """Not for those who come once a day: what waits for them grows all day."""
        return super().applies(watched) and not watched.promises.batch

    def condition(self, subject: Subject) -> Condition:
        """By the slope and the mean of 15 minutes."""
        watched = watched_of(subject)
        most, signal = watched.promises.max_lag, backlog(watched)
        small = SMALL_LAG if most is None else most // 2
        number = subject.number(signal)
        return Condition(
            f"60 * {over_time('deriv', number, '15m')} > 0 and {over_time('avg_over_time', number, '15m')} > {small}",
            f"{small:,} messages on average, and growing "
            + ("(default)" if most is None else "(half of `promises.maxLag`)"),
            f"{subject.title}: what waits grows by {VALUE} messages a minute",
            Measured({signal: growing(small, 10)}),
            10,
            Measured({signal: steady(small + 1_000)}),
        )


class ConsumerStalled(ResourceAlert):
    """Messages wait, and the position does not move."""

    name = "ConsumerStalled"
    severity = Severity.CRITICAL
    hold = "5m"
    about = GROUPS
    needs = (Signal.LAG, Signal.POSITION)
    page = Page(
        meaning="Messages wait, and the consumer has not moved for 15 minutes. The number is that of partitions "
        "where that is so, as far as the exporter tells partitions apart.",
        causes=(
            "A message on which the consumer fails, and which it tries again for ever.",
            "The consumer hangs: a deadlock, a call without a timeout, a paused partition.",
            "It processes, and does not commit.",
        ),
        looks="position 5,000, 5,400, **5,400, 5,400, 5,400** while lag goes 200, 350, 500, 700",
        tuning="`promises.batch` turns it off, for consumers that come and go.",
    )

    def applies(self, watched: Watched) -> bool:
        """Not for those who come and go."""
        return super().applies(watched) and waits(watched) and not watched.promises.batch

    def condition(self, subject: Subject) -> Condition:
        """By part where the exporter has them: others that move must not hide the one that does not."""
        lag, position = subject.series(Signal.LAG), subject.series(Signal.POSITION)
        moved = subject.parts(Signal.POSITION, "changes/10m")
        by_part = lag.part == position.part
        watched = watched_of(subject)
        marker = MARKER if watched.what is What.GROUP else 0
        most = marker if by_part else marker * (watched.limits.partitions or 1)
        waiting = f"{subject.parts(Signal.LAG) if by_part else subject.number(Signal.LAG)} > {most}"
        where = "" if by_part else " of the topic as a whole"
        return Condition(
            f"count({waiting} and {moved} == 0) > 0",
            f"no move{where} in 10 minutes while more than {most} waits",
            f"{subject.title} stands still, and messages wait",
            Measured({Signal.LAG: growing(most + 1, 5), Signal.POSITION: steady(5_000)}),
            1,
            Measured({Signal.LAG: steady(most + 50), Signal.POSITION: growing(5_000, 1)}),
        )


class ConsumerGroupEmpty(ResourceAlert):
    """Messages wait for a group of which nobody is there."""

    name = "ConsumerGroupEmpty"
    severity = Severity.CRITICAL
    hold = "10m"
    about = GROUPS
    needs = (Signal.LAG, Signal.MEMBERS)
    page = Page(
        meaning="Messages wait for a group, and it has had no member for 10 minutes.",
        causes=(
            "The consumer is not deployed, crashes, or was scaled to zero.",
            "It lost the right to join, or its password.",
        ),
        looks="members 3, 3, **0, 0, 0** while lag goes 10, 40, 300, 900",
        tuning="`promises.batch` turns it off, for consumers that come and go.",
    )

    def applies(self, watched: Watched) -> bool:
        """Not for those who come and go."""
        return super().applies(watched) and waits(watched) and not watched.promises.batch

    def condition(self, subject: Subject) -> Condition:
        """Where a lag of 0 is no proof, also by how far behind the group is."""
        waiting = f"{subject.number(Signal.LAG)} > 0"
        if subject.series(Signal.LAG).zero_if_unknown and Signal.DELAY in subject.dialect.series:
            waiting = f"({waiting} or {subject.number(Signal.DELAY)} > 0)"
        return Condition(
            f"{waiting} and {subject.number(Signal.MEMBERS)} == 0",
            "no member while messages wait",
            f"{subject.title}: nobody is there, and {VALUE} messages wait",
            Measured({Signal.LAG: steady(7), Signal.MEMBERS: steady(0)}),
            7,
            Measured({Signal.LAG: steady(7), Signal.MEMBERS: steady(1)}),
        )


class PendingStuck(ResourceAlert):
    """Entries were delivered, and nobody acknowledges them."""

    name = "PendingStuck"
    severity = Severity.WARNING
    hold = "5m"
    about = frozenset({What.STREAM_GROUP})
    needs = (Signal.PENDING_IDLE,)
    page = Page(
        meaning="Entries were delivered to a consumer that does not acknowledge them, for longer than they may take.",
        causes=(
            "A consumer died, and nobody claims what it had.",
            "An entry on which every consumer fails.",
        ),
        looks="idle seconds of a consumer with pending entries: 3, 200, 700, **950, 1,010**",
        tuning=f"`promises.maxDelay` of the stream or group; without one {PENDING_SECONDS // 60} minutes. Without one, "
        "`promises.batch` turns it off.",
    )

    def applies(self, watched: Watched) -> bool:
        """Not for those who come and go, unless they promise a time."""
        batch = watched.promises.batch and watched.promises.max_delay is None
        return super().applies(watched) and waits(watched) and not batch

    def condition(self, subject: Subject) -> Condition:
        """Held to `maxDelay`, or a quarter of an hour."""
        promised = watched_of(subject).promises.max_delay
        most = PENDING_SECONDS if promised is None else promised / 1_000
        values = {Signal.PENDING_IDLE: steady(most + 10)}
        return Condition(
            f"{subject.number(Signal.PENDING_IDLE)} > {most:g}",
            f"{most:g} s ({'default' if promised is None else '`promises.maxDelay`'})",
            f"{subject.title}: a delivered entry is not acknowledged, {VALUE} s by now",
            Measured(values),
            most + 10,
            Measured({Signal.PENDING_IDLE: steady(most)}),
        )


class LagNearRetention(ResourceAlert):
    """Messages are about to expire before a group has read them."""

    name = "LagNearRetention"
    severity = Severity.CRITICAL
    hold = "15m"
    about = frozenset({What.GROUP})
    needs = (Signal.LAG, Signal.END, Signal.OLDEST)
    page = Page(
        meaning="On some partition a group has read less than a tenth of what is kept, and retention deletes there. "
        "What it has not read will be gone before it comes to it. Above 100 some is gone already.",
        causes=("The group is too slow, or stands still.", "Retention is too short for how late the group may be."),
        looks="percent of what is kept that is unread: 40, 70, **91, 95, 100**",
        tuning="`retention.ms` and `retention.bytes` of the topic.",
    )

    def applies(self, watched: Watched) -> bool:
        """Not where nothing expires; a topic that is compacted and no more loses no last value of a key."""
        limits = watched.limits
        kept = limits.compacted and limits.retention_ms is None and limits.retention_bytes is None
        return super().applies(watched) and bool(watched.name) and not kept

    def condition(self, subject: Subject) -> Condition:
        """By partition: unread of kept, where anything was deleted at all."""
        oldest = subject.parts(Signal.OLDEST)
        unread = f"100 * {subject.parts(Signal.LAG, merged=True)} / ({subject.parts(Signal.END)} - {oldest}) > 90"
        return Condition(
            f"max({unread} and {oldest} > 0)",
            "90 % of what is kept is unread",
            f"{subject.title}: {VALUE} % of what is kept is unread, and the oldest is being deleted",
            Measured({Signal.LAG: steady(950), Signal.END: steady(2_000), Signal.OLDEST: steady(1_000)}),
            95,
            Measured({Signal.LAG: steady(900), Signal.END: steady(2_000), Signal.OLDEST: steady(1_000)}),
        )
