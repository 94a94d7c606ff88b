"""MQ710: a plan that would lock out the user who carries it out."""

from collections.abc import Iterator

from mqinfra.checks import rabbitmq, redis
from mqinfra.checks.rule import Context, Rule, Subject
from mqinfra.model.address import Address
from mqinfra.model.code import Code
from mqinfra.model.declaration import Tombstone
from mqinfra.model.diagnostic import Diagnostic

_RIGHTS = ("configure", "write", "read")


class CallerLockedOut(Rule):
    """Deleting or disabling oneself; lost commands, tags and passwords are found by the provider, which can tell."""

    kinds = frozenset({redis.USERS, rabbitmq.USERS, rabbitmq.PERMISSIONS})
    code = Code(
        "MQ710",
        "the plan would lock out its own user",
        "The connection is made as a user that the plan deletes or disables, or whose permissions in a vhost it takes "
        "away. The server would refuse its calls in the middle, and nobody could finish or take it back.\n\nPlan as "
        "another user, or keep this one.",
        bad="redis:\n  users:\n    deployer: {enabled: false}        # and the plan runs as deployer",
        good="redis:\n  users:\n    deployer: {enabled: true}",
    )

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Compare with whom the connection is made as."""
        for subject in context.by_kind.get(redis.USERS, ()):
            caller = _caller(context, subject.address)
            if subject.address.name == caller and subject.fields.get(("enabled",)) is False:
                yield subject.at(
                    self.code,
                    ("enabled",),
                    f"`{caller}` would be disabled, and the plan is carried out as `{caller}`",
                    help="plan as another user, or remove `enabled: false`",
                )
        for subject in context.by_kind.get(rabbitmq.PERMISSIONS, ()):
            if subject.address.name == _caller(context, subject.address):
                yield from self._taken(subject)
        for address, tombstone in context.desired.tombstones.items():
            if address.path and address.name == _caller(context, address):
                yield from self._entombed(context, address, tombstone)

    def _taken(self, subject: Subject) -> Iterator[Diagnostic]:
        """Look for a permission that is emptied."""
        for name in _RIGHTS:
            if subject.live is not None and subject.live.value((name,)) and not subject.fields.get((name,)):
                vhost, caller = subject.address.path
                yield subject.at(
                    self.code,
                    (name,),
                    f"`{caller}` could no longer {name} anything in vhost `{vhost}`, and the plan is carried out as "
                    f"`{caller}`",
                    help="plan as another user, or keep the permission",
                )

    def _entombed(self, context: Context, address: Address, tombstone: Tombstone) -> Iterator[Diagnostic]:
        kind = f"{context.desired.clusters.get(address.cluster)}/{address.kind}"
        if kind in (redis.USERS, rabbitmq.USERS) and not (kind == redis.USERS and address.name == "default"):
            lost = f"`{address.name}` would be deleted"
        elif kind == rabbitmq.PERMISSIONS and not _goes_too(context, address):
            lost = f"`{address.name}` could do nothing more in vhost `{address.path[0]}`"
        else:
            return
        yield self.code.at(
            f"{lost}, and the plan is carried out as `{address.name}`",
            span=tombstone.span,
            source=tombstone.source,
            address=str(address),
            help="plan as another user, or remove the tombstone",
        )


def _caller(context: Context, address: Address) -> str:
    return redis.trait(context, address.cluster, "user")


def _goes_too(context: Context, permission: Address) -> bool:
    """Tell whether the vhost of a permission is deleted as well, so that nobody needs the permission."""
    return Address(permission.cluster, "vhosts", permission.path[:1]) in context.desired.tombstones
