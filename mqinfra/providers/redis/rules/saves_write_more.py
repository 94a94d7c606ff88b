"""MQ424: saving the users of a plan writes more than the plan's."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.providers.base.rule import Context, Rule
from mqinfra.providers.redis.rules.deployment import USERS, clusters_with_users, servers


class SavesWriteMore(Rule):
    """Once per deployment: what is written follows from how its servers were started."""

    kinds = frozenset({USERS})
    code = Code(
        "MQ424",
        "saving users writes more than the plan's",
        "After a change of users, `ACL SAVE` writes the `aclfile` anew from memory, or `CONFIG REWRITE` the "
        "configuration file; `plan --requests` lists them. A user that somebody added to the file and that no server "
        "has loaded yet is erased. What others changed at run time, users and, with `CONFIG REWRITE`, any setting, "
        "becomes permanent. Redis tells neither what its files hold nor which settings were changed since the "
        "start.\n\nIf the file was edited, load it first (`ACL LOAD`); look at what `CONFIG GET *` says. With an "
        "`aclfile`, users are saved apart from all other settings.",
        severity=Severity.WARNING,
        bad="# redis.conf\n{user: feed on +ping}",
        good="# redis.conf\n{aclfile: /etc/redis/users.acl}",
    )

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Look at each deployment on which users change."""
        for cluster in clusters_with_users(context):
            if not _changes(context, cluster):
                continue
            acl, config = servers(context, cluster, "acl-save"), servers(context, cluster, "config-rewrite")
            if acl:
                yield self.code.at(
                    f"`ACL SAVE` on {acl} also makes permanent what others changed at run time, and erases users that "
                    "are in the `aclfile` and not loaded yet; which, the server does not tell",
                    address=cluster,
                    help="if somebody edited the file, run `ACL LOAD` on that server first",
                )
            if config:
                changed = servers(context, cluster, "settings-changed")
                said = f"`CONFIG SET` was used on {changed} since the start" if changed else ""
                yield self.code.at(
                    f"`CONFIG REWRITE` on {config} also writes every other setting and user in force there, those "
                    "that others changed at run time included, and erases users that are in the file and not loaded "
                    f"yet; which, the server does not tell{'; ' if said else ''}{said}",
                    address=cluster,
                    help="compare `CONFIG GET *` with the configuration file first, or keep users in an `aclfile`",
                )


def _changes(context: Context, cluster: str) -> bool:
    reading = context.readings.get(cluster)
    if reading is None:
        return False
    changed = any(
        subject.change is not None for subject in context.by_kind.get(USERS, ()) if subject.address.cluster == cluster
    )
    return changed or any(
        address.cluster == cluster and f"{reading.type}/{address.kind}" == USERS and address in reading.resources
        for address in context.desired.tombstones
    )
