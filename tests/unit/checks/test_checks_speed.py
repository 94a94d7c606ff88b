"""All rules together cost little: 10,000 topics within the fifth of a second that the whole plan can spare."""

import time
from dataclasses import replace

import pytest

from mqinfra.checks import registry
from mqinfra.checks.rule import Context
from tests.unit.checks.topic_case import context_of

TOPIC = {
    "partitions": 6,
    "replicationFactor": 3,
    "config": {"min.insync.replicas": 2, "retention.ms": "7d", "cleanup.policy": "delete", "max.message.bytes": "1MiB"},
}


@pytest.fixture(scope="module")
def everything() -> Context:
    topics = {f"orders.{number:05}": TOPIC for number in range(10_000)}
    return context_of({"topics": topics, "cluster": {}, "scope": ["orders.*"], "live": topics})


def seconds(context: Context) -> float:
    """CPU time of the fastest of five runs, each over a context that nobody has looked at yet."""
    times = []
    for _ in range(5):
        fresh = Context(
            context.desired, {key: replace(item) for key, item in context.subjects.items()}, context.readings
        )
        start = time.process_time()
        found = registry.run(fresh)
        times.append(time.process_time() - start)
        assert found == []
    return min(times)


def test_ten_thousand_live_topics_pass_all_rules_in_a_fifth_of_a_second(everything: Context) -> None:
    assert seconds(everything) < 0.2


def test_ten_thousand_topics_pass_all_rules_offline_in_a_fifth_of_a_second(everything: Context) -> None:
    offline = {key: replace(item, live=None, reading=None) for key, item in everything.subjects.items()}
    assert seconds(Context(everything.desired, offline)) < 0.2
