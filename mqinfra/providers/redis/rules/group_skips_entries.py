"""MQ320: a new group that never gets what is in its stream."""

from collections.abc import Iterator

from mqinfra.model.address import Address
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.providers.base.rule import Context, ResourceRule, Subject
from mqinfra.providers.redis.rules.deployment import GROUPS, STREAMS, length


class GroupSkipsEntries(ResourceRule):
    """Only where the group is about to be made: where it begins is never looked at again."""

    kinds = frozenset({GROUPS})
    code = Code(
        "MQ320",
        "a new group skips what is in its stream",
        "A group that starts at `$` gets what is added from now on. The stream has entries already, and this group "
        "never gets them. That is right for a live view, and wrong for work that must not be missed.\n\n`startAt: "
        '"0"` begins with the first entry.',
        severity=Severity.WARNING,
        bad='redis:\n  streams:\n    orders: {groups: {billing: {startAt: "$"}}}      # 1,200 entries',
        good='redis:\n  streams:\n    orders: {groups: {billing: {startAt: "0"}}}',
    )

    def look_at(self, subject: Subject, context: Context) -> Iterator[Diagnostic]:
        """Compare the start with the length of the stream."""
        if subject.live is not None or subject.fields.get(("startAt",)) != "$":
            return
        stream = Address(subject.address.cluster, STREAMS.partition("/")[2], subject.address.path[:1])
        entries = length(context, stream)
        if entries:
            yield subject.at(
                self.code,
                ("startAt",),
                f"group `{subject.address.name}` starts at `$`, and skips the {entries:,} entries of `{stream.name}`",
                help='write `startAt: "0"` if it shall get them',
            )
