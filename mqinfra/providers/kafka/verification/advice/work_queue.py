"""A topic with one partition that is used as a queue of work."""

from collections.abc import Iterator

from mqinfra.providers.base.verification.adviser import Advised, Adviser
from mqinfra.providers.base.verification.evidence import many
from mqinfra.providers.kafka.verification.advice.usage import TopicUsage

_SHARES = (4, 2)
"""The version from which share groups are ready for production (KIP-932)."""


class WorkQueue(Adviser[TopicUsage]):
    """One partition, one group and dead letters: tasks, that several workers should share."""

    name = "work queue"
    reason = (
        "In one partition one slow or poisonous record holds up all behind it, and a second worker gets nothing. A "
        "quorum queue hands each message to the next free worker and counts deliveries; so do share groups (KIP-932)"
    )
    source = "KIP-932; rabbitmq.com/docs/quorum-queues"
    usage = TopicUsage

    def advise(self, usage: TopicUsage) -> Iterator[Advised]:
        """Where dead letters show that records are tasks."""
        if usage.partitions != 1 or not usage.dead_letters or usage.is_dead or len(usage.groups) != 1:
            return
        one = usage.groups[0]
        waits = f", {many(one.lag, 'record')} to read" if one.lag else ""
        told = f"1 partition, dead letters, and 1 group, `{one.name}`{waits}"
        if usage.version >= _SHARES:
            text = (
                "if records are tasks without an order, read them by a share group, or use a quorum queue of RabbitMQ"
            )
            yield Advised(text, told)
        else:
            text = "if records are tasks without an order, have more partitions, or use a quorum queue of RabbitMQ"
            yield Advised(text, told, ("partitions",), "partitions: 6")
