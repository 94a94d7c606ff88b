"""Who can log in: the user who carries the plan out, the user `default`, and whoever knows a name."""

from collections.abc import Iterator

from mqinfra.model.address import Address
from mqinfra.model.code import Code
from mqinfra.model.declaration import Tombstone
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.providers.base.codes import CALLER_LOCKED_OUT
from mqinfra.providers.base.rule import Context, ResourceRule, Rule, Subject
from mqinfra.providers.redis.addresses import DEFAULT
from mqinfra.providers.redis.rules.deployment import USERS, deployments
from mqinfra.providers.redis.users.spec import UserSpec


class CallerLockedOut(Rule):
    """Deleting or disabling oneself; lost commands and passwords are found by the kind, which can tell."""

    codes = (CALLER_LOCKED_OUT,)

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Compare with whom the connection is made as."""
        callers = {alias: deployment.user for alias, deployment in deployments(context).items()}
        for subject in context.by_kind.get(USERS, ()):
            caller = callers[subject.address.cluster]
            if subject.address.name == caller and not UserSpec.narrow(subject.declaration.spec).enabled:
                yield subject.at(
                    CALLER_LOCKED_OUT,
                    ("enabled",),
                    f"`{caller}` would be disabled, and mqinfra is logged in as `{caller}`",
                    help="plan as another user, or remove `enabled: false`",
                )
        for address, tombstone in context.desired.tombstones.items():
            if _is_user(context, address) and address.name == callers[address.cluster]:
                yield _deleted(address, tombstone)


def _is_user(context: Context, address: Address) -> bool:
    """Tell whether an address names a user that can be deleted."""
    return f"{context.desired.clusters.get(address.cluster)}/{address.kind}" == USERS and address.name != DEFAULT


def _deleted(address: Address, tombstone: Tombstone) -> Diagnostic:
    return CALLER_LOCKED_OUT.at(
        f"`{address.name}` would be deleted, and mqinfra is logged in as `{address.name}`",
        span=tombstone.span,
        source=tombstone.source,
        address=str(address),
        help="plan as another user, or remove the tombstone",
    )


DEFAULT_USER_DELETED = Code(
    "MQ711",
    "the default user can't be deleted",
    "Every connection begins as the user `default`, and Redis refuses to delete it. To take all its permissions, "
    "declare it disabled; check first that another user can log in.",
    bad="removed:\n  redis/users/default: {}",
    good="redis:\n  users:\n    default: {enabled: false}",
)


class DefaultUserDeleted(Rule):
    """Redis: ERR The 'default' user cannot be removed."""

    codes = (DEFAULT_USER_DELETED,)

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Look for its tombstone."""
        for address, tombstone in context.desired.tombstones.items():
            broker = context.desired.clusters.get(address.cluster)
            if f"{broker}/{address.kind}" == USERS and address.name == DEFAULT:
                yield DEFAULT_USER_DELETED.at(
                    "the user `default` can't be deleted",
                    span=tombstone.span,
                    source=tombstone.source,
                    address=str(address),
                    help="declare it with `enabled: false` instead",
                )


USER_WITHOUT_PASSWORD = Code(
    "MQ713",
    "a user without a password",
    "With `nopass`, anyone who knows the name can log in, with any password or none. Only the network protects the "
    "server then.",
    severity=Severity.WARNING,
    bad="redis:\n  users:\n    feed: {nopass: true}",
    good="redis:\n  users:\n    feed: {passwords: [{env: FEED_PASSWORD}]}",
)


class UserWithoutPassword(ResourceRule):
    """Only for a user that may log in."""

    kinds = frozenset({USERS})
    codes = (USER_WITHOUT_PASSWORD,)

    def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
        """Look at the flag."""
        user = UserSpec.narrow(subject.declaration.spec)
        if user.nopass and user.enabled:
            yield subject.at(
                USER_WITHOUT_PASSWORD,
                ("nopass",),
                f"user `{subject.address.name}` can log in with any password",
                help="give it `passwords`, and remove `nopass`",
            )


RULES: tuple[Rule, ...] = (CallerLockedOut(), DefaultUserDeleted(), UserWithoutPassword())
