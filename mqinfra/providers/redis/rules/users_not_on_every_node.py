"""MQ413: servers whose users nobody can see or change, now or for good."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.providers.base.rule import Context, Rule
from mqinfra.providers.redis.rules.deployment import USERS, clusters_with_users, servers, trait


class UsersNotOnEveryNode(Rule):
    """A Cluster and Sentinels know their dead; without them, the block of the cluster names who has to be there."""

    kinds = frozenset({USERS})
    code = Code(
        "MQ413",
        "users can't be brought to every node",
        "Each server keeps ACL users for itself, and one that the deployment knows is missing: a node of a Cluster, a "
        "replica that a Sentinel or `INFO` knows, or one that `nodes` names. When it comes back it has the users of "
        "before: those that were deleted can log in there, and new ones can't.\n\nWhat the others hold for dead is "
        "left out: plan again when it is up, and the plan says what differs on it. A Sentinel never forgets a "
        "replica; `SENTINEL RESET NAME`, on each Sentinel, makes it forget one that is gone for good. While a server "
        "is only out of reach, no user is planned.",
        severity=Severity.WARNING,
        bad="# CLUSTER NODES\n{redis-4:6379: fail}",
        good="# CLUSTER NODES\n{redis-4:6379: connected}",
    )

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Look at each deployment with declared users, or tombstones of some."""
        for cluster in clusters_with_users(context):
            yield from self._down(context, cluster)
            missing = servers(context, cluster, "unreached")
            if missing:
                yield self.code.at(
                    f"{missing} can't be reached: no user is compared or changed on any server without it",
                    address=cluster,
                    help="start it, or let this machine reach it; if it is gone, take it out of `nodes`",
                )
            sentinel = trait(context, cluster, "replicas-unknown")
            if sentinel:
                yield self.code.at(
                    f"sentinel `{sentinel}` does not tell its replicas: users on one that is down are not missed",
                    address=cluster,
                    help="an administrator can grant it at the Sentinel: `ACL SETUSER NAME +sentinel|replicas`",
                )

    def _down(self, context: Context, cluster: str) -> Iterator[Diagnostic]:
        down = servers(context, cluster, "down")
        for_long = servers(context, cluster, "down-for-long")
        service = trait(context, cluster, "sentinel-service")
        if not down:
            return
        advice = ["plan again when it is up"]
        if for_long:
            advice.append(
                f"a Sentinel has held {for_long} for down over an hour; if it is gone for good: "
                f"`SENTINEL RESET {service}` on each Sentinel"
            )
        elif not service:
            advice = ["plan again when it is up, or remove it from the Cluster: `CLUSTER FORGET`"]
        yield self.code.at(
            f"{down} is down: its users are neither compared nor changed", address=cluster, help=tuple(advice)
        )
