"""Links from a dashboard to Grafana's list of alert rules, narrowed to those that are meant.

The list is searched by words such as `rule:NAME` and `label:NAME=VALUE`; Grafana's documentation has them under "View
alert rules".
"""

from collections.abc import Iterable, Mapping
from urllib.parse import quote

from pydantic import JsonValue

_QUOTE = '"'
_SOURCE = "datasource:%22${DS_PROMETHEUS:text}%22"
"""Grafana puts the name of the data source in, so that nothing of the variable is escaped."""


def alert_link(title: str, labels: Mapping[str, str], alert: str = "") -> JsonValue:
    """A link to the rules that have these labels.

    Args:
        title: what it is called.
        labels: what the rules have.
        alert: the name of the only alert; empty for all.
    """
    words = [*([f"rule:{alert}"] if alert else []), *_words(labels)]
    return {
        "title": title,
        "type": "link",
        "icon": "bell",
        "url": f"/alerting/list?search={_SOURCE}%20" + quote(" ".join(words), safe=""),
        "tooltip": "Alert rules and what fires",
        "targetBlank": False,
        "asDropdown": False,
        "includeVars": False,
        "keepTime": False,
        "tags": [],
    }


def _words(labels: Mapping[str, str]) -> Iterable[str]:
    """What can't be searched for, no value or a quotation mark, is left out: the list shows more than is meant."""
    for name, value in labels.items():
        if value and _QUOTE not in value:
            yield f"label:{_QUOTE}{name}={value}{_QUOTE}"
