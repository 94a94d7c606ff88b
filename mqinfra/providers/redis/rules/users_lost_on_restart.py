"""MQ412: users that are gone when a server starts again."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.providers.base.rule import Context, Rule
from mqinfra.providers.redis.rules.deployment import USERS, trait


class UsersLostOnRestart(Rule):
    """Once per deployment: the cause is how the servers were started."""

    kinds = frozenset({USERS})
    code = Code(
        "MQ412",
        "users are lost on restart",
        "A server keeps ACL users in memory. They outlast a restart where it has an `aclfile` (ACL SAVE) or was "
        "started with a configuration file (CONFIG REWRITE); mqinfra does the one that works after each change. These "
        "servers have neither, so that users are gone after a restart, and clients can't log in until the next apply.",
        severity=Severity.WARNING,
        bad="# redis.conf\n{aclfile: ''}",
        good="# redis.conf\n{aclfile: /etc/redis/users.acl}",
    )

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Look at each deployment with declared users."""
        for cluster in dict.fromkeys(subject.address.cluster for subject in context.by_kind.get(USERS, ())):
            nodes = trait(context, cluster, "users-lost-on-restart")
            if nodes:
                where = ", ".join(f"`{node}`" for node in nodes.split(","))
                yield self.code.at(
                    f"users are lost when {where} restarts: there is neither an `aclfile` nor a configuration file",
                    address=cluster,
                    help="start the server with a configuration file, or with `--aclfile PATH`",
                )
