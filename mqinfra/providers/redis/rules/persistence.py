"""Users over a restart and on every server: each server keeps them for itself."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.providers.base.rule import Context, Rule
from mqinfra.providers.redis.api.deployment import Deployment
from mqinfra.providers.redis.rules.deployment import USERS, deployments, deployments_with_users, listed

USERS_LOST_ON_RESTART = Code(
    "MQ412",
    "users are lost on restart",
    "A server keeps ACL users in memory. They survive a restart if it has an `aclfile` (ACL SAVE) or was started with "
    "a configuration file (CONFIG REWRITE); mqinfra runs whichever works after each change. These servers have "
    "neither, so users are lost on a restart, and clients can't log in until the next apply.",
    severity=Severity.WARNING,
    bad="# redis.conf\n{aclfile: ''}",
    good="# redis.conf\n{aclfile: /etc/redis/users.acl}",
)


class UsersLostOnRestart(Rule):
    """Once per deployment: the cause is how the servers were started."""

    codes = (USERS_LOST_ON_RESTART,)

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Look at each deployment with declared users."""
        declared = {subject.address.cluster for subject in context.by_kind.get(USERS, ())}
        for cluster, deployment in deployments(context).items():
            where = listed(deployment.users_lost_on_restart)
            if where and cluster in declared:
                yield USERS_LOST_ON_RESTART.at(
                    f"users are lost when {where} restarts: there is neither an `aclfile` nor a configuration file",
                    address=cluster,
                    help="start the server with a configuration file, or with `--aclfile PATH`",
                )


USERS_NOT_ON_EVERY_NODE = Code(
    "MQ413",
    "users can't be changed on every node",
    "Each server keeps ACL users for itself, and one that the deployment knows is missing: a node of a Cluster, a "
    "replica that a Sentinel or `INFO` knows, or one that `nodes` names. When it comes back it has its old users: "
    "deleted ones can log in there, and new ones can't.\n\n"
    "A server that the others consider down is left out: plan again when it is up, and the plan shows what differs on "
    "it. A Sentinel never forgets a replica; `SENTINEL RESET NAME`, on each Sentinel, makes it forget one that is "
    "gone permanently. While a server is merely unreachable, no user is planned.",
    severity=Severity.WARNING,
    bad="# CLUSTER NODES\n{redis-4:6379: fail}",
    good="# CLUSTER NODES\n{redis-4:6379: connected}",
)


