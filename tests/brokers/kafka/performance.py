"""Kafka's own load tools: ProducerPerformance offers, ConsumerPerformance takes what comes."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from tests.brokers.errors import BrokerError
from tests.brokers.install import install_maven, run
from tests.brokers.load_tool import Measured

WARM_UP = 10
"""Seconds of load before anything is counted, in which Java compiles what runs often."""
_POM = Path(__file__).with_name("kafka-tools-4.xml")
_PRODUCER = ("acks=all", "enable.idempotence=true", "linger.ms=1")
_CONSUMER = ("isolation.level=read_committed", "fetch.max.wait.ms=50", "group.protocol=classic")
_SILENCE_MS = 30_000
_COUNTED = re.compile(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d):(\d{3}), \d+, [\d.]+, [\d.]+, (\d+),", re.MULTILINE)
_STEADY = re.compile(r"^\d+ steady state records sent, .* (\d+) ms 50th, \d+ ms 95th, (\d+) ms 99th", re.MULTILINE)


def performance(bootstrap: str, topic: str, rate: int, seconds: int) -> Measured:
    """Offer records of 100 bytes at a rate with one idempotent producer, and read them with one member of a group.

    Latencies are those until the acknowledgement, in whole milliseconds: no tool of Kafka's measures the way to a
    consumer while others are under way.

    Args:
        bootstrap: the cluster.
        topic: the topic, with nothing in it.
        rate: messages per second.
        seconds: for how long, after the warm-up.

    Raises:
        BrokerError: it did not do its work.
    """
    count = ("--num-records", str(rate * (WARM_UP + seconds)))
    where = ("--bootstrap-server", bootstrap, "--topic", topic, *count)
    detailed = ("--show-detailed-stats", "--reporting-interval", "1000", "--timeout", str(_SILENCE_MS))
    taking = subprocess.Popen(
        _tool(
            "ConsumerPerformance",
            *where,
            *detailed,
            *(word for one in _CONSUMER for word in ("--command-property", one)),
        ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        offered = ("--record-size", "100", "--throughput", str(rate), "--warmup-records", str(rate * WARM_UP))
        said = run(
            _tool("ProducerPerformance", *where, *offered, "--command-property", *_PRODUCER),
            "ProducerPerformance failed",
        )
        told, _ = taking.communicate(timeout=2 * _SILENCE_MS / 1_000)
    finally:
        taking.kill()
        taking.wait()
    quantiles = _STEADY.search(said)
    if quantiles is None:
        raise BrokerError(f"ProducerPerformance said something else than it used to:\n{said[-1_000:]}")
    return Measured(consumed_rate(told, rate * WARM_UP), float(quantiles[1]), float(quantiles[2]))


def consumed_rate(told: str, warm_up: int) -> float:
    """Messages per second that ConsumerPerformance read, by its lines of each second.

    Args:
        told: what it wrote.
        warm_up: messages after which counting begins.

    Raises:
        BrokerError: it says too little.
    """
    counted = [
        (datetime.fromisoformat(f"{second}.{milli}"), int(number)) for second, milli, number in _COUNTED.findall(told)
    ]
    steady = [one for one in counted if one[1] >= warm_up]
    if len(steady) < 2:
        raise BrokerError(f"ConsumerPerformance said something else than it used to:\n{told[-1_000:]}")
    (begun, before), (ended, after) = steady[0], steady[-1]
    return (after - before) / (ended - begun).total_seconds()


def _tool(name: str, *arguments: str) -> Sequence[str]:
    jars = install_maven(_POM, "kafka-tools-4")
    return ("java", "-cp", f"{jars}/*", f"org.apache.kafka.tools.{name}", *arguments)
