"""Rules of a topology: every alert that makes sense for what is declared, and why others could not be made."""

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from types import MappingProxyType

from mqinfra.model.frozen import dataclass
from mqinfra.monitor.dialects.own import OWN
from mqinfra.monitor.rules.alert import VALUE, Alert, ClusterAlert, Condition, ResourceAlert, Subject
from mqinfra.monitor.rules.alerts.all import CLUSTER_ALERTS, RESOURCE_ALERTS
from mqinfra.monitor.rules.query import Named
from mqinfra.providers.base.monitoring.dialect import Dialect, Noun
from mqinfra.providers.base.monitoring.watched import Watched, What


@dataclass(frozen=True, slots=True)
class WatchedCluster:
    """A cluster with what is watched on it.

    Attributes:
        alias: its alias.
        system: its type.
        watched: what is declared and can be measured.
        dialects: what its exporters speak, the preferred one first.
        matchers: labels by which Prometheus tells its metrics from those of others.
    """

    alias: str
    system: str
    watched: tuple[Watched, ...]
    dialects: tuple[Dialect, ...]
    matchers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class About:
    """What all rules have in common.

    Attributes:
        project: the project.
        environment: the environment.
        runbooks: what the address of the page about an alert begins with.
    """

    project: str
    environment: str
    runbooks: str = "runbooks/"


