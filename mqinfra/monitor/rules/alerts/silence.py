"""Alerts about what is not said: an exporter that is down, and a resource that nobody measures."""

from mqinfra.monitor.rules.alert import (
    ClusterAlert,
    Condition,
    Measured,
    Page,
    ResourceAlert,
    Severity,
    Subject,
    steady,
    watched_of,
)
from mqinfra.providers.base.monitoring.dialect import Signal
from mqinfra.providers.base.monitoring.watched import What

_SAID_OF = {
    What.TOPIC: (Signal.END, Signal.IN_SYNC),
    What.GROUP: (Signal.LAG,),
    What.QUEUE: (Signal.READY, Signal.MESSAGES),
    What.STREAM: (Signal.MESSAGES,),
    What.STREAM_GROUP: (Signal.LAG, Signal.PENDING),
}
"""What an exporter says of a thing as long as it says anything; the first that a dialect has."""
_UP_CAUSES = (
    "The exporter does not run, or Prometheus can't reach it: see the targets of Prometheus.",
    "It can't reach the cluster, or is not let in.",
)


class MetricsAbsent(ResourceAlert):
    """Nobody measures a declared resource."""

    name = "MetricsAbsent"
    severity = Severity.WARNING
    hold = "10m"
    about = frozenset(_SAID_OF)
    needs = ()
    page = Page(
        meaning="There are no metrics of something that is declared, so none of its other alerts can fire.",
        causes=(
            "It was deleted, or never made: `mqinfra plan`.",
            "The exporter leaves it out: its filters, its rights, the keys that it was told to look at.",
            "A group that never committed, or whose offsets have expired.",
        ),
        looks="a line that ends",
        tuning="Leave it out of the rules with `--exclude`.",
    )

    def lacks(self, subject: Subject) -> tuple[Signal, ...]:
        """Anything that says that it is there."""
        known = _SAID_OF[watched_of(subject).what]
        return () if any(signal in subject.dialect.series for signal in known) else known[:1]

    def condition(self, subject: Subject) -> Condition:
        """By whatever the exporter always says."""
        signal = next(one for one in _SAID_OF[watched_of(subject).what] if one in subject.dialect.series)
        return Condition(
            f"absent({subject.number(signal)})",
            "no series",
            f"{subject.title}: no metrics from {subject.dialect.name}",
            Measured({}),
            1,
            Measured({signal: steady(0)}),
        )


class ExporterDown(ClusterAlert):
    """Nothing is known of a cluster."""

    name = "ExporterDown"
    severity = Severity.CRITICAL
    hold = "5m"
    needs = (Signal.UP,)
    page = Page(
        meaning="There are no metrics of a cluster, or the exporter says that it can't read it. No other alert "
        "about it can fire.",
        causes=_UP_CAUSES,
        looks="up 1, 1, **0, 0**, or a line that ends",
        tuning="None; where Prometheus sees several clusters of a type, tell them apart with `--match`.",
    )

    def condition(self, subject: Subject) -> Condition:
        """Where it can say so itself, by that too."""
        number, least = subject.number(Signal.UP), subject.dialect.up
        absent = f"absent({number})"
        return Condition(
            f"{absent} or {number} < {least}" if least else absent,
            "no metrics",
            f"{subject.title}: nothing is known from {subject.dialect.name}",
            Measured({}),
            1,
            Measured({Signal.UP: steady(max(least, 1))}),
        )
