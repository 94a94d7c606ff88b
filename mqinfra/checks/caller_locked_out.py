"""MQ710: a plan that would lock out the user who carries it out."""

from collections.abc import Iterator

from mqinfra.checks.redis import USERS, trait
from mqinfra.checks.rule import Context, Rule
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic


class CallerLockedOut(Rule):
    """Deleting or disabling oneself; lost commands and passwords are found by the provider, which can tell."""

    kinds = frozenset({USERS})
    code = Code(
        "MQ710",
        "the plan would lock out its own user",
        "The connection is made as a user that the plan deletes or disables. The server would end the connection in "
        "the middle, and nobody could finish or take it back.\n\nPlan as another user, or keep this one.",
        bad="redis:\n  users:\n    deployer: {enabled: false}        # and the plan runs as deployer",
        good="redis:\n  users:\n    deployer: {enabled: true}",
    )

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
            if f"{context.desired.clusters.get(address.cluster)}/{address.kind}" != USERS:
                continue
            if address.name == trait(context, address.cluster, "user") != "default":
                yield self.code.at(
                    f"`{address.name}` would be deleted, and the plan is carried out as `{address.name}`",
                    span=tombstone.span,
                    source=tombstone.source,
                    address=str(address),
                    help="plan as another user, or remove the tombstone",
                )
