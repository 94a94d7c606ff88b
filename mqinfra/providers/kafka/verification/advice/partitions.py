"""Partitions against the members of groups."""

from collections.abc import Iterator

from mqinfra.providers.base.verification.adviser import Advised, Adviser
from mqinfra.providers.base.verification.evidence import many
from mqinfra.providers.kafka.verification.advice.usage import TopicUsage


class PartitionsAndMembers(Adviser[TopicUsage]):
    """A partition has one reader of a group, so members above their number are idle."""

    name = "partitions"
    reason = (
        "Each partition is read by one member of a group: members above the number of partitions get none. More "
        "partitions give keys other places, so order by key breaks once, when they are added"
    )
    source = "kafka.apache.org/documentation: design, consumers; KIP-932 for groups that share partitions"
    usage = TopicUsage

    def advise(self, usage: TopicUsage) -> Iterator[Advised]:
        """Of the group with the most members."""
        most = max(usage.groups, key=lambda one: one.members or 0, default=None)
        members = (most.members or 0) if most is not None else 0
        if most is None or members <= usage.partitions:
            return
        idle = many(members - usage.partitions, "idle member")
        yield Advised(
            f"have as many partitions as group `{most.name}` has members, or stop {idle}",
            f"group `{most.name}` has {many(members, 'member')}, the topic {many(usage.partitions, 'partition')}",
            ("partitions",),
            f"partitions: {members}",
        )
