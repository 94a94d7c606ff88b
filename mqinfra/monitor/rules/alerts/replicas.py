"""Alerts about copies of a topic's partitions."""

from mqinfra.monitor.rules.alert import (
    VALUE,
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
from mqinfra.providers.base.monitoring.watched import Watched, What

_CAUSES = ("A broker is down or restarts.", "A broker is too slow: its disk or its network.")


class UnderMinISR(ResourceAlert):
    """Writes are refused."""

    name = "UnderMinISR"
    severity = Severity.CRITICAL
    hold = "5m"
    about = frozenset({What.TOPIC})
    needs = (Signal.IN_SYNC,)
    page = Page(
        meaning="Some partition has fewer replicas in sync than writes with `acks=all` need (`min.insync.replicas`): "
        "they are refused. 5 minutes are more than a broker takes to restart.",
        causes=_CAUSES,
        looks="replicas in sync 3, 2, **1, 1** with 2 needed",
        tuning="`min.insync.replicas` of the topic.",
    )

    def unheld(self, watched: Watched) -> str:
        """It takes a number of replicas."""
        return "" if watched.limits.min_insync else "no `min.insync.replicas` is declared"

    def condition(self, subject: Subject) -> Condition:
        """Held to what is declared: a cluster of one broker is no fault where one is enough."""
        least = watched_of(subject).limits.min_insync or 1
        return Condition(
            f"{subject.number(Signal.IN_SYNC)} < {least}",
            f"{least} replicas (`min.insync.replicas`)",
            f"{subject.title}: {VALUE} replicas in sync, writes need {least}",
            Measured({Signal.IN_SYNC: steady(least - 1)}),
            least - 1,
            Measured({Signal.IN_SYNC: steady(least)}),
        )


class UnderReplicated(ResourceAlert):
    """A copy is missing."""

    name = "UnderReplicated"
    severity = Severity.WARNING
    hold = "5m"
    about = frozenset({What.TOPIC})
    needs = (Signal.IN_SYNC,)
    page = Page(
        meaning="Some partition has fewer replicas in sync than are declared: the next fault may cost writes.",
        causes=_CAUSES,
        looks="replicas in sync 3, **2, 2, 2** of 3",
        tuning="`replicationFactor` of the topic.",
    )

    def unheld(self, watched: Watched) -> str:
        """It takes more than one replica."""
        return "" if (watched.limits.replicas or 0) > 1 else "no more than one replica is declared"

    def condition(self, subject: Subject) -> Condition:
        """Held to what is declared."""
        all_of_them = watched_of(subject).limits.replicas or 1
        return Condition(
            f"{subject.number(Signal.IN_SYNC)} < {all_of_them}",
            f"{all_of_them} replicas (`replicationFactor`)",
            f"{subject.title}: {VALUE} of {all_of_them} replicas in sync",
            Measured({Signal.IN_SYNC: steady(all_of_them - 1)}),
            all_of_them - 1,
            Measured({Signal.IN_SYNC: steady(all_of_them)}),
        )
