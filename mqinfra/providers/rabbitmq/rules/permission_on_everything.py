"""MQ731: a user who may do everything in a vhost."""

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity
from mqinfra.providers.base.rule import OpinionRule
from mqinfra.providers.rabbitmq.rules.made import PERMISSIONS


class PermissionOnEverything(OpinionRule):
    """Not told of administrators, who can grant themselves everything anyway."""

    kinds = frozenset({PERMISSIONS})
    topic = "permission_on_everything"
    code = Code(
        "MQ731",
        "a permission on everything",
        "With `.*` a user may do so with every queue and exchange of the vhost: read the messages of all others, "
        "publish in their names, or delete what they need. An application mostly needs a few names.\n\n`access` "
        "writes patterns for just the queues that a client consumes and the exchanges that it publishes to.",
        severity=Severity.WARNING,
        bad="rabbitmq:\n  vhosts:\n    /shop:\n      permissions:\n        mailer: {write: .*, read: .*}",
        good="rabbitmq:\n  vhosts:\n    /shop:\n      access:\n        mailer: {consumes: [orders.email]}",
    )
