"""Every query of a dashboard, and every rule, asked of a Prometheus that scrapes real metrics."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tests.brokers.prometheus.prometheus import Prometheus, Told
from tests.integration.alerting import jobs

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.command import Ran

_PATIENCE = 40.0


def ask(
    mq: Callable[..., Ran], folder: Path, dialects: Sequence[Sequence[str]], addresses: Mapping[str, str]
) -> list[str]:
    """Wait until every query of the dashboards, in each dialect, has data, and Prometheus could judge by every rule.

    Args:
        mq: runs a command line in the project.
        folder: where Prometheus has its files.
        dialects: the options of each dialect.
        addresses: where exporters really are, by what the printed scrape configuration says.

    Returns:
        The queries.
    """

    def printed(*words: str) -> str:
        ran = mq("monitor", *words)
        assert ran.code == 0, ran.err
        return ran.out

    every = [word for words in dialects for word in words]
    scrapes = jobs(printed("rules", "-o", "scrape", *every), addresses)
    rules = [printed("rules", *words) for words in dialects]
    queries = [query for words in dialects for query in expressions(printed("dashboard", *words))]
    prometheus = Prometheus(folder, Told(scrapes, every="500ms"))
    try:
        prometheus.start()
        prometheus.judge(rules)
        answered(prometheus, queries)
        judged(prometheus)
    finally:
        prometheus.stop()
    return [expr for _, expr in queries]


def expressions(dashboard: str) -> list[tuple[str, str]]:
    """The queries of a dashboard, each with the title of its panel."""
    panels = json.loads(dashboard)["panels"]
    return [(panel["title"], target["expr"]) for panel in panels for target in panel.get("targets", ())]


def answered(prometheus: Prometheus, queries: Sequence[tuple[str, str]]) -> None:
    """Wait until each query has data."""
    end = time.monotonic() + _PATIENCE
    while empty := [f"{title}: {expr}" for title, expr in queries if not prometheus.query(expr)]:
        assert time.monotonic() < end, "\n".join(["these return nothing:", *empty, str(prometheus.targets())])
        time.sleep(0.2)


def judged(prometheus: Prometheus) -> None:
    """Wait until each rule was looked at; all of them could be."""
    end = time.monotonic() + _PATIENCE
    while unknown := [one["name"] for one in prometheus.rules() if one["health"] == "unknown"]:
        assert time.monotonic() < end, unknown
        time.sleep(0.2)
    assert [(one["query"], one["lastError"]) for one in prometheus.rules() if one["health"] != "ok"] == []
