"""MQ510: a consumer that can't put entries aside."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.providers.base.rule import Context, Rule
from mqinfra.providers.redis.rules.deployment import USERS, dead_letter_pairs, may


class ConsumerWithoutDeadLetters(Rule):
    """By what the user may do, however it was declared."""

    kinds = frozenset({USERS})
    code = Code(
        "MQ510",
        "a consumer may not write its dead letters",
        "On Redis it is the consumer that moves an entry to the dead letters. This user may read the stream in a "
        "group, and may not add to its dead letters, so that the first bad entry fails with NOPERM and comes back."
        "\n\nGive it `+xadd` on the dead letters, best in a selector, or declare it under `access`.",
        severity=Severity.WARNING,
        bad="redis:\n  streams:\n    orders: {deadLetter: true}\n  users:\n    billing: {commands: [+xreadgroup], "
        'keys: ["~orders"]}',
        good="redis:\n  streams:\n    orders: {deadLetter: true}\n  access:\n    billing: {consumes: [orders]}",
    )

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Look at each user and each pair of its cluster."""
        pairs = list(dead_letter_pairs(context))
        for user in context.by_kind.get(USERS, ()) if pairs else ():
            for source, target, _ in pairs:
                if source.address.cluster != user.address.cluster or not may(user, "xreadgroup", source.address.name):
                    continue
                if not may(user, "xadd", target.name):
                    yield user.at(
                        self.code,
                        ("commands",),
                        f"user `{user.address.name}` may consume `{source.address.name}`, and not write its dead "
                        f"letters `{target.name}`",
                        help=f'add `selectors: [{{commands: [+xadd], keys: ["~{target.name}"]}}]`',
                    )
