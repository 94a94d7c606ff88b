"""The load of `verify` on a topic beside Kafka's own ProducerPerformance and ConsumerPerformance."""

from __future__ import annotations

import tempfile
from pathlib import Path

from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from tests.bench.kafka import broker
from tests.bench.process import MQINFRA, run
from tests.bench.project import write_project
from tests.bench.table import Row
from tests.bench.verification import interleaved, rows, verified
from tests.brokers.kafka.performance import performance
from tests.brokers.load_tool import Measured


def cells(rate: int, seconds: int, times: int) -> list[Row]:
    """Measure on a broker of its own how long messages take until they are acknowledged.

    Args:
        rate: messages per second.
        seconds: of each turn, after its warm-up.
        times: turns.

    Raises:
        WorkNotDoneError: a turn did not do its work.
        BrokerError: one of Kafka's tools did not.
    """
    with broker("512m") as bootstrap, tempfile.TemporaryDirectory() as name:
        folder = write_project(Path(name), f'bootstrap: "{bootstrap}"', 1)
        run([MQINFRA, "apply", "--auto-approve"], folder)
        admin = AdminClient({"bootstrap.servers": bootstrap})

        def tools(turn: int) -> Measured:
            # Each turn has a topic of its own, so that its consumer may begin at the start of it.
            topic = f"performance-{turn}"
            admin.create_topics([NewTopic(topic, 1, 1)])[topic].result()
            return performance(bootstrap, topic, rate, seconds)

        theirs, ours = interleaved(tools, lambda: verified(folder, rate, seconds, lambda phase: phase.publish), times)
    return rows(f"verify beside Kafka's tools at {rate:,}/s, acknowledged", theirs, ours)
