"""How many messages consumers hold at once."""

from collections.abc import Iterator, Sequence

from mqinfra.providers.base.verification.adviser import Advised, Adviser
from mqinfra.providers.base.verification.evidence import many
from mqinfra.providers.rabbitmq.verification.advice.usage import ConsumerUsage, QueueUsage

MOST = 1_000
"""Messages held by one consumer above which it is hardly faster, and holds up what others could do."""
_FAST = 500.0
"""Messages per second from which waiting for each acknowledgement is felt."""


class Prefetch(Adviser[QueueUsage]):
    """Not without a limit, not far too many, and not one at a time where many come."""

    name = "prefetch"
    reason = (
        "The prefetch count is how many unacknowledged messages a consumer may hold: without one it takes all that are "
        "there into its memory and the next consumer gets none; with 1 each message costs a round trip"
    )
    source = "rabbitmq.com/docs/confirms: channel prefetch setting"
    usage = QueueUsage

    def advise(self, usage: QueueUsage) -> Iterator[Advised]:
        """By consumers that acknowledge."""
        some = [one for one in usage.consumers or () if not one.accepts_itself]
        without = [one for one in some if one.prefetch == 0]
        large = [one for one in some if one.prefetch > MOST]
        single = [one for one in some if one.prefetch == 1]
        if without:
            text = "have consumers call `basic.qos`, with a prefetch count of 10 to 300 to begin with"
            yield Advised(text, f"{many(len(without), 'consumer')} of {len(some)} without a limit: {_names(without)}")
        if large:
            most = max(one.prefetch for one in large)
            told = f"{many(len(large), 'consumer')} of {len(some)} with up to {most:,}: {_names(large)}"
            yield Advised("lower the prefetch count of consumers to some hundreds", told)
        if single and not usage.priorities and usage.published is not None and usage.published >= _FAST:
            told = f"{many(len(single), 'consumer')} with 1, {usage.published:,.0f} messages/s come in"
            yield Advised("raise the prefetch count of consumers to 10 or more", told)


def _names(some: Sequence[ConsumerUsage]) -> str:
    shown = ", ".join(f"`{one.name}`" for one in some[:3])
    return f"{shown} and {len(some) - 3} more" if len(some) > 3 else shown
