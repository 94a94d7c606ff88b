"""Dialects: how exporters of metrics say what alert rules and dashboards ask of them.

A dialect is a table: for each thing that can be measured, the metric that says it, and which of its labels name what.
What a dialect has no series for it can't say; nobody guesses.
"""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from types import MappingProxyType

from mqinfra.model.frozen import dataclass


class Signal(StrEnum):
    """What can be measured, in the words of tables and messages."""

    LAG = "lag in messages"
    READY = "messages that wait in a queue"
    DELAY = "lag in seconds"
    POSITION = "committed offset"
    END = "newest offset"
    OLDEST = "oldest offset"
    MEMBERS = "consumers"
    MESSAGES = "messages"
    UNACKED = "unacknowledged messages"
    PENDING = "pending entries"
    PENDING_IDLE = "idle time of pending entries"
    IN_SYNC = "replicas in sync"
    UNROUTABLE = "unroutable messages"
    UP = "whether metrics can be had"
    DRIFT = "drifted resources"
    VERIFIED = "result of the last verification"
    VERIFIED_AT = "time of the last verification"

    @property
    def of_cluster(self) -> bool:
        """Whether it is of a cluster as a whole, and of no resource."""
        return self in (Signal.UNROUTABLE, Signal.UP, Signal.DRIFT, Signal.VERIFIED, Signal.VERIFIED_AT)


class Noun(StrEnum):
    """What a label of a series names."""

    NAME = "name"
    PLACE = "place"
    CONSUMER = "consumer"
    ADDRESS = "address"
    ALIAS = "alias"
    SYSTEM = "system"


class Fold(StrEnum):
    """How the parts of one thing, such as the partitions of a topic, come to one number."""

    SUM = "sum"
    MAX = "max"
    MIN = "min"


@dataclass(frozen=True, slots=True)
class Series:
    """Metrics that say one thing.

    Attributes:
        metrics: the metrics; several are added up.
        labels: what labels name, by label.
        where: further labels, and the values that they must have.
        part: the label that tells parts of one thing apart, such as `partition`; empty where there are none.
        fold: how the parts come to one number.
        less: what is subtracted from it.
        only_where: counts only for parts of which this is above zero.
        clamped: it can be below zero where something is not known, which must not hide what others are above it.
        divisor: divides the value, so that it is in base units.
        zero_if_unknown: it says 0 also where it does not know, so that 0 is no proof.
    """

    metrics: tuple[str, ...]
    labels: Mapping[str, Noun] = field(default_factory=lambda: MappingProxyType({}))
    where: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    part: str = ""
    fold: Fold = Fold.MAX
    less: "Series | None" = None
    only_where: "Series | None" = None
    clamped: bool = False
    divisor: int = 1
    zero_if_unknown: bool = False


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one exporter says things.

    Attributes:
        name: what `--exporter` calls it.
        title: what it is, for people.
        system: the type of broker that it is for; empty for all.
        series: what it says, by signal.
        up: what `Signal.UP` says as long as the exporter reaches the cluster: at least this.
        job: a list for `scrape_configs` of Prometheus, as YAML; without it the rules find nothing.
        notes: what has to be known about it: what it needs to be started with, what its numbers can't be trusted in.
    """

    name: str
    title: str
    system: str
    series: Mapping[Signal, Series]
    job: str
    up: int = 1
    notes: tuple[str, ...] = ()
