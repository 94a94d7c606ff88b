"""What permissions of users in vhosts look like, on resources and on routing keys."""

from types import MappingProxyType

from mqinfra.model.setting import Problem
from mqinfra.model.spec import Spec, WholeSpec
from mqinfra.providers.rabbitmq.pattern.regex import pattern_problem
from mqinfra.providers.rabbitmq.settings.typed import Version

KIND = "permissions"
TOPIC_KIND = "topicPermissions"
EVERYTHING = ".*"
"""The pattern that matches whatever there is; others that do are not known for it."""
TOPIC_PERMISSION_NEEDS_EXCHANGE = (4, 3)
"""Since then the server refuses one without its exchange, and deletes it with its exchange (measured on 4.3.6)."""


class PermissionSpec(WholeSpec):
    """What a user may do in a vhost: regular expressions that are searched for in names. Left out is nothing.

    Attributes:
        configure: queues and exchanges that it may declare, change and delete.
        write: exchanges that it may publish to, and queues that it may bind.
        read: queues that it may consume from, and exchanges that it may bind to.
    """

    implicit = MappingProxyType({"configure": "", "write": "", "read": ""})

    configure: str = ""
    write: str = ""
    read: str = ""


class TopicPermissionSpec(WholeSpec):
    """Which routing keys a user may use with a topic exchange. Left out is nothing.

    Attributes:
        write: routing keys that it may publish with; `{username}`, `{vhost}` and `{client_id}` are filled in.
        read: routing keys that it may bind with.
    """

    implicit = MappingProxyType({"write": "", "read": ""})

    write: str = ""
    read: str = ""


def refused_pattern(spec: Spec, version: Version) -> Problem | None:
    """Say which expression a server of a version would refuse; None when it takes all."""
    for path, value in spec.fields().items():
        found = pattern_problem(value, version) if isinstance(value, str) else None
        if found is not None:
            return Problem(found.message, "correct the pattern; RabbitMQ refuses it", path)
    return None