@dataclass(frozen=True, slots=True)
class Rule:
    """One alert about one thing.

    Attributes:
        alert: the alert.
        subject: what it is about.
        condition: when it fires.
        labels: of the alert, as they are.
        annotations: of the alert, with `VALUE` where its number goes.
    """

    alert: Alert
    subject: Subject
    condition: Condition
    labels: Mapping[str, str]
    annotations: Mapping[str, str]

    @property
    def group(self) -> str:
        """The group of rules that it stands in."""
        watched = self.subject.watched
        return self.subject.alias if watched is None else watched.address.text


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Rules that there are not.

    Attributes:
        alert: the alert.
        reason: why, for people.
        titles: of what, in order.
        inexpressible: no exporter that was chosen says what it would take; else nothing is declared to hold it to.
    """

    alert: str
    reason: str
    titles: tuple[str, ...]
    inexpressible: bool


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All rules of an environment.

    Attributes:
        about: what they have in common.
        clusters: what they were made of.
        rules: the rules; those of one group stand together.
        left_out: what there are no rules of.
    """

    about: About
    clusters: tuple[WatchedCluster, ...]
    rules: tuple[Rule, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def dialects(self) -> tuple[Dialect, ...]:
        """The dialects that the rules are written in."""
        return tuple({rule.subject.dialect.name: rule.subject.dialect for rule in self.rules}.values())


def make_rules(about: About, clusters: Sequence[WatchedCluster]) -> RuleSet:
    """Make every rule that makes sense.

    Args:
        about: what the rules have in common.
        clusters: what is watched.
    """
    maker = _Maker(about)
    rules: list[Rule] = []
    for cluster in sorted(clusters, key=lambda one: one.alias):
        rules += maker.of_cluster(cluster)
        for watched in sorted(cluster.watched, key=lambda one: one.key):
            rules += maker.of(cluster, watched)
    return RuleSet(about, tuple(clusters), tuple(rules), tuple(maker.left_out()))


class _Maker:
    def __init__(self, about: About) -> None:
        self._about = about
        self._missed: dict[tuple[str, str, bool], list[str]] = {}

    def of_cluster(self, cluster: WatchedCluster) -> Iterator[Rule]:
        nouns = {Noun.ALIAS: cluster.alias, Noun.SYSTEM: cluster.system}
        named = Named(nouns, matchers=cluster.matchers)
        for alert in CLUSTER_ALERTS:
            if alert.applies(cluster.watched):
                yield from self._rule(alert, [Subject(None, cluster.alias, one, named) for one in cluster.dialects])

    def of(self, cluster: WatchedCluster, watched: Watched) -> Iterator[Rule]:
        named = Named(nouns_of(cluster, watched), watched.prefixed, cluster.matchers)
        subjects = [Subject(watched, cluster.alias, one, named) for one in cluster.dialects]
        if watched.what is What.SHARE_GROUP:
            self._miss("every alert", "members of a share group have no offset to be behind by", subjects[0], lost=True)
            return
        for alert in RESOURCE_ALERTS:
            if not alert.applies(watched):
                continue
            if why := alert.unheld(watched):
                self._miss(alert.name, why, subjects[0], lost=False)
            else:
                yield from self._rule(alert, subjects)

    def left_out(self) -> Iterator[LeftOut]:
        for (alert, reason, lost), titles in sorted(self._missed.items()):
            yield LeftOut(alert, reason, tuple(titles), lost)

    def _rule(self, alert: ResourceAlert | ClusterAlert, subjects: Sequence[Subject]) -> Iterator[Rule]:
        """By the first dialect that has what it takes."""
        able = next((one for one in subjects if not alert.lacks(one)), None)
        if able is None:
            self._miss(alert.name, _inexpressible(alert, subjects), subjects[0], lost=True)
            return
        condition = alert.condition(able)
        yield Rule(alert, able, condition, self._labels(alert, able), self._annotations(alert, able, condition))

    def _miss(self, alert: str, reason: str, subject: Subject, *, lost: bool) -> None:
        self._missed.setdefault((alert, reason, lost), []).append(subject.title)

    def _labels(self, alert: Alert, subject: Subject) -> dict[str, str]:
        labels = {"severity": alert.severity.value, "project": self._about.project}
        labels |= {"environment": self._about.environment, "cluster": subject.alias}
        watched = subject.watched
        if watched is None:
            return labels
        labels["resource"] = watched.address.text
        if watched.consumer:
            labels["consumer"] = watched.consumer + ("*" if watched.prefixed else "")
        return labels | ({"owner": watched.owner} if watched.owner else {})

    def _annotations(self, alert: Alert, subject: Subject, condition: Condition) -> dict[str, str]:
        where = f" Declared in {subject.watched.span.file}." if subject.watched is not None else ""
        look = " ; ".join(commands(subject, self._about.environment))
        return {
            "summary": condition.summary,
            "description": f"Held to: {condition.threshold}.{where} Look with: {look}",
            "runbook_url": f"{self._about.runbooks}{alert.name}.md",
        }


def commands(subject: Subject, environment: str) -> tuple[str, ...]:
    """The commands by which one looks what is wrong with something.

    Args:
        subject: what an alert is about.
        environment: the environment.
    """
    env = f"-e {shlex.quote(environment)}"
    if subject.watched is None:
        return (f"mqinfra monitor status {env} --select cluster:{subject.alias}", f"mqinfra drift {env}")
    address, name = subject.watched.address, subject.watched.name or subject.watched.consumer
    return (
        f"mqinfra monitor status {env} --select {shlex.quote(address.text)}",
        f"mqinfra verify {env} --diagnose {shlex.quote(name)}",
    )


def by_group(rules: Iterable[Rule]) -> Mapping[str, Sequence[Rule]]:
    """Rules by the group that they stand in, in their order."""
    groups: dict[str, list[Rule]] = {}
    for rule in rules:
        groups.setdefault(rule.group, []).append(rule)
    return groups


def rendered(text: str, value: float) -> str:
    """An annotation as Prometheus renders it."""
    return text.replace(VALUE, f"{value:.0f}")


def _inexpressible(alert: Alert, subjects: Sequence[Subject]) -> str:
    """Why no dialect that was chosen can say an alert; all of them lack something."""
    lacks = ", ".join(alert.lacks(subjects[0]))
    ours = "" if alert.lacks(replace(subjects[0], dialect=OWN)) else "; `--exporter mqinfra` adds it"
    return f"no chosen exporter says {lacks}{ours}"


def nouns_of(cluster: WatchedCluster, watched: Watched) -> dict[Noun, str]:
    """What the labels of series about something say."""
    nouns = {
        Noun.ADDRESS: watched.address.text,
        Noun.ALIAS: cluster.alias,
        Noun.SYSTEM: cluster.system,
        Noun.PLACE: watched.place,
        Noun.CONSUMER: watched.consumer,
    }
    return nouns | ({Noun.NAME: watched.name} if watched.name else {})
