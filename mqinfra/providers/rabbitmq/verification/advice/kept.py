"""A queue in which messages stay, as in a log."""

from collections.abc import Iterator

from mqinfra.providers.base.verification.adviser import Advised, Adviser
from mqinfra.providers.base.verification.evidence import many
from mqinfra.providers.rabbitmq.verification.advice.usage import QueueUsage

_MANY = 100_000


class KeptInQueue(Adviser[QueueUsage]):
    """Messages that nobody takes out, or a backlog that never goes: a log is kept in a queue."""

    name = "log in a queue"
    reason = (
        "What is taken out of a queue is gone, so it can't be read again, and a long one costs memory and time on "
        "every start. A stream keeps messages by age or size, any number of readers read them, from any place"
    )
    source = "rabbitmq.com/docs/streams; rabbitmq.com/docs/queues: length"
    usage = QueueUsage

    def advise(self, usage: QueueUsage) -> Iterator[Advised]:
        """Of long queues without a limit."""
        if usage.type == "stream" or (usage.ready or 0) < _MANY or usage.bounded or usage.expires_ms is not None:
            return
        readers = len(usage.consumers) if usage.consumers is not None else None
        told = f"{usage.ready:,} messages wait, without a limit of length or age"
        if readers == 0:
            text = "if they are kept to be read again, use a stream (or a Kafka topic); else limit the queue"
            yield Advised(text, f"{told}, and nobody consumes", ("type",), "type: stream")
        else:
            said = f"; {many(readers, 'consumer')}" if readers else ""
            text = "limit the queue by length or age, or use a stream where so much may wait"
            yield Advised(text, told + said)
