"""MQ710: a plan that would lock out the user who carries it out."""

from collections.abc import Iterator

from mqinfra.model.address import Address
from mqinfra.model.declaration import Tombstone
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.codes import CALLER_LOCKED_OUT
from mqinfra.providers.base.rule import Context, Rule
from mqinfra.providers.redis.rules.deployment import USERS, trait


class CallerLockedOut(Rule):
    """Deleting or disabling oneself; lost commands and passwords are found by the kind, which can tell."""

    kinds = frozenset({USERS})
    code = CALLER_LOCKED_OUT

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Compare with whom the connection is made as."""
        for subject in context.by_kind.get(USERS, ()):
            caller = trait(context, subject.address.cluster, "user")
            if subject.address.name == caller and subject.fields.get(("enabled",)) is False:
                yield subject.at(
                    self.code,
                    ("enabled",),
                    f"`{caller}` would be disabled, and the plan is carried out as `{caller}`",
                    help="plan as another user, or remove `enabled: false`",
                )
        for address, tombstone in context.desired.tombstones.items():
            if _is_user(context, address) and address.name == trait(context, address.cluster, "user"):
                yield _deleted(address, tombstone)


def _is_user(context: Context, address: Address) -> bool:
    """Tell whether an address names a user that can be deleted."""
    return f"{context.desired.clusters.get(address.cluster)}/{address.kind}" == USERS and address.name != "default"


def _deleted(address: Address, tombstone: Tombstone) -> Diagnostic:
    return CALLER_LOCKED_OUT.at(
        f"`{address.name}` would be deleted, and the plan is carried out as `{address.name}`",
        span=tombstone.span,
        source=tombstone.source,
        address=str(address),
        help="plan as another user, or remove the tombstone",
    )
