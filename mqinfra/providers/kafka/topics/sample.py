"""Topics for the conformance suite."""

from pydantic import JsonValue

from mqinfra.model.reading import Facts
from mqinfra.providers.base.sample import Refusal, Sample, Step

_CONFIG: dict[str, JsonValue] = {
    "retention.ms": "2d",
    "cleanup.policy": "compact,delete",
    "min.cleanable.dirty.ratio": 0.25,
}
_FULL: dict[str, JsonValue] = {"partitions": 2, "replicationFactor": 1, "config": _CONFIG}

TOPICS = Sample(
    kind="topics",
    prefix="mqinfra.conformance.",
    minimal={},
    full=_FULL,
    same=(
        {**_FULL, "config": {"retention.ms": 172800000, "cleanup.policy": "delete, compact"}},
        {**_FULL, "config": {"retention.ms": "48h", "cleanup.policy": ["delete", "compact"]}},
        {"config": {"retention.ms": "172800000", "min.cleanable.dirty.ratio": "0.250"}},
        {"partitions": 2, "replicationFactor": None},
    ),
    updates=(
        Step("a longer retention", {"config": {"retention.ms": "1d"}}, {"config": {"retention.ms": "3d"}}),
        Step("a default said out loud", {"config": {}}, {"config": {"compression.type": "producer"}}),
        Step("more partitions", {"partitions": 1}, {"partitions": 3}),
        Step(
            "partitions and settings at once",
            {"partitions": 1, "config": {"retention.ms": "1d"}},
            {"partitions": 2, "config": {"retention.ms": "4d", "max.message.bytes": "2MiB"}},
        ),
        Step(
            "compaction beside deletion",
            {"config": {"cleanup.policy": "delete", "retention.ms": "5d"}},
            {"config": {"cleanup.policy": ["compact", "delete"], "retention.ms": "6d"}},
        ),
    ),
    reset=(
        Step("a reset", {"config": {"retention.ms": "1d"}}, {"config": {"retention.ms": None}}),
        ("config", "retention.ms"),
    ),
    foreign=({**_FULL, "config": {**_CONFIG, "flush.messages": 10000}}, ("config", "flush.messages")),
    impossible=((Step("fewer partitions", {"partitions": 3}, {"partitions": 2}), "MQ301"),),
    refused=(
        Refusal("an unknown key", {"config": {"retention.msec": "1"}}, ("config", "retention.msec")),
        Refusal("more replicas than brokers", {"replicationFactor": 32}, ("replicationFactor",)),
        Refusal(
            "lags that cross",
            {"config": {"min.compaction.lag.ms": "2d", "max.compaction.lag.ms": "1d"}},
            ("config", "min.compaction.lag.ms"),
        ),
    ),
)


def _has_others(facts: Facts) -> bool:
    return facts.brokers > 1


REPLICAS = Sample(
    kind="topics",
    title="replicas of topics",
    prefix="mqinfra.conformance.replicas.",
    minimal={"replicationFactor": 1},
    full={"partitions": 2, "replicationFactor": 2},
    same=({"partitions": 2}, {"replicationFactor": 2}, {"replicationFactor": None}),
    updates=(
        Step("more replicas", {"replicationFactor": 1}, {"replicationFactor": 2}),
        Step("fewer replicas", {"replicationFactor": 2}, {"replicationFactor": 1}),
        Step(
            "replicas, partitions and how many must be in sync",
            {"partitions": 1, "replicationFactor": 1},
            {"partitions": 2, "replicationFactor": 2, "config": {"min.insync.replicas": 2}},
        ),
    ),
    refused=(Refusal("more replicas than brokers", {"replicationFactor": 32}, ("replicationFactor",)),),
    suits=_has_others,
    without={
        "reset": "a topic keeps its replicas where a manifest asks for the default",
        "foreign": "see the other sample of topics",
        "impossible": "replicas can become more and fewer",
    },
)
