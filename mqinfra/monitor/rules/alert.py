"""What an alert is: when it applies, the condition that is made of a resource and a dialect, and the page about it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import ClassVar

from mqinfra.model.frozen import dataclass
from mqinfra.monitor.rules.query import Line, Named
from mqinfra.providers.base.monitoring.dialect import Dialect, Series, Signal
from mqinfra.providers.base.monitoring.watched import Watched, What

VALUE = '{{ printf "%.0f" $value }}'
"""The number of an alert, in its texts."""


class Severity(StrEnum):
    """How soon somebody has to look."""

    CRITICAL = "critical"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a rule is made of.

    Attributes:
        watched: the resource or consumer that it is about; None for a cluster.
        alias: the cluster.
        dialect: how its exporter says things.
        named: what queries are about.
    """

    watched: Watched | None
    alias: str
    dialect: Dialect
    named: Named

    def series(self, signal: Signal) -> Series:
        """The series that say a signal."""
        return self.dialect.series[signal]

    def number(self, signal: Signal) -> str:
        """The number of a signal, without labels."""
        return self.named.number(self.series(signal))

    def parts(self, signal: Signal, over: str = "", *, merged: bool = False) -> str:
        """The numbers of its parts; see `Named.parts`."""
        return self.named.parts(self.series(signal), over, merged=merged)

    @property
    def title(self) -> str:
        """What it is about, for people."""
        if self.watched is None:
            return self.alias
        name = self.watched.name or self.watched.address.name
        if not self.watched.consumer:
            return name
        consumer = f"{self.watched.consumer}*" if self.watched.prefixed else self.watched.consumer
        return f"{consumer} on {name}" if self.watched.name else consumer


@dataclass(frozen=True, slots=True)
class Measured:
    """Values over time on which a rule is tried.

    Attributes:
        values: of each signal.
        minutes: when the rule is looked at.
    """

    values: Mapping[Signal, Line]
    minutes: int = 60


@dataclass(frozen=True, slots=True)
class Condition:
    """When an alert fires for a subject.

    Attributes:
        expr: PromQL.
        threshold: what it is held to, for people: `1,000 messages (promises.maxLag)`.
        summary: what is wrong, in a sentence; `VALUE` is the number.
        fires: what it fires on.
        value: its number there.
        holds: what it does not fire on, as near as can be.
    """

    expr: str
    threshold: str
    summary: str
    fires: Measured
    value: float
    holds: Measured


@dataclass(frozen=True, slots=True)
class Page:
    """What is said of an alert for whoever is woken by it.

    Attributes:
        meaning: what it means.
        causes: what usually is behind it.
        looks: what it looked like: the numbers over time on which it fires.
        tuning: which field of the manifest changes it.
    """

    meaning: str
    causes: tuple[str, ...]
    looks: str
    tuning: str


class Alert(ABC):
    """One kind of alert.

    Attributes:
        name: of the alert, for all that it is about.
        severity: how soon somebody has to look.
        hold: how long the condition has to be true.
        page: what is said of it.
        needs: the signals without which it can't be expressed.
    """

    name: ClassVar[str]
    severity: ClassVar[Severity]
    hold: ClassVar[str]
    page: ClassVar[Page]
    needs: ClassVar[tuple[Signal, ...]]

    def lacks(self, subject: Subject) -> tuple[Signal, ...]:
        """What a dialect would have to say."""
        return tuple(signal for signal in self.needs if signal not in subject.dialect.series)

    @abstractmethod
    def condition(self, subject: Subject) -> Condition:
        """When it fires for a subject whose dialect has what it needs."""


class ResourceAlert(Alert):
    """About one resource or consumer.

    Attributes:
        about: what it is about.
    """

    about: ClassVar[frozenset[What]]

    def applies(self, watched: Watched) -> bool:
        """Whether it makes sense for what is watched, whatever is promised."""
        return watched.what in self.about

    def unheld(self, watched: Watched) -> str:  # noqa: ARG002 - for those that take a number from the manifest
        """Why nothing is declared that it could be held to; empty where something is."""
        return ""


class ClusterAlert(Alert):
    """About a cluster as a whole."""

    def applies(self, watched: Sequence[Watched]) -> bool:  # noqa: ARG002 - for those that ask for some of it
        """Whether it makes sense for a cluster on which this is watched."""
        return True


def above(subject: Subject, signal: Signal, most: int, threshold: str, summary: str) -> Condition:
    """A condition on one number: it is larger than a bound.

    Args:
        subject: what the rule is made of.
        signal: the number.
        most: the largest on which it does not fire.
        threshold: see `Condition`.
        summary: see `Condition`.
    """
    fires, holds = Measured({signal: steady(most + 1)}), Measured({signal: steady(most)})
    return Condition(f"{subject.number(signal)} > {most}", threshold, summary, fires, most + 1, holds)


def watched_of(subject: Subject) -> Watched:
    """The resource or consumer that a rule is about.

    Raises:
        ValueError: it is about a cluster.
    """
    if subject.watched is None:
        raise ValueError(f"a rule about {subject.alias} as a whole")
    return subject.watched


def steady(value: float) -> Line:
    """A value that stays."""
    return Line(value, 0)


def growing(start: float, step: float) -> Line:
    """A value that changes by the same every minute."""
    return Line(start, step)
