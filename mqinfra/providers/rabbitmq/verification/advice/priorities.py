"""Priorities: how many, and whether they can do anything."""

from collections.abc import Iterator

from mqinfra.providers.base.verification.adviser import Advised, Adviser
from mqinfra.providers.base.verification.evidence import many
from mqinfra.providers.rabbitmq.verification.advice.usage import QueueUsage

_MOST = 10
_ENOUGH = 5
_HELD = 50


class Priorities(Adviser[QueueUsage]):
    """Few levels, and consumers that leave something in the queue to choose from."""

    name = "priorities"
    reason = (
        "Each level of a classic queue is a queue of its own, with processor and memory; and priorities order what "
        "waits in the queue, not what consumers hold already"
    )
    source = "rabbitmq.com/docs/priority"
    usage = QueueUsage

    def advise(self, usage: QueueUsage) -> Iterator[Advised]:
        """By levels, and by prefetch counts."""
        if not usage.priorities:
            return
        path = ("arguments", "x-max-priority")
        if usage.priorities > _MOST:
            told = f"`x-max-priority` is {usage.priorities}"
            yield Advised("have five priorities or fewer", told, path, f"arguments: {{x-max-priority: {_ENOUGH}}}")
        far = [one for one in usage.consumers or () if one.prefetch == 0 or one.prefetch > _HELD]
        if far:
            told = f"{many(len(far), 'consumer')} may hold more than {_HELD} messages before a higher priority is seen"
            yield Advised("lower the prefetch count of consumers to a few", told)
