"""What entries weigh in memory."""

from collections.abc import Iterator

from mqinfra.providers.base.verification.adviser import Advised, Adviser
from mqinfra.providers.redis.verification.advice.usage import StreamUsage

_LARGE = 16_384
_LEAST = 100


class Sizes(Adviser[StreamUsage]):
    """All of a stream is in memory."""

    name = "entry size"
    reason = "Redis keeps streams in memory, uncompressed, once per replica: large fields take what other keys need"
    source = "redis.io/docs/latest/commands/memory-usage"
    usage = StreamUsage

    def advise(self, usage: StreamUsage) -> Iterator[Advised]:
        """By the average."""
        if not usage.length or usage.length < _LEAST or usage.size is None:
            return
        size = usage.size // usage.length
        if size >= _LARGE:
            told = f"an entry takes {size:,} B of memory on average of {usage.length:,}"
            yield Advised("compress fields, or store the payload elsewhere and add where it lies", told)
