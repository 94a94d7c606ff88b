"""What messages weigh."""

from collections.abc import Iterator

from mqinfra.providers.base.verification.adviser import Advised, Adviser
from mqinfra.providers.rabbitmq.verification.advice.usage import QueueUsage

_LARGE = 131_072
_SMALL = 200
_FAST = 5_000.0


class Sizes(Adviser[QueueUsage]):
    """Large bodies elsewhere; many small ones together."""

    name = "message size"
    reason = (
        "RabbitMQ copies bodies to every replica and does not compress them: large ones fill memory and links, and of "
        "many small ones most of the work is per message"
    )
    source = "rabbitmq.com/docs/quorum-queues: resource use; `max_message_size` is 16 MiB since 4.0"
    usage = QueueUsage

    def advise(self, usage: QueueUsage) -> Iterator[Advised]:
        """By the average."""
        size = usage.message_size
        if size is None or usage.messages is None:
            return
        told = f"a body has {size:,} B on average of {usage.messages:,}"
        if size >= _LARGE:
            yield Advised("compress bodies, or store them elsewhere and send where they lie", told)
        elif size <= _SMALL and usage.published is not None and usage.published >= _FAST:
            told += f"; {usage.published:,.0f} messages/s come in"
            yield Advised("put several into one body, or use a stream, whose clients do so", told)
