"""MQ712: all commands, fenced in by keys that do not fence."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.providers.base.rule import Context, ResourceRule, Subject
from mqinfra.providers.redis.rules.deployment import USERS, grants_everything, rule_sets, texts


class AllCommandsOnSomeKeys(ResourceRule):
    """Key patterns limit only commands that name keys (Redis documentation of ACLs)."""

    kinds = frozenset({USERS})
    code = Code(
        "MQ712",
        "all commands for a tenant",
        "Patterns of keys limit only commands that name keys. FLUSHALL, SWAPDB, SHUTDOWN, CONFIG and ACL name none, so "
        "that a user with `+@all` on its own keys can delete everybody's, and make itself whatever it likes.\n\nGrant "
        "the categories that it needs, or take `@dangerous` and `@admin` away.",
        severity=Severity.WARNING,
        bad='redis:\n  users:\n    tenant: {commands: [+@all], keys: ["~tenant:*"]}',
        good='redis:\n  users:\n    tenant: {commands: [+@all, -@dangerous, -@admin], keys: ["~tenant:*"]}',
    )

    def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
        """Look at the rules and the selectors."""
        for number, rules in enumerate(rule_sets(subject)):
            keys = texts(rules.get("keys"))
            if keys and "~*" not in keys and grants_everything(texts(rules.get("commands"))):
                yield subject.at(
                    self.code,
                    ("selectors",) if number else ("commands",),
                    f"user `{subject.address.name}` has all commands, and its keys don't limit FLUSHALL, CONFIG or ACL",
                    help="add `-@dangerous` and `-@admin`, or grant only what it needs",
                )
