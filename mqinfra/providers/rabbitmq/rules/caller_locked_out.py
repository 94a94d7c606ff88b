"""A plan that would lock out the user who carries it out."""

from collections.abc import Iterator

from mqinfra.model.address import Address
from mqinfra.model.declaration import Tombstone
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.codes import CALLER_LOCKED_OUT
from mqinfra.providers.base.rule import Context, Rule, Subject
from mqinfra.providers.rabbitmq.rules.kind_names import PERMISSIONS, USERS

_RIGHTS = ("configure", "write", "read")


class CallerLockedOut(Rule):
    """Deleting oneself or one's permissions; lost tags and passwords are found by the kind, which can tell."""

    codes = (CALLER_LOCKED_OUT,)

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Compare with whom the connection is made as."""
        for subject in context.by_kind.get(PERMISSIONS, ()):
            if subject.address.name == _caller(context, subject.address):
                yield from _taken(subject)
        for address, tombstone in context.desired.tombstones.items():
            if address.path and address.name == _caller(context, address):
                yield from _deleted(context, address, tombstone)


def _taken(subject: Subject) -> Iterator[Diagnostic]:
    """Look for a permission that is emptied."""
    for name in _RIGHTS:
        if subject.live is not None and subject.live.value((name,)) and not subject.fields.get((name,)):
            vhost, caller = subject.address.path
            yield subject.at(
                CALLER_LOCKED_OUT,
                (name,),
                f"`{caller}` could no longer {name} anything in vhost `{vhost}`, and mqinfra is logged in as "
                f"`{caller}`",
                help="plan as another user, or keep the permission",
            )


def _deleted(context: Context, address: Address, tombstone: Tombstone) -> Iterator[Diagnostic]:
    kind = f"{context.desired.clusters.get(address.cluster)}/{address.kind}"
    if kind == USERS:
        lost = f"`{address.name}` would be deleted"
    elif kind == PERMISSIONS and not _goes_too(context, address):
        lost = f"`{address.name}` could do nothing more in vhost `{address.path[0]}`"
    else:
        return
    yield CALLER_LOCKED_OUT.at(
        f"{lost}, and mqinfra is logged in as `{address.name}`",
        span=tombstone.span,
        source=tombstone.source,
        address=str(address),
        help="plan as another user, or remove the tombstone",
    )


def _caller(context: Context, address: Address) -> str:
    reading = context.readings.get(address.cluster)
    return reading.facts.traits.get("user", "") if reading is not None else ""


def _goes_too(context: Context, permission: Address) -> bool:
    """Tell whether the vhost of a permission is deleted as well, so that nobody needs the permission."""
    return Address(permission.cluster, "vhosts", permission.path[:1]) in context.desired.tombstones


RULES: tuple[Rule, ...] = (CallerLockedOut(),)
