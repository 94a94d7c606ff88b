"""A Prometheus that scrapes what it is told to, and judges rules by it."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import yaml

from tests.brokers import debian
from tests.brokers.errors import BrokerError
from tests.brokers.prometheus.node import WatchNode
from tests.brokers.prometheus.release import installed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Told:
    """What a Prometheus is told.

    Attributes:
        jobs: what stands under `scrape_configs`.
        alertmanager: `host:port` of who gets the alerts; empty for nobody.
        every: how often it scrapes and judges.
    """

    jobs: Sequence[Mapping[str, Any]]
    alertmanager: str = ""
    every: str = "1s"


class Prometheus(WatchNode):
    """One process, with its data in its folder."""

    def __init__(self, folder: Path, told: Told) -> None:
        self._configuration: dict[str, Any] = {
            "global": {"scrape_interval": told.every, "scrape_timeout": told.every, "evaluation_interval": told.every},
            "scrape_configs": list(told.jobs),
        }
        if told.alertmanager:
            targets = [{"static_configs": [{"targets": [told.alertmanager]}]}]
            self._configuration["alerting"] = {"alertmanagers": targets}
        super().__init__("Prometheus", folder, {"prometheus.yml": yaml.safe_dump(self._configuration)})

    def program(self) -> Sequence[str]:
        started = debian.argv(installed(), "prometheus", "prometheus")
        where = ("--config.file=prometheus.yml", "--storage.tsdb.path=data")
        # It finds its Alertmanager after 5 s, and what fired before that it would tell again after a minute only.
        return [
            "env",
            f"--chdir={self.folder}",
            *started,
            *where,
            "--rules.alert.resend-delay=1s",
            "--web.enable-lifecycle",
        ]

    def judge(self, rules: Sequence[str]) -> None:
        """Judge by these files of rules as soon as every target was scraped: until then, everything is missing.

        Raises:
            BrokerError: a target can't be scraped, or a file is not one of rules.
        """
        end = time.monotonic() + self.ready_within
        while troubles := {job: why for job, why in self.targets().items() if why} or not self.targets():
            if time.monotonic() > end:
                raise BrokerError(f"Prometheus could not scrape: {troubles}")
            time.sleep(self.poll)
        names = [f"{number}.yml" for number, _ in enumerate(rules)]
        changed = {**self._configuration, "rule_files": names}
        for name, text in zip([*names, "prometheus.yml"], [*rules, yaml.safe_dump(changed)], strict=True):
            (self.folder / name).write_text(text, encoding="utf-8")
        status, text = self.request("POST", "/-/reload")
        if status != 200:
            raise BrokerError(f"{status} from /-/reload: {text}")

    def query(self, expr: str) -> list[dict[str, Any]]:
        """The series that a query has now.

        Raises:
            BrokerError: it does not understand the query.
        """
        found: list[dict[str, Any]] = self._asked(f"query?{urlencode({'query': expr})}")["result"]
        return found

    def rules(self) -> list[dict[str, Any]]:
        """Every rule, with its state, health and the group that it stands in."""
        groups = self._asked("rules")["groups"]
        return [{**rule, "group": group["name"], "file": group["file"]} for group in groups for rule in group["rules"]]

    def targets(self) -> dict[str, str]:
        """How scrapes go: the error of each job's last one, empty where there is none; `unknown` before the first."""
        return {
            one["labels"]["job"]: one["lastError"] if one["health"] != "unknown" else "unknown"
            for one in self._asked("targets")["activeTargets"]
        }

    def _asked(self, path: str) -> Any:
        status, text = self.request("GET", f"/api/v1/{path}")
        if status != 200:
            raise BrokerError(f"{status} from {path}: {text}")
        return json.loads(text)["data"]
