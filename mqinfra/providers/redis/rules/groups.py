"""Groups: entries that a new one never gets, and moves that have nothing to do."""

from collections.abc import Iterator

from mqinfra.model.address import Address
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.providers.base.rule import Context, ResourceRule, Rule, Subject
from mqinfra.providers.redis import addresses
from mqinfra.providers.redis.rules.deployment import GROUPS, length

_RESET = ("resetTo",)


GROUP_SKIPS_ENTRIES = Code(
    "MQ320",
    "a new group skips what is in its stream",
    "A group that starts at `$` gets what is added from now on. The stream has entries already, and this group never "
    "gets them. That is right for a live view, but wrong for work that must not be missed.\n\n"
    "`startAt: "
    '"0"` begins with the first entry.',
    severity=Severity.WARNING,
    bad='redis:\n  streams:\n    orders: {groups: {billing: {startAt: "$"}}}      # 1,200 entries',
    good='redis:\n  streams:\n    orders: {groups: {billing: {startAt: "0"}}}',
)


class GroupSkipsEntries(ResourceRule):
    """Only where the group is about to be made: where it begins is never looked at again."""

    kinds = frozenset({GROUPS})
    codes = (GROUP_SKIPS_ENTRIES,)

    def look_at(self, subject: Subject, context: Context) -> Iterator[Diagnostic]:
        """Compare the start with the length of the stream."""
        if subject.live is not None or subject.fields.get(("startAt",)) != "$":
            return
        stream = Address(subject.address.cluster, addresses.STREAMS, subject.address.path[:1])
        entries = length(context, stream)
        if entries:
            yield subject.at(
                GROUP_SKIPS_ENTRIES,
                ("startAt",),
                f"group `{subject.address.name}` starts at `$`, and skips the {entries:,} entries of `{stream.name}`",
                help='write `startAt: "0"` if it should get them',
            )


RESET_IS_OVER = Code(
    "MQ324",
    "a reset has no effect",
    "`resetTo` moves a group once, and the group is not, or no longer, at its `from`. Redis does not record this, so "
    "the line stays in effect: a group that reaches `from` again would be moved again.\n\n"
    "Remove `resetTo` once it is done. Otherwise correct `from`: it is the group's `last-delivered-id`.",
    severity=Severity.WARNING,
    bad='redis:\n  streams:\n    orders:\n      groups: {billing: {resetTo: {from: "17-0", to: "0"}}}   # done',
    good="redis:\n  streams:\n    orders:\n      groups: {billing: {}}",
)


class ResetIsOver(ResourceRule):
    """Says so at every plan, because Redis keeps no note of what was done."""

    kinds = frozenset({GROUPS})
    codes = (RESET_IS_OVER,)

    def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
        """Look for a reset that the plan does nothing about."""
        if subject.live is None or subject.fields.get(_RESET) is None or subject.change is not None:
            return
        position = subject.live.inherited.get(_RESET)
        if position is not None:
            yield subject.at(
                RESET_IS_OVER,
                _RESET,
                f"group `{subject.address.name}` is at `{position}`, so `resetTo` has no effect",
                help="remove `resetTo`",
            )


RULES: tuple[Rule, ...] = (GroupSkipsEntries(), ResetIsOver())
