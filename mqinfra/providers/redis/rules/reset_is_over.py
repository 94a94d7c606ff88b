"""MQ324: a `resetTo` that has nothing to do, and waits for the group to come by again."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.providers.base.rule import Context, ResourceRule, Subject
from mqinfra.providers.redis.rules.deployment import GROUPS

_RESET = ("resetTo",)


class ResetIsOver(ResourceRule):
    """Says so at every plan, because Redis keeps no note of what was done."""

    kinds = frozenset({GROUPS})
    code = Code(
        "MQ324",
        "a reset has nothing to do",
        "`resetTo` moves a group once, and the group is not, or no longer, where that begins. Redis keeps no note of "
        "it, so the line stays in force: a group that comes to its `from` again would be moved again.\n\nRemove "
        "`resetTo` when it is done. If it was not done, correct `from`: it is the group's `last-delivered-id`.",
        severity=Severity.WARNING,
        bad='redis:\n  streams:\n    orders:\n      groups: {billing: {resetTo: {from: "17-0", to: "0"}}}   # done',
        good="redis:\n  streams:\n    orders:\n      groups: {billing: {}}",
    )

    def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
        """Look for a reset that the plan does nothing about."""
        if subject.live is None or subject.fields.get(_RESET) is None or subject.change is not None:
            return
        position = subject.live.inherited.get(_RESET)
        if position is not None:
            yield subject.at(
                self.code,
                _RESET,
                f"group `{subject.address.name}` stands at `{position}`, so that `resetTo` has nothing to do",
                help="remove `resetTo`",
            )
