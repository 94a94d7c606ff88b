"""MQ713: a user whom every password lets in."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.providers.base.rule import Context, ResourceRule, Subject
from mqinfra.providers.redis.rules.deployment import USERS


class UserWithoutPassword(ResourceRule):
    """Only for a user that may log in."""

    kinds = frozenset({USERS})
    code = Code(
        "MQ713",
        "a user without a password",
        "With `nopass`, whoever knows the name is let in, with any password or none. That leaves the network as the "
        "only guard.",
        severity=Severity.WARNING,
        bad="redis:\n  users:\n    feed: {nopass: true}",
        good="redis:\n  users:\n    feed: {passwords: [{env: FEED_PASSWORD}]}",
    )

    def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
        """Look at the flag."""
        if subject.fields.get(("nopass",)) is True and subject.fields.get(("enabled",)) is not False:
            yield subject.at(
                self.code,
                ("nopass",),
                f"every password lets user `{subject.address.name}` in",
                help="give it `passwords`, and remove `nopass`",
            )
