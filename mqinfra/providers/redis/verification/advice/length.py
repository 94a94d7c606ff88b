"""How long a stream may be against what groups have still to do."""

from collections.abc import Iterator

from mqinfra.providers.base.verification.adviser import Advised, Adviser
from mqinfra.providers.base.verification.evidence import many
from mqinfra.providers.redis.verification.advice.usage import StreamUsage

_NEAR = 0.8


class LengthAndPending(Adviser[StreamUsage]):
    """What is trimmed is gone, whether it was acknowledged or not."""

    name = "length"
    reason = (
        "XTRIM and `XADD MAXLEN` drop the oldest entries whether groups have read or acknowledged them: what is "
        "pending stays in the list of pending entries, without its content"
    )
    source = "redis.io/docs/latest/develop/data-types/streams: capped streams; measured on Redis 7.0"
    usage = StreamUsage

    def advise(self, usage: StreamUsage) -> Iterator[Advised]:
        """Of the group with most to do; of streams that have grown out of what is expected."""
        path, most = ("expectedMaxLength",), usage.expected_max_length
        worst = max(usage.groups, key=lambda one: one.pending + (one.lag or 0), default=None)
        todo = worst.pending + (worst.lag or 0) if worst is not None else 0
        if worst is not None and most is not None and todo >= most * _NEAR:
            told = (
                f"group `{worst.name}` has {worst.pending:,} pending and {worst.lag or 0:,} to read, "
                f"`expectedMaxLength` is {most:,}"
            )
            yield Advised(
                "let the stream be longer, or its consumers faster: what is trimmed now was not done yet",
                told,
                path,
                f"expectedMaxLength: {max(2 * todo, most)}",
            )
        elif most is None and usage.length is not None and usage.length >= _LONG:
            told = f"{many(usage.length, 'entry').replace('entrys', 'entries')}, and nobody says how many it should be"
            yield Advised(
                "say how long it should be, and trim with each XADD", told, path, f"expectedMaxLength: {usage.length}"
            )


_LONG = 100_000
