"""Users of RabbitMQ: tags that give no right, and users that nobody can log in as by password."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.model.setting import suggestion
from mqinfra.providers.base.rule import Context, ResourceRule, Rule, Subject
from mqinfra.providers.rabbitmq.rules import kind_names

_KNOWN = ("administrator", "impersonator", "management", "monitoring", "policymaker", "protected")

USER_TAG_MISSPELT = Code(
    "MQ518",
    "a user's tag is probably misspelt",
    "RabbitMQ gives rights for the tags `administrator`, `monitoring`, `policymaker`, `management` and "
    "`impersonator`. It stores any other tag without effect, so a misspelt one leaves the user without the "
    "permission. Custom tags are fine, and are reported only if they are almost one of these.",
    severity=Severity.WARNING,
    bad="rabbitmq:\n  users:\n    ops: {tags: [administratr]}",
    good="rabbitmq:\n  users:\n    ops: {tags: [administrator]}",
)
"""RabbitMQ takes any word for a tag, and gives rights for its own only, in lower case."""

USER_WITHOUT_CREDENTIALS = Code(
    "MQ733",
    "a new user without a password",
    "RabbitMQ accepts no password for a user that has none, so it can log in only by certificate (`EXTERNAL`) or "
    "token. That may be intended; but a forgotten password looks the same.\n\n"
    "Give it a `password`, or leave it so.",
    severity=Severity.INFO,
    bad="rabbitmq:\n  users:\n    mailer: {}",
    good="rabbitmq:\n  users:\n    mailer: {password: {env: MAILER_PASSWORD}}",
)
"""Not MQ713: there anybody gets in, here nobody does by password."""


class UserTagMisspelt(ResourceRule):
    """Tags that are almost one that RabbitMQ knows."""

    codes = (USER_TAG_MISSPELT,)
    kinds = frozenset({kind_names.USERS})

    def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
        """Compare each tag with the known ones."""
        tags = subject.fields.get(("tags",))
        for tag in tags if isinstance(tags, list) else ():
            meant = "" if tag in _KNOWN else suggestion(str(tag), _KNOWN)
            if meant:
                yield subject.at(
                    USER_TAG_MISSPELT,
                    ("tags",),
                    f"unknown tag `{tag}` of user `{subject.address.name}`, which RabbitMQ ignores",
                    help=meant,
                )


class UserWithoutCredentials(ResourceRule):
    """New users who have no password."""

    codes = (USER_WITHOUT_CREDENTIALS,)
    kinds = frozenset({kind_names.USERS})

    def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
        """Look at users that are not there yet."""
        if subject.reading is not None and subject.live is None and not subject.declares(("password",)):
            yield subject.at_entry(
                USER_WITHOUT_CREDENTIALS,
                f"new user `{subject.address.name}` has no password: it can log in by certificate or token only",
                help="add `password: {env: NAME}`, unless that is intended",
            )


RULES: tuple[Rule, ...] = (UserTagMisspelt(), UserWithoutCredentials())
