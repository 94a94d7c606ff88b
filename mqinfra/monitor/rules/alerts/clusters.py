"""Alerts about a cluster as a whole: lost messages, drift, and promises that were tried and do not hold."""

from collections.abc import Sequence

from mqinfra.monitor.rules.alert import (
    VALUE,
    ClusterAlert,
    Condition,
    Measured,
    Page,
    Severity,
    Subject,
    growing,
    steady,
)
from mqinfra.providers.base.monitoring.dialect import Signal
from mqinfra.providers.base.monitoring.watched import Watched, What

STALE_HOURS = 26
"""Hours after which a verification that runs every day is late."""


class UnroutableMessages(ClusterAlert):
    """Messages went nowhere."""

    name = "UnroutableMessages"
    severity = Severity.WARNING
    hold = "2m"
    needs = (Signal.UNROUTABLE,)
    page = Page(
        meaning="Messages were sent that no route took: they were dropped, or given back to a producer that asked. "
        "The count is of the cluster, whoever sent them; those that `mqinfra verify` sends to try it are among them.",
        causes=("A producer uses a routing key that nothing is bound with.", "A binding was deleted: `mqinfra drift`."),
        looks="unroutable in 5 minutes: 0, 0, **12, 30**",
        tuning="None: any lost message is news.",
    )

    def applies(self, watched: Sequence[Watched]) -> bool:
        """Only where messages take routes to queues."""
        return any(one.what is What.QUEUE for one in watched)

    def condition(self, subject: Subject) -> Condition:
        """By any in 5 minutes."""
        grown = subject.named.increase(subject.series(Signal.UNROUTABLE), "5m")
        count = len(subject.series(Signal.UNROUTABLE).metrics)
        return Condition(
            f"{grown} > 0",
            "any in 5 minutes",
            f"{subject.title}: {VALUE} messages in 5 minutes that no route took",
            Measured({Signal.UNROUTABLE: growing(100, 6)}),
            6 * 5 * count,
            Measured({Signal.UNROUTABLE: steady(100)}),
        )


class MqinfraDrift(ClusterAlert):
    """The cluster is not as declared."""

    name = "MqinfraDrift"
    severity = Severity.WARNING
    hold = "30m"
    needs = (Signal.DRIFT,)
    page = Page(
        meaning="The cluster has not been as the manifests declare for half an hour.",
        causes=("Somebody changed it by hand: `mqinfra drift` says what.", "A change was merged and not applied."),
        looks="changes that a plan would make: 0, 0, **2, 2**",
        tuning="None; apply, or declare what was changed.",
    )

    def condition(self, subject: Subject) -> Condition:
        """By any change."""
        return Condition(
            f"{subject.number(Signal.DRIFT)} > 0",
            "any change",
            f"{subject.title}: {VALUE} resources are not as declared",
            Measured({Signal.DRIFT: steady(2)}),
            2,
            Measured({Signal.DRIFT: steady(0)}),
        )


class MqinfraVerifyFailed(ClusterAlert):
    """A promise does not hold."""

    name = "MqinfraVerifyFailed"
    severity = Severity.CRITICAL
    hold = "5m"
    needs = (Signal.VERIFIED,)
    page = Page(
        meaning="The last `mqinfra verify` found promises that do not hold. Checks that could not tell do not count.",
        causes=("Its report says which, and what was seen.",),
        looks="failed checks: 0, 0, **1**",
        tuning="`promises` of what failed.",
    )

    def condition(self, subject: Subject) -> Condition:
        """By any failed check: 0 is failed, -1 could not tell."""
        series = subject.series(Signal.VERIFIED)
        return Condition(
            f"count({subject.named.selector(series, series.metrics[0])} == 0) > 0",
            "any failed check",
            f"{subject.title}: {VALUE} checks of the last verification failed",
            Measured({Signal.VERIFIED: steady(0)}),
            1,
            Measured({Signal.VERIFIED: steady(-1)}),
        )


class MqinfraVerifyStale(ClusterAlert):
    """Promises were not tried for long."""

    name = "MqinfraVerifyStale"
    severity = Severity.WARNING
    hold = "1h"
    needs = (Signal.VERIFIED_AT,)
    page = Page(
        meaning=f"The last verification is more than {STALE_HOURS} hours old. Where none ever ran, this does not fire.",
        causes=("The job that runs `mqinfra verify` fails or was turned off.",),
        looks="hours since the last one: 3, 25, **26, 27**",
        tuning="None; leave it out with a route of Alertmanager where verifications are rare.",
    )

    def condition(self, subject: Subject) -> Condition:
        """By the time that passed; tests begin at 0, so that what was long ago is below it."""
        most, minutes = STALE_HOURS * 3_600, 70
        return Condition(
            f"time() - {subject.number(Signal.VERIFIED_AT)} > {most}",
            f"{STALE_HOURS} hours",
            f"{subject.title}: the last verification was {VALUE} s ago",
            Measured({Signal.VERIFIED_AT: steady(-most)}, minutes),
            most + minutes * 60,
            Measured({Signal.VERIFIED_AT: steady(0)}, minutes),
        )