class UsersNotOnEveryNode(Rule):
    """A Cluster and Sentinels know their dead; without them, the block of the cluster names who has to be there."""

    codes = (USERS_NOT_ON_EVERY_NODE,)

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Look at each deployment with declared users, or tombstones of some."""
        for cluster, deployment in deployments_with_users(context).items():
            yield from self._down(cluster, deployment)
            missing = listed(deployment.unreached)
            if missing:
                yield USERS_NOT_ON_EVERY_NODE.at(
                    f"{missing} can't be reached: no user is compared or changed on any server without it",
                    address=cluster,
                    help="start it, or let this machine reach it; if it is gone, remove it from `nodes`",
                )
            sentinel = deployment.replicas_unknown
            if sentinel:
                yield USERS_NOT_ON_EVERY_NODE.at(
                    f"sentinel `{sentinel}` does not report its replicas: users on one that is down go unnoticed",
                    address=cluster,
                    help="an administrator can grant it at the Sentinel: `ACL SETUSER NAME +sentinel|replicas`",
                )

    def _down(self, cluster: str, deployment: Deployment) -> Iterator[Diagnostic]:
        down = listed(deployment.down)
        for_long = listed(deployment.down_for_long)
        service = deployment.sentinel_service
        if not down:
            return
        advice = ["plan again when it is up"]
        if for_long:
            advice.append(
                f"a Sentinel has considered {for_long} down for over an hour; if it is gone permanently: `SENTINEL "
                f"RESET {service}` on each Sentinel"
            )
        elif not service:
            advice = ["plan again when it is up, or remove it from the Cluster: `CLUSTER FORGET`"]
        yield USERS_NOT_ON_EVERY_NODE.at(
            f"{down} is down: its users are neither compared nor changed", address=cluster, help=tuple(advice)
        )


SAVES_WRITE_MORE = Code(
    "MQ424",
    "saving users also saves other changes",
    "After a change of users, `ACL SAVE` writes the `aclfile` anew from memory, or `CONFIG REWRITE` the configuration "
    "file; `plan --requests` lists them. A user that was added to the file, but not loaded yet, is erased. What "
    "others changed at run time, users and, with `CONFIG REWRITE`, any setting, becomes permanent. Redis reports "
    "neither what its files contain nor which settings were changed since the start.\n\n"
    "If the file was edited, load it first (`ACL LOAD`); compare `CONFIG GET *`. With an `aclfile`, users are saved "
    "separately from all other settings.",
    severity=Severity.WARNING,
    bad="# redis.conf\n{user: feed on +ping}",
    good="# redis.conf\n{aclfile: /etc/redis/users.acl}",
)


class SavesWriteMore(Rule):
    """Once per deployment: what is written follows from how its servers were started."""

    codes = (SAVES_WRITE_MORE,)

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Look at each deployment on which users change."""
        for cluster, deployment in deployments_with_users(context).items():
            if not _changes(context, cluster):
                continue
            acl, config = listed(deployment.acl_save), listed(deployment.config_rewrite)
            if acl:
                yield SAVES_WRITE_MORE.at(
                    f"`ACL SAVE` on {acl} also makes permanent what others changed at run time, and erases users that "
                    "are in the `aclfile` and not loaded yet; the server does not report which",
                    address=cluster,
                    help="if someone edited the file, run `ACL LOAD` on that server first",
                )
            if config:
                changed = listed(deployment.settings_changed)
                said = f"`CONFIG SET` was used on {changed} since the start" if changed else ""
                yield SAVES_WRITE_MORE.at(
                    f"`CONFIG REWRITE` on {config} also writes every other setting and user in force there, those "
                    "that others changed at run time included, and erases users that are in the file and not loaded "
                    f"yet; the server does not report which{'; ' if said else ''}{said}",
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


USERS_PERHAPS_NOT_SAVED = Code(
    "MQ425",
    "saving users failed",
    "`ACL SAVE` or `CONFIG REWRITE` failed on a server, so users changed since then are lost when it restarts. The "
    "server's statistics (`INFO commandstats`) tell how often saving worked and failed since the start, but not which "
    "came last: after a failure this warning remains until the server restarts, or until `CONFIG RESETSTAT`.\n\n"
    "Check that the server may write its file and the file's folder, then save by hand.",
    severity=Severity.WARNING,
    bad="# INFO commandstats\n{cmdstat_acl|save: 'calls=1,failed_calls=1'}",
    good="# INFO commandstats\n{cmdstat_acl|save: 'calls=1,failed_calls=0'}",
)


class UsersPerhapsNotSaved(Rule):
    """By the server's own statistics, since nobody but the server can read its files."""

    codes = (USERS_PERHAPS_NOT_SAVED,)

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Look at each deployment with users."""
        mend = "check that the server can write its file, then run `ACL SAVE` there, or `CONFIG REWRITE`"
        for cluster, deployment in deployments_with_users(context).items():
            never = listed(deployment.never_saved)
            if never:
                yield USERS_PERHAPS_NOT_SAVED.at(
                    f"saving users failed on {never}, and has not worked since the start: users changed since then "
                    "are lost when it restarts",
                    address=cluster,
                    help=f"{mend} without an `aclfile`",
                )
            perhaps = listed(deployment.perhaps_not_saved)
            if perhaps:
                yield USERS_PERHAPS_NOT_SAVED.at(
                    f"saving users failed on {perhaps}, and worked at another time: can't tell whether its file holds "
                    "the current users",
                    address=cluster,
                    help=f"{mend} without an `aclfile`; `CONFIG RESETSTAT` after that ends this warning",
                )


RULES: tuple[Rule, ...] = (UsersLostOnRestart(), UsersNotOnEveryNode(), SavesWriteMore(), UsersPerhapsNotSaved())
