"""A Prometheus with an Alertmanager and a webhook behind it, told what `mqinfra monitor rules` prints."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from tests.brokers.prometheus.alertmanager import Alertmanager
from tests.brokers.prometheus.prometheus import Prometheus, Told
from tests.brokers.prometheus.webhook import Arrived, Webhook, listening

_PATIENCE = 60.0
_DURATION = re.compile(r"(?<![\w.\"])(\d+)([smh])\b")
_SECONDS = {"s": 1, "m": 60, "h": 3_600}
Key = tuple[str, str, str]
"""What tells alerts apart here: the alert, its environment, and what it is about: a resource, consumer or cluster."""


def key(name: str, labels: Mapping[str, str]) -> Key:
    """What tells an alert from others."""
    about = " ".join(labels[one] for one in ("resource", "consumer") if one in labels)
    return name, labels["environment"], about or labels["cluster"]


def sped_up(text: str, factor: int) -> str:
    """Rules that wait, and look back, for less long; nothing else about them is changed."""

    def shorter(match: re.Match[str]) -> str:
        return f"{int(match[1]) * _SECONDS[match[2]] * 1_000 // factor}ms"

    document = yaml.safe_load(text)
    for group in document["groups"]:
        for rule in group["rules"]:
            rule["for"] = _DURATION.sub(shorter, rule["for"])
            # Ranges and offsets; what stands in quotes is a name.
            parts = re.split(r'("(?:[^"\\]|\\.)*")', rule["expr"])
            parts[::2] = [_DURATION.sub(shorter, part) for part in parts[::2]]
            rule["expr"] = "".join(parts)
    return yaml.safe_dump(document, sort_keys=False)


def jobs(text: str, addresses: Mapping[str, str]) -> list[dict[str, Any]]:
    """The scrape configuration that is printed, with addresses in place of the examples' ones.

    Args:
        text: as printed.
        addresses: by example: where it really is.
    """
    found: list[dict[str, Any]] = yaml.safe_load(text)["scrape_configs"]
    for job in found:
        for some in job["static_configs"]:
            some["targets"] = [urlsplit(addresses[one]).netloc for one in some["targets"]]
    return found


@dataclass(frozen=True)
class Alerting:
    """What is running.

    Attributes:
        prometheus: scrapes and judges.
        webhook: gets what Alertmanager tells.
        declared: every rule as it was printed, by what tells its alert apart.
    """

    prometheus: Prometheus
    webhook: Webhook
    declared: Mapping[Key, Mapping[str, Any]]

    def arrived(self) -> dict[Key, Arrived]:
        """The alerts that came until now."""
        return {key(one.labels["alertname"], one.labels): one for one in self.webhook.alerts}

    def brings(self, wanted: set[Key], meanwhile: Callable[[], None] = lambda: None) -> dict[Key, Arrived]:
        """Wait until all of these have come, each with the labels and annotations that its rule has.

        Args:
            wanted: the alerts.
            meanwhile: what is done again and again until then.
        """
        assert wanted <= self.declared.keys(), wanted - self.declared.keys()
        end = time.monotonic() + _PATIENCE
        while missing := wanted - self.arrived().keys():
            assert time.monotonic() < end, self._why(missing)
            meanwhile()
            time.sleep(0.1)
        found = self.arrived()
        for one in wanted:
            rule, alert = self.declared[one], found[one]
            assert alert.labels == {"alertname": one[0], **rule["labels"]}
            pattern = re.escape(rule["annotations"]["summary"]).replace(re.escape('{{ printf "%.0f" $value }}'), r"\d+")
            assert re.fullmatch(pattern, alert.annotations["summary"]), (pattern, alert.annotations)
            assert {name: text for name, text in alert.annotations.items() if name != "summary"} == {
                name: text for name, text in rule["annotations"].items() if name != "summary"
            }
        return found

    def quiet(self, about: str) -> None:
        """There are rules about something, Prometheus judged by all of them, and none has anything to say."""
        rules = [one for one in self.prometheus.rules() if about in one["labels"].get("resource", "")]
        assert rules
        assert {(one["name"], one["health"], one["state"]) for one in rules if one["state"] != "inactive"} == set()
        assert {one["health"] for one in rules} == {"ok"}
        came = [one for one in self.arrived() if about in one[2]]
        assert came == []

    def _why(self, missing: set[Key]) -> str:
        """What Prometheus thinks of the rules that did not fire."""
        rules = {key(one["name"], one["labels"]): one for one in self.prometheus.rules()}
        said = [f"{one}: {rules[one]['state']} {rules[one]['health']}, {rules[one]['query']}" for one in missing]
        return "\n".join(["these did not come:", *said, f"targets: {self.prometheus.targets()}"])


@contextmanager
def alerting(
    folder: Path, rules: Sequence[str], scrapes: Sequence[Mapping[str, Any]], factor: int, every: str = "1s"
) -> Iterator[Alerting]:
    """Run all three.

    Args:
        folder: where their files are.
        rules: files of rules, as printed.
        scrapes: what Prometheus scrapes.
        factor: how much faster than in their files the rules see time pass.
        every: how often Prometheus scrapes and judges.
    """
    declared = {
        key(rule["alert"], rule["labels"]): rule
        for text in rules
        for group in yaml.safe_load(text)["groups"]
        for rule in group["rules"]
    }
    with listening() as webhook:
        manager = Alertmanager(folder / "alertmanager", webhook.url)
        try:
            manager.start()
            prometheus = Prometheus(folder / "prometheus", Told(scrapes, manager.address, every))
            try:
                prometheus.start()
                prometheus.judge([sped_up(text, factor) for text in rules])
                yield Alerting(prometheus, webhook, declared)
            finally:
                prometheus.stop()
        finally:
            manager.stop()
