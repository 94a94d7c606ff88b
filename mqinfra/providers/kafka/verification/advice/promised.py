"""Promises that the topic, or the cluster, is not made for."""

from collections.abc import Iterator

from mqinfra.providers.base.verification.adviser import Advised, Adviser
from mqinfra.providers.base.verification.evidence import many
from mqinfra.providers.kafka.verification.advice.usage import TopicUsage

_BROKERS = 3


class Promised(Adviser[TopicUsage]):
    """Total order by one partition; the loss of a node by three brokers."""

    name = "promise"
    reason = (
        "Order holds within a partition only; and of three brokers one may be lost while a majority still "
        "acknowledges, of two none may"
    )
    source = "kafka.apache.org/documentation: design, replication and message order"
    usage = TopicUsage

    def advise(self, usage: TopicUsage) -> Iterator[Advised]:
        """By promise."""
        if usage.promises.order == "total" and usage.partitions > 1:
            yield Advised(
                "promise order by key, or begin a new topic with one partition: partitions are never taken away",
                f"`order: total` with {many(usage.partitions, 'partition')}",
                ("promises", "order"),
                "promises: {order: key}",
            )
        if "node-loss" in usage.promises.survives and usage.brokers < _BROKERS:
            yield Advised(
                "have three brokers, or promise to survive a restart only",
                f"`survives: node-loss` on {many(usage.brokers, 'broker')}",
                ("promises", "survives"),
                "promises: {survives: restart}",
            )
