"""MQ730: a permission that grants more names than it says."""

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity
from mqinfra.providers.base.rule import OpinionRule
from mqinfra.providers.rabbitmq.rules.made import PERMISSIONS


class PermissionNotAnchored(OpinionRule):
    """A pattern for a prefix is left alone when it ends in a delimiter, as in scopes."""

    kinds = frozenset({PERMISSIONS})
    topic = "permission_not_anchored"
    code = Code(
        "MQ730",
        "a permission is not anchored",
        "Permissions are regular expressions that RabbitMQ searches anywhere in a name: `orders` also grants "
        "`not-orders` and `orders-archive`, those of today and those of tomorrow. `^orders$` grants one name, "
        "`^orders\\.` all that begin so. In `^a|b$` each anchor holds for one side only: write `^(?:a|b)$`.\n\n"
        "`access` writes exact patterns.",
        severity=Severity.WARNING,
        bad="rabbitmq:\n  vhosts:\n    /shop:\n      permissions:\n        mailer: {read: orders}",
        good="rabbitmq:\n  vhosts:\n    /shop:\n      permissions:\n        mailer: {read: ^orders$}",
    )
