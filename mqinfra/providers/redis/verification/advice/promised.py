"""Promises that streams of Redis are not made for."""

from collections.abc import Iterator

from mqinfra.providers.base.verification.adviser import Advised, Adviser
from mqinfra.providers.redis.verification.advice.usage import StreamUsage


class Promised(Adviser[StreamUsage]):
    """Exactly once."""

    name = "promise"
    reason = (
        "A retried XADD adds an entry twice unless it brings an id of its own (or `IDMP`, Redis 8.6, which remembers "
        "ids for a while), and an entry whose consumer ended before XACK is delivered again"
    )
    source = "redis.io/docs/latest/develop/data-types/streams: idempotency"
    usage = StreamUsage

    def advise(self, usage: StreamUsage) -> Iterator[Advised]:
        """By promise."""
        if usage.promises.delivery == "exactly-once":
            yield Advised(
                "promise at-least-once and let consumers pass over ids that they know, or use transactions of Kafka",
                "`delivery: exactly-once` on a stream",
                ("promises", "delivery"),
                "promises: {delivery: at-least-once}",
            )
