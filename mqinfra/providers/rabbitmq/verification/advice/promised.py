"""Promises that the queue, or the broker, is not made for."""

from collections.abc import Iterator

from mqinfra.providers.base.verification.adviser import Advised, Adviser
from mqinfra.providers.base.verification.evidence import many
from mqinfra.providers.rabbitmq.verification.advice.usage import QueueUsage

_FAST = 20_000
_SEVERAL = 2


class Promised(Adviser[QueueUsage]):
    """Exactly once, order with several consumers, and rates beyond one queue."""

    name = "promise"
    reason = (
        "RabbitMQ delivers at least once, hands messages to consumers in turn, and one queue is the work of one "
        "process: what goes beyond that is another type of queue, or another broker"
    )
    source = "rabbitmq.com/docs/reliability; rabbitmq.com/docs/consumers, single active consumer"
    usage = QueueUsage

    def advise(self, usage: QueueUsage) -> Iterator[Advised]:
        """By promise."""
        promises, readers = usage.promises, len(usage.consumers or ())
        if promises.delivery == "exactly-once":
            yield Advised(
                "promise at-least-once and let consumers pass over ids that they know, or use transactions of Kafka",
                f"`delivery: exactly-once` on a {usage.type} queue",
                ("promises", "delivery"),
                "promises: {delivery: at-least-once}",
            )
        ordered = promises.order in ("key", "total")
        if ordered and readers >= _SEVERAL and not usage.single_active and usage.type != "stream":
            yield Advised(
                "let one consumer be active at a time, or use a topic of Kafka, where keys keep their order",
                f"`order: {promises.order}` with {many(readers, 'consumer')} in turn",
                ("arguments",),
                "arguments: {x-single-active-consumer: true}",
            )
        if (promises.throughput or 0) > _FAST and usage.type != "stream":
            yield Advised(
                "use a stream, or a topic of Kafka with several partitions",
                f"`throughput: {promises.throughput}/s` through one {usage.type} queue",
                ("type",),
                "type: stream",
            )
