"""MQ714: a user who may touch every key."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.providers.base.rule import Context, ResourceRule, Subject
from mqinfra.providers.redis.rules.deployment import USERS, rule_sets, texts


class UserOnAllKeys(ResourceRule):
    """Reading everything (`%R~*`) is left to whoever monitors; users that administer are declared seldom."""

    kinds = frozenset({USERS})
    code = Code(
        "MQ714",
        "a user on all keys",
        "`~*` covers the keys of everybody on this server, also those that come later. Name the prefix that the user "
        "works with; `%R~*` is enough for one that only looks.",
        severity=Severity.WARNING,
        bad='redis:\n  users:\n    feed: {commands: [+@stream], keys: ["~*"]}',
        good='redis:\n  users:\n    feed: {commands: [+@stream], keys: ["~{shop}:*"]}',
    )

    def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
        """Look at the patterns of the user and its selectors."""
        for number, rules in enumerate(rule_sets(subject)):
            if "~*" in texts(rules.get("keys")) and texts(rules.get("commands")):
                yield subject.at(
                    self.code,
                    ("selectors",) if number else ("keys",),
                    f"user `{subject.address.name}` may write every key on the server",
                    help="name the prefix it works with, such as `~orders:*`",
                )
