"""MQ413: a server that is down, and whose users nobody can see or change."""

from collections.abc import Iterator

from mqinfra.checks.redis import USERS, trait
from mqinfra.checks.rule import Context, Rule
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity


class UsersNotOnEveryNode(Rule):
    """A Cluster knows its dead; replicas without Cluster vanish from their master's list."""

    kinds = frozenset({USERS})
    code = Code(
        "MQ413",
        "users can't be brought to every node",
        "Each server keeps ACL users for itself, and one of the Cluster is down. When it comes back it has the users "
        "of before: those that were deleted can log in there, and new ones can't.\n\nPlan again when it is up; the "
        "plan then says what differs on it.",
        severity=Severity.WARNING,
        bad="# CLUSTER NODES\n{redis-4:6379: fail}",
        good="# CLUSTER NODES\n{redis-4:6379: connected}",
    )

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Look at each deployment with declared users."""
        for cluster in dict.fromkeys(subject.address.cluster for subject in context.by_kind.get(USERS, ())):
            nodes = trait(context, cluster, "down")
            if nodes:
                where = ", ".join(f"`{node}`" for node in nodes.split(","))
                yield self.code.at(
                    f"{where} is down: its users are neither compared nor changed",
                    address=cluster,
                    help="plan again when it is up, or remove it from the Cluster: `CLUSTER FORGET`",
                )
