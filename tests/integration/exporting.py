"""The endpoint of metrics beside a broker that goes up and down: no leak, and no 0 for what nobody knows."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from mqinfra.monitor import metrics

WAITING = 7
"""Messages that wait, whatever the broker."""
_FIRST, _DOWN, _UP, _OUTAGES = 200, 130, 150, 3
"""Scrapes before the first outage, in one, and after one: a thousand in all."""
_WITHIN = 60.0
_MORE = 1.1
"""By how much memory may grow."""


@contextmanager
def exporting(root: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process that serves the project in a folder, and where."""
    listening = ("--listen", "127.0.0.1:0", "--timeout", "2")
    command = [sys.executable, "-m", "mqinfra", "monitor", "export", *listening, *options]
    process = subprocess.Popen(command, cwd=root, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    try:
        assert process.stderr is not None
        match = re.search(r"http://\S+", process.stderr.readline())
        assert match is not None
        yield process, match[0]
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.communicate()


@dataclass
class Scraped:
    """What an endpoint shows of one cluster and of one thing on it.

    Attributes:
        url: the endpoint.
        metric: what waits.
        labels: what tells its series from others, such as `group="billing"`.
    """

    url: str
    metric: str
    labels: tuple[str, ...]
    scrapes: int = 0

    def look(self) -> tuple[float | None, float | None]:
        """Whether the cluster could be looked at, and how much waits; None of what is not shown."""
        self.scrapes += 1
        lines = requests.get(self.url, timeout=10).text.splitlines()
        found = {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}
        ups = [value for name, value in found.items() if name.startswith(metrics.SCRAPE_SUCCESS.name)]
        lags = [
            value
            for name, value in found.items()
            if name.startswith(f"{self.metric}{{") and all(label in name for label in self.labels)
        ]
        assert len(ups) <= 1
        assert len(lags) <= 1
        # On its way down and up, too, nothing but the truth may be seen.
        assert lags in ([], [WAITING]), found
        return next(iter(ups), None), next(iter(lags), None)

    def until(self, up: float, lag: float | None) -> None:
        """Scrape until it is so."""
        end = time.monotonic() + _WITHIN
        while (seen := self.look()) != (up, lag):
            assert time.monotonic() < end, seen
            time.sleep(0.1)


def a_thousand_scrapes(
    root: Path, metric: str, labels: tuple[str, ...], down: Callable[[], None], up: Callable[[], None]
) -> None:
    """Scrape while a cluster goes and comes back, on which as many messages wait as `WAITING` says.

    Args:
        root: the project, which is applied.
        metric: what says how many wait.
        labels: what tells its series from others.
        down: ends the cluster as a crash does.
        up: starts it again, with what it had.
    """
    with exporting(root, "--interval", "1s", "--drift-every", "2s") as (process, url):
        shown = Scraped(url, metric, labels)
        shown.until(1, WAITING)
        for _ in range(_FIRST):
            shown.look()
        before = _resident(process)
        for _ in range(_OUTAGES):
            down()
            shown.until(0, None)
            for _ in range(_DOWN):
                assert shown.look() == (0, None)
            up()
            shown.until(1, WAITING)
            for _ in range(_UP):
                assert shown.look() == (1, WAITING)
        assert shown.scrapes > 1_000
        assert _resident(process) <= before * _MORE


def _resident(process: subprocess.Popen[str]) -> int:
    """Memory of a process in KiB."""
    text = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    found = re.search(r"VmRSS:\s+(\d+)", text)
    assert found is not None
    return int(found[1])
