"""RabbitMQ's own load tool, PerfTest, as somebody else's measure of the same load."""

from __future__ import annotations

import re
from pathlib import Path

from tests.brokers.errors import BrokerError
from tests.brokers.install import install_maven, run
from tests.brokers.load_tool import Measured
from tests.brokers.ports import HOST

_POM = Path(__file__).with_name("perftest-2.xml")
_MICRO = 1_000.0


def perftest(port: int, queue: str, rate: int, seconds: int, ahead: int) -> Measured:
    """Offer persistent messages of 100 bytes to a quorum queue at a rate, with one producer and one consumer.

    Args:
        port: of AMQP.
        queue: the queue, which is made when it is not there.
        rate: messages per second.
        seconds: for how long.
        ahead: messages without a confirm, and without an answer of the consumer, at most.

    Raises:
        BrokerError: it did not do its work.
    """
    jars = install_maven(_POM, "perftest-2")
    words = ["java", "-cp", f"{jars}/*", "com.rabbitmq.perf.PerfTest", "-h", f"amqp://guest:guest@{HOST}:{port}/%2F"]
    words += ["-x", "1", "-y", "1", "-qq", "-u", queue, "-s", "100", "-r", str(rate), "-z", str(seconds)]
    said = run([*words, "-c", str(ahead), "-q", str(ahead)], "PerfTest failed")
    received = re.search(r"receiving rate avg: (\d+) msg/s", said)
    quantiles = re.search(r"consumer latency min/median/75th/95th/99th (\d+)/(\d+)/\d+/\d+/(\d+) µs\s*\n?id:", said)
    if received is None or quantiles is None:
        raise BrokerError(f"PerfTest said something else than it used to:\n{said[-1_000:]}")
    return Measured(float(received[1]), int(quantiles[2]) / _MICRO, int(quantiles[3]) / _MICRO)
