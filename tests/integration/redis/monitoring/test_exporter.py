"""The endpoint of metrics beside a Redis that goes up and down: no leak, and no 0 for what nobody knows."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from mqinfra.monitor import metrics
from tests.brokers.redis.deployment import RedisDeployment
from tests.brokers.redis.release import DEFAULT, installed
from tests.brokers.redis.settings import Settings
from tests.integration.redis.provider.conftest import Shop

WAITING = 7
GROUP = 'system="redis",cluster="redis",resource="redis/streams/orders",group="billing"'


@contextmanager
def exporting(shop: Shop, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process that serves, and where."""
    command = [
        sys.executable,
        "-m",
        "mqinfra",
        "monitor",
        "export",
        "--listen",
        "127.0.0.1:0",
        "--timeout",
        "2",
        *options,
    ]
    process = subprocess.Popen(command, cwd=shop.root, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
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


def scraped(url: str) -> dict[str, float]:
    lines = requests.get(url, timeout=10).text.splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}


def lag(found: dict[str, float]) -> float | None:
    return next(
        (value for name, value in found.items() if name.startswith(f"{metrics.LAG.name}{{") and "billing" in name), None
    )


def up(found: dict[str, float]) -> float | None:
    return next((value for name, value in found.items() if name.startswith(metrics.SCRAPE_SUCCESS.name)), None)


def until(url: str, state: float, lagging: float | None) -> dict[str, float]:
    end = time.monotonic() + 30
    while True:
        found = scraped(url)
        if (up(found), lag(found)) == (state, lagging):
            return found
        assert time.monotonic() < end, found
        time.sleep(0.1)


def resident(process: subprocess.Popen[str]) -> int:
    """Memory of a process in KiB."""
    text = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    found = re.search(r"VmRSS:\s+(\d+)", text)
    assert found is not None
    return int(found[1])


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[RedisDeployment]:
    """A server that has its data again after it was killed."""
    settings = Settings(config={"appendonly": "yes", "appendfsync": "always"}, proxied=False)
    deployment = RedisDeployment(installed(DEFAULT), tmp_path / "redis", settings)
    try:
        deployment.start()
        yield deployment
    finally:
        deployment.close()


def test_a_thousand_scrapes_while_the_server_goes_and_comes_back(shop: Shop, kept: RedisDeployment) -> None:
    shop.on(kept)
    shop.declare(streams={"orders": {"groups": {"billing": {"startAt": "0"}}}})
    assert shop.mq("apply", "--auto-approve").code == 0
    node = kept.nodes[0]
    for number in range(WAITING):
        node.admin.call("XADD", "orders", "*", "n", str(number))
    with exporting(shop, "--interval", "1s", "--drift-every", "2s") as (process, url):
        until(url, 1, WAITING)
        for _ in range(200):
            scraped(url)
        before = resident(process)
        for _ in range(3):
            node.kill()
            until(url, 0, None)
            for _ in range(130):
                assert lag(scraped(url)) is None
            node.start()
            until(url, 1, WAITING)
            for _ in range(150):
                assert lag(scraped(url)) == WAITING
        assert resident(process) <= before * 1.1
