"""MQ732: a permission on what others own in a shared vhost."""

from collections.abc import Iterator

from mqinfra.checks.rabbitmq import PERMISSIONS
from mqinfra.checks.rule import Context, OpinionRule
from mqinfra.model.address import Address
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic

_NAMED = 3


class PermissionOutsideScope(OpinionRule):
    """The provider tells what each pattern matches among the known names; the scope tells whose those are."""

    kinds = frozenset({PERMISSIONS})
    topic = "permission_outside_scope"
    code = Code(
        "MQ732",
        "a permission outside the project's part of a vhost",
        "The project owns only some names of the vhost, and a permission reaches names of others. Whoever may change "
        "a project's manifests could so read and delete what belongs to another.\n\nOnly names that are declared or "
        "were seen on the server are looked at. Narrow the pattern; the owner of the other names can grant the "
        "permission for them, to a user of its own.",
        bad="scope: {rabbitmq: {vhosts: {/: {names: ['orders.*']}}, users: [mailer]}}\n# and in a manifest:\n"
        "rabbitmq: {vhosts: {/: {permissions: {mailer: {read: '.*'}}}}}",
        good="rabbitmq: {vhosts: {/: {permissions: {mailer: {read: '^orders\\.'}}}}}",
    )

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Look at permissions in vhosts of which the project owns a part."""
        scope = context.desired.scope
        for opinion in context.opinions.get(self.topic, ()):
            subject = context.subjects[opinion.address]
            broker, address = subject.kind.broker, opinion.address
            vhost = Address(address.cluster, subject.kind.within, address.path[:1])
            if not scope.shares(broker, vhost):
                continue
            outside = [other.name for other in opinion.about if not scope.owns(broker, other)]
            if outside:
                shown = ", ".join(f"`{name}`" for name in outside[:_NAMED])
                more = f" and {len(outside) - _NAMED:,} more" if len(outside) > _NAMED else ""
                yield subject.at(
                    self.code,
                    opinion.path,
                    f"{opinion.message} grants {shown}{more} in vhost `{vhost.name}`, outside the project's part of it",
                    help="narrow the pattern to the names that the project owns there",
                )
