"""A dashboard for Grafana: a row for each owner, with what waits, how late it is, who reads, and which alerts fire.

Rows may be of the values of another label. Every panel leads to the alerts that are made of what it shows.

The form is that of `Dashboard` in Grafana's npm package `@grafana/schema` (13.2), schema version 41. Ids follow from
what is shown, so that a change of the topology changes few lines and an import again replaces the dashboard.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.frozen import dataclass
from mqinfra.monitor.dashboard.alert_links import alert_link
from mqinfra.monitor.rules.alerts.all import RESOURCE_ALERTS
from mqinfra.monitor.rules.query import exactly, text
from mqinfra.monitor.rules.rule_set import About, Rule, WatchedCluster, make_rules, nouns_of
from mqinfra.providers.base.monitoring.dialect import Dialect, Noun, Series, Signal
from mqinfra.providers.base.monitoring.watched import Role, Watched, What

_SOURCE: Mapping[str, JsonValue] = {"type": "prometheus", "uid": "${DS_PROMETHEUS}"}
_SCHEMA_VERSION = 41
_WIDTH, _HEIGHT, _ACROSS = 8, 8, 3
_OWNER = "owner"
Key = tuple[Address, str]
"""What tells what is watched apart."""
_GROUPS = frozenset({What.GROUP, What.STREAM_GROUP})


@dataclass(frozen=True, slots=True)
class _Question:
    """What a panel shows.

    Attributes:
        title: of the panel.
        signal: what is measured.
        about: of what.
        unit: Grafana's name of the unit.
        letters: of where dead letters go; else of everything else.
    """

    title: str
    signal: Signal
    about: frozenset[What]
    unit: str = "short"
    letters: bool = False


_QUESTIONS = (
    _Question("Messages behind", Signal.LAG, _GROUPS),
    _Question("Seconds behind", Signal.DELAY, _GROUPS, "s"),
    _Question("Members of groups", Signal.MEMBERS, _GROUPS),
    _Question("Messages that wait in queues", Signal.READY, frozenset({What.QUEUE})),
    _Question("Unacknowledged messages", Signal.UNACKED, frozenset({What.QUEUE})),
    _Question("Consumers of queues", Signal.MEMBERS, frozenset({What.QUEUE})),
    _Question("Entries of streams", Signal.MESSAGES, frozenset({What.STREAM})),
    _Question("Pending entries", Signal.PENDING, frozenset({What.STREAM_GROUP})),
    _Question("Replicas in sync", Signal.IN_SYNC, frozenset({What.TOPIC})),
    _Question("Dead letters", Signal.MESSAGES, frozenset({What.QUEUE, What.STREAM}), letters=True),
    # What is left of them in a topic is its retention's doing.
    _Question("Dead letters that ever came to topics", Signal.END, frozenset({What.TOPIC}), letters=True),
)


@dataclass(frozen=True, slots=True)
class _Shown:
    """A panel.

    Attributes:
        title: of it.
        unit: Grafana's name of the unit.
        targets: queries, each with what its series are called.
        alerts: names of the alerts that it leads to; none for all of the row.
    """

    title: str
    unit: str
    targets: Sequence[tuple[str, str]]
    alerts: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of panels.

    Attributes:
        title: of it.
        labels: what all alerts of it have.
        some: what it is about.
    """

    title: str
    labels: Mapping[str, str]
    some: Sequence[tuple[WatchedCluster, Watched]]


