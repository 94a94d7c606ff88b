"""MQ518: a tag of a user that is almost one that RabbitMQ knows."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.model.setting import suggestion
from mqinfra.providers.base.rule import Context, ResourceRule, Subject
from mqinfra.providers.rabbitmq.rules.made import USERS

_KNOWN = ("administrator", "impersonator", "management", "monitoring", "policymaker", "protected")


class UserTagMisspelt(ResourceRule):
    """RabbitMQ takes any word for a tag, and gives rights for its own only, in lower case."""

    kinds = frozenset({USERS})
    code = Code(
        "MQ518",
        "a user's tag is probably misspelt",
        "RabbitMQ gives rights for the tags `administrator`, `monitoring`, `policymaker`, `management` and "
        "`impersonator`. It keeps any other word without effect, so that a misspelt one leaves the user without the "
        "right. Words of your own are fine, and are not reported unless they are almost one of these.",
        severity=Severity.WARNING,
        bad="rabbitmq:\n  users:\n    ops: {tags: [administratr]}",
        good="rabbitmq:\n  users:\n    ops: {tags: [administrator]}",
    )

    def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
        """Compare each tag with the known ones."""
        tags = subject.fields.get(("tags",))
        for tag in tags if isinstance(tags, list) else ():
            meant = "" if tag in _KNOWN else suggestion(str(tag), _KNOWN)
            if meant:
                yield subject.at(
                    self.code,
                    ("tags",),
                    f"RabbitMQ gives user `{subject.address.name}` no right for its unknown tag `{tag}`",
                    help=meant,
                )
