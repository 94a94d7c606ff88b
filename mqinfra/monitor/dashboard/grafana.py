"""A dashboard for Grafana: a row for each owner, with what waits, how late it is, who reads, and which alerts fire.

The form is that of `Dashboard` in Grafana's npm package `@grafana/schema` (13.2), schema version 41. Ids follow from
what is shown, so that a change of the topology changes few lines and an import again replaces the dashboard.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from mqinfra.monitor.rules.query import exactly, text
from mqinfra.monitor.rules.rule_set import About, WatchedCluster, nouns_of
from mqinfra.providers.base.monitoring.dialect import Dialect, Noun, Series, Signal
from mqinfra.providers.base.monitoring.watched import Role, Watched, What

_SOURCE: Mapping[str, JsonValue] = {"type": "prometheus", "uid": "${DS_PROMETHEUS}"}
_SCHEMA_VERSION = 41
_WIDTH, _HEIGHT, _ACROSS = 8, 8, 3
_NOBODY = "no owner"
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
)


def dashboard_text(about: About, clusters: Sequence[WatchedCluster]) -> str:
    """The dashboard as JSON.

    Args:
        about: the project and environment.
        clusters: what is watched.
    """
    title = f"{about.project} / {about.environment}"
    link: dict[str, JsonValue] = {
        "title": "Alerts",
        "type": "link",
        "icon": "bell",
        "url": "/alerting/list?dataSource=${DS_PROMETHEUS:text}",
        "tooltip": "Alert rules and what fires",
        "targetBlank": False,
        "asDropdown": False,
        "includeVars": False,
        "keepTime": False,
        "tags": [],
    }
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
        "links": [link],
        "panels": list(_panels(about, clusters)),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _panels(about: About, clusters: Sequence[WatchedCluster]) -> Iterator[JsonValue]:
    top, used = 0, set[int]()
    for owner, some in _by_owner(clusters):
        yield _row(owner, top, used)
        top += 1
        place = 0
        for title, unit, targets in _shown(about, some):
            x, y = place % _ACROSS * _WIDTH, top + place // _ACROSS * _HEIGHT
            yield _panel(_id(used, owner, title), title, unit, targets, (x, y))
            place += 1
        top += -(-place // _ACROSS) * _HEIGHT


def _by_owner(clusters: Sequence[WatchedCluster]) -> list[tuple[str, list[tuple[WatchedCluster, Watched]]]]:
    found: dict[str, list[tuple[WatchedCluster, Watched]]] = defaultdict(list)
    for cluster in sorted(clusters, key=lambda one: one.alias):
        for watched in sorted(cluster.watched, key=lambda one: one.key):
            found[watched.owner or _NOBODY].append((cluster, watched))
    return sorted(found.items())


def _shown(
    about: About, some: Sequence[tuple[WatchedCluster, Watched]]
) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """Titles, units and queries of the panels of an owner."""
    resources = sorted({watched.address.text for _, watched in some})
    labels = f"project={text(about.project)},environment={text(about.environment)}"
    fire = (
        f'count by (alertname, resource, consumer) (ALERTS{{alertstate="firing",{labels},resource=~{_any(resources)}}})'
    )
    yield "Alerts that fire", "short", [(fire, "{{alertname}} {{consumer}} {{resource}}")]
    for question in _QUESTIONS:
        targets = []
        for cluster in {one.alias: one for one, _ in some}.values():
            asked = [watched for one, watched in some if one is cluster and _asks(question, watched)]
            dialect = next((one for one in cluster.dialects if question.signal in one.series), None)
            if asked and dialect is not None:
                targets.append(_query(question.signal, dialect, cluster, asked))
        if targets:
            yield question.title, question.unit, targets


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


def _any(names: Sequence[str]) -> str:
    return text("|".join(map(exactly, names)))


def _row(owner: str, y: int, used: set[int]) -> JsonValue:
    place: JsonValue = {"x": 0, "y": y, "w": _WIDTH * _ACROSS, "h": 1}
    return {"id": _id(used, owner), "type": "row", "title": owner, "collapsed": False, "panels": [], "gridPos": place}


def _panel(number: int, title: str, unit: str, targets: Sequence[tuple[str, str]], place: tuple[int, int]) -> JsonValue:
    return {
        "id": number,
        "type": "timeseries",
        "title": title,
        "datasource": dict(_SOURCE),
        "gridPos": {"x": place[0], "y": place[1], "w": _WIDTH, "h": _HEIGHT},
        "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
        "options": {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi"}},
        "targets": [
            {"refId": chr(ord("A") + index), "datasource": dict(_SOURCE), "expr": expr, "legendFormat": legend}
            for index, (expr, legend) in enumerate(targets)
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
