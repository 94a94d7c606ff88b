"""MQ425: servers on which saving users failed."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.providers.base.rule import Context, Rule
from mqinfra.providers.redis.rules.deployment import USERS, clusters_with_users, servers


class UsersPerhapsNotSaved(Rule):
    """By the server's own statistics, since nobody but the server can read its files."""

    kinds = frozenset({USERS})
    code = Code(
        "MQ425",
        "saving users failed",
        "`ACL SAVE` or `CONFIG REWRITE` failed on a server, so that users who were changed since then are lost when "
        "it restarts. The server's statistics (`INFO commandstats`) tell how often saving worked and how often it "
        "failed since it started, and not which came last: after a failure this is said until it restarts, or until "
        "`CONFIG RESETSTAT`.\n\nSee that the server may write its file and the folder that the file is in, then save "
        "by hand.",
        severity=Severity.WARNING,
        bad="# INFO commandstats\n{cmdstat_acl|save: 'calls=1,failed_calls=1'}",
        good="# INFO commandstats\n{cmdstat_acl|save: 'calls=1,failed_calls=0'}",
    )

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Look at each deployment with users."""
        mend = "see that the server can write its file, then run `ACL SAVE` there, or `CONFIG REWRITE`"
        for cluster in clusters_with_users(context):
            never = servers(context, cluster, "never-saved")
            if never:
                yield self.code.at(
                    f"saving users failed on {never}, and has not worked since the start: users who were changed "
                    "since then are lost when it restarts",
                    address=cluster,
                    help=f"{mend} without an `aclfile`",
                )
            perhaps = servers(context, cluster, "perhaps-not-saved")
            if perhaps:
                yield self.code.at(
                    f"saving users failed on {perhaps}, and worked at another time: whether its file holds the "
                    "present users can't be told",
                    address=cluster,
                    help=f"{mend} without an `aclfile`; `CONFIG RESETSTAT` after that ends this warning",
                )
