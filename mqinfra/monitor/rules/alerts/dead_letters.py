"""Alerts about where dead letters go. The names are those that people search for."""

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
from mqinfra.providers.base.monitoring.dialect import Signal
from mqinfra.providers.base.monitoring.watched import Role, Watched, What

_CAUSES = (
    "Messages on which consumers fail: read one, and look for the reason in its headers.",
    "Messages that expired or did not fit: then nobody consumes in time.",
)


class DLQNotEmpty(ResourceAlert):
    """There are dead letters."""

    name = "DLQNotEmpty"
    severity = Severity.WARNING
    hold = "5m"
    about = frozenset({What.QUEUE, What.STREAM})
    needs = (Signal.MESSAGES,)
    page = Page(
        meaning="Somebody has to look what went wrong: there are dead letters. Of a topic there is no such rule, since "
        "what is read stays there until it expires.",
        causes=_CAUSES,
        looks="messages 0, 0, **1, 1, 4**",
        tuning="`deadLetter` of whose letters they are.",
    )

    def applies(self, watched: Watched) -> bool:
        """Only where dead letters go."""
        return super().applies(watched) and watched.role is Role.DEAD_LETTERS

    def condition(self, subject: Subject) -> Condition:
        """By one message."""
        return Condition(
            f"{subject.number(Signal.MESSAGES)} > 0",
            "any message",
            f"{subject.title}: {VALUE} dead letters",
            Measured({Signal.MESSAGES: steady(1)}),
            1,
            Measured({Signal.MESSAGES: steady(0)}),
        )


class DLQGrowing(ResourceAlert):
    """Dead letters become more."""

    name = "DLQGrowing"
    severity = Severity.CRITICAL
    hold = "5m"
    about = frozenset({What.QUEUE, What.STREAM, What.TOPIC})
    needs = ()
    page = Page(
        meaning="In the last 15 minutes there were new dead letters. Counters of dead letters may miss some when a "
        "leader moves, so what lies there counts.",
        causes=_CAUSES,
        looks="messages 4, 4, **9, 30, 55**",
        tuning="`deadLetter` of whose letters they are.",
    )

    def applies(self, watched: Watched) -> bool:
        """Only where dead letters go."""
        return super().applies(watched) and watched.role is Role.DEAD_LETTERS

    def lacks(self, subject: Subject) -> tuple[Signal, ...]:
        """What says how many there are, or were ever."""
        signal = _number(watched_of(subject))
        return () if signal in subject.dialect.series else (signal,)

    def condition(self, subject: Subject) -> Condition:
        """By what there was a quarter of an hour ago; of a topic by its newest offsets, which only grow."""
        signal = _number(watched_of(subject))
        before = subject.named.number(subject.series(signal), "15m")
        return Condition(
            f"{subject.number(signal)} - {before} > 0",
            "any new message in 15 minutes",
            f"{subject.title}: {VALUE} new dead letters in 15 minutes",
            Measured({signal: growing(10, 2)}),
            2 * 15,
            Measured({signal: steady(10)}),
        )


def _number(watched: Watched) -> Signal:
    return Signal.END if watched.what is What.TOPIC else Signal.MESSAGES