def dashboard_text(about: About, clusters: Sequence[WatchedCluster], rows_by: str = "") -> str:
    """The dashboard as JSON.

    Args:
        about: the project and environment.
        clusters: what is watched.
        rows_by: the label whose values have a row each; empty for owners.
    """
    title = f"{about.project} / {about.environment}"
    source: dict[str, JsonValue] = {
        "name": "DS_PROMETHEUS",
        "label": "Data source",
        "type": "datasource",
        "query": "prometheus",
        "hide": 0,
        "refresh": 1,
    }
    document: dict[str, JsonValue] = {
        "id": None,
        "uid": _hash("dashboard", about.project, about.environment)[:32],
        "title": title,
        "description": "Made by `mqinfra monitor dashboard`; edit the manifests instead.",
        "tags": ["mqinfra", about.project, about.environment],
        "schemaVersion": _SCHEMA_VERSION,
        "editable": True,
        "graphTooltip": 1,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "timezone": "browser",
        "templating": {"list": [source]},
        "annotations": {"list": []},
        "links": [alert_link("Alerts", _labels(about))],
        "panels": list(_panels(_rows(about, clusters, rows_by), make_rules(about, clusters).rules)),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _labels(about: About) -> Mapping[str, str]:
    return {"project": about.project, "environment": about.environment}


def _rows(about: About, clusters: Sequence[WatchedCluster], label: str) -> Iterator[_Row]:
    found: dict[str, list[tuple[WatchedCluster, Watched]]] = defaultdict(list)
    for cluster in sorted(clusters, key=lambda one: one.alias):
        for watched in sorted(cluster.watched, key=lambda one: one.key):
            found[watched.labels.get(label, "") if label else watched.owner].append((cluster, watched))
    for value, some in sorted(found.items(), key=lambda item: (not item[0], item[0])):
        owned = {_OWNER: value} if not label else {}
        yield _Row(value or f"no {label or _OWNER}", {**_labels(about), **owned}, some)


def _panels(rows: Iterable[_Row], rules: Iterable[Rule]) -> Iterator[JsonValue]:
    top, used = 0, set[int]()
    about: dict[Key, list[Rule]] = defaultdict(list)
    for rule in rules:
        if rule.subject.watched is not None:
            about[rule.subject.watched.key].append(rule)
    for row in rows:
        yield _head(_id(used, row.title), row, top)
        top += 1
        count = 0
        for shown in _shown(row, about):
            x, y = count % _ACROSS * _WIDTH, top + count // _ACROSS * _HEIGHT
            yield _panel(_id(used, row.title, shown.title), shown, row, (x, y))
            count += 1
        top += -(-count // _ACROSS) * _HEIGHT


def _shown(row: _Row, rules: Mapping[Key, Sequence[Rule]]) -> Iterator[_Shown]:
    yield _firing(row)
    for question in _QUESTIONS:
        targets: list[tuple[str, str]] = []
        shown: list[Watched] = []
        for cluster in {one.alias: one for one, _ in row.some}.values():
            asked = [watched for one, watched in row.some if one is cluster and _asks(question, watched)]
            dialect = next((one for one in cluster.dialects if question.signal in one.series), None)
            if asked and dialect is not None:
                targets.append(_query(question.signal, dialect, cluster, asked))
                shown += asked
        if targets:
            alerts = {rule.alert.name for one in shown for rule in rules.get(one.key, ()) if _uses(rule, question)}
            ordered = [alert.name for alert in RESOURCE_ALERTS if alert.name in alerts]
            yield _Shown(question.title, question.unit, targets, ordered)


def _firing(row: _Row) -> _Shown:
    """What fires, and 0 where nothing does, since a panel without data could be of no rules at all."""
    labels = ",".join(f"{name}={text(value)}" for name, value in row.labels.items())
    resources = text("|".join(map(exactly, sorted({watched.address.text for _, watched in row.some}))))
    alerts = f'ALERTS{{alertstate="firing",{labels},resource=~{resources}}}'
    of_each = f"count by (alertname, resource, consumer) ({alerts})"
    of_all = f'label_replace(count({alerts}) or vector(0), "alertname", "all", "", "")'
    return _Shown("Alerts that fire", "short", [(f"{of_each} or {of_all}", "{{alertname}} {{consumer}} {{resource}}")])


def _uses(rule: Rule, question: _Question) -> bool:
    """Whether a rule looks at what a panel shows."""
    return question.signal in rule.condition.holds.values


def _asks(question: _Question, watched: Watched) -> bool:
    return watched.what in question.about and (watched.role is Role.DEAD_LETTERS) is question.letters


def _query(signal: Signal, dialect: Dialect, cluster: WatchedCluster, watched: Sequence[Watched]) -> tuple[str, str]:
    """One query for all, told apart by their names."""
    series = dialect.series[signal]
    names = [label for label, noun in series.labels.items() if noun not in (Noun.ALIAS, Noun.SYSTEM)]
    by = f" by ({', '.join(names)})"
    selected = [_selected(one, cluster, watched) for one in (series, *([series.less] if series.less else []))]
    apart = f"max by ({', '.join([*names, series.part])}) ({selected[0]})" if series.part else selected[0]
    value = f"{series.fold}{by} ({apart})"
    if series.less is not None:
        of = ", ".join(label for label in series.labels if label in series.less.labels)
        value = f"-1 * (max by ({', '.join(series.less.labels)}) ({selected[1]}) - on ({of}) group_left () {value})"
        names = list(series.less.labels)
    if series.divisor != 1:
        value = f"{value} / {series.divisor}"
    return value, " ".join(f"{{{{{label}}}}}" for label in names)


def _selected(series: Series, cluster: WatchedCluster, watched: Sequence[Watched]) -> str:
    nouns = [(nouns_of(cluster, one), one.prefixed) for one in watched]
    some = []
    for label, noun in series.labels.items():
        patterns = {
            exactly(of[noun]) + (".*" if prefixed and noun is Noun.CONSUMER else "") if noun in of else ".*"
            for of, prefixed in nouns
        }
        some.append(f"{label}=~{text('|'.join(sorted(patterns)))}")
    some += [f"{label}={text(value)}" for label, value in {**series.where, **cluster.matchers}.items()]
    return series.metrics[0] + ("{" + ",".join(some) + "}" if some else "")


def _head(number: int, row: _Row, top: int) -> JsonValue:
    place: JsonValue = {"x": 0, "y": top, "w": _WIDTH * _ACROSS, "h": 1}
    return {"id": number, "type": "row", "title": row.title, "collapsed": False, "panels": [], "gridPos": place}


def _panel(number: int, shown: _Shown, row: _Row, place: tuple[int, int]) -> JsonValue:
    links = [alert_link(name, row.labels, name) for name in shown.alerts]
    return {
        "id": number,
        "type": "timeseries",
        "title": shown.title,
        "links": links or [alert_link("Alerts", row.labels)],
        "datasource": dict(_SOURCE),
        "gridPos": {"x": place[0], "y": place[1], "w": _WIDTH, "h": _HEIGHT},
        "fieldConfig": {"defaults": {"unit": shown.unit, "min": 0}, "overrides": []},
        "options": {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi"}},
        "targets": [
            {"refId": chr(ord("A") + index), "datasource": dict(_SOURCE), "expr": expr, "legendFormat": legend}
            for index, (expr, legend) in enumerate(shown.targets)
        ],
    }


def _id(used: set[int], *words: str) -> int:
    """A number that stays as long as what it is of is called the same."""
    number = int(_hash(*words)[:7], 16) or 1
    while number in used:
        number += 1
    used.add(number)
    return number


def _hash(*words: str) -> str:
    return hashlib.sha256("\0".join(words).encode("utf-8", "surrogatepass")).hexdigest()
