"""MQ733: a new user who has no password."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.providers.base.rule import Context, ResourceRule, Subject
from mqinfra.providers.rabbitmq.rules.made import USERS


class UserWithoutCredentials(ResourceRule):
    """Not MQ713: there anybody gets in, here nobody does by password."""

    kinds = frozenset({USERS})
    code = Code(
        "MQ733",
        "a new user without a password",
        "RabbitMQ lets no password in for a user that has none, so that only a certificate (`EXTERNAL`) or a token "
        "can log it in. That is how such users are meant to be made; but a password that was forgotten looks the "
        "same.\n\nGive it a `password`, or leave it so.",
        severity=Severity.INFO,
        bad="rabbitmq:\n  users:\n    mailer: {}",
        good="rabbitmq:\n  users:\n    mailer: {password: {env: MAILER_PASSWORD}}",
    )

    def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
        """Look at users that are not there yet."""
        if subject.reading is not None and subject.live is None and not subject.declares(("password",)):
            yield subject.at_entry(
                self.code,
                f"new user `{subject.address.name}` has no password: it can log in by certificate or token only",
                help="add `password: {env: NAME}`, unless it shall",
            )
