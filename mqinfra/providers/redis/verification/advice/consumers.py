"""Consumers that are only names."""

from collections.abc import Iterator

from mqinfra.providers.base.verification.adviser import Advised, Adviser
from mqinfra.providers.redis.verification.advice.usage import StreamUsage

_MANY = 10


class IdleConsumers(Adviser[StreamUsage]):
    """A consumer stays in its group until somebody deletes it."""

    name = "idle consumers"
    reason = (
        "Redis never forgets a consumer: where each start of a process takes a new name the list only grows, and what "
        "the old ones held waits until somebody claims it"
    )
    source = "redis.io/docs/latest/commands/xgroup-delconsumer"
    usage = StreamUsage

    def advise(self, usage: StreamUsage) -> Iterator[Advised]:
        """By group."""
        for group in usage.groups:
            if group.idle >= _MANY:
                told = (
                    f"{group.idle:,} of {group.consumers:,} consumers of group `{group.name}` idle for more than a day"
                )
                yield Advised(
                    "give consumers names that a restart keeps, and delete the old ones (`XGROUP DELCONSUMER`)", told
                )
