"""MQ711: a tombstone for the user that no server lets go."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.rule import Context, Rule
from mqinfra.providers.redis.rules.deployment import USERS


class DefaultUserDeleted(Rule):
    """Redis: ERR The 'default' user cannot be removed."""

    kinds = frozenset({USERS})
    code = Code(
        "MQ711",
        "the default user can't be deleted",
        "Every connection begins as the user `default`, and Redis refuses to delete it. To keep it from doing "
        "anything, declare it disabled; see first that somebody else can log in.",
        bad="removed:\n  redis/users/default: {}",
        good="redis:\n  users:\n    default: {enabled: false}",
    )

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Look for its tombstone."""
        for address, tombstone in context.desired.tombstones.items():
            broker = context.desired.clusters.get(address.cluster)
            if f"{broker}/{address.kind}" == USERS and address.name == "default":
                yield self.code.at(
                    "the user `default` can't be deleted",
                    span=tombstone.span,
                    source=tombstone.source,
                    address=str(address),
                    help="declare it with `enabled: false` instead",
                )
