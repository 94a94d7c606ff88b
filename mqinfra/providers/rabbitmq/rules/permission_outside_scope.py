"""MQ732: a permission on what others own in a shared vhost."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.rule import Context, OpinionRule
from mqinfra.providers.rabbitmq.rules.made import PERMISSIONS
from mqinfra.providers.rabbitmq.rules.scope_reach import beyond


class PermissionOutsideScope(OpinionRule):
    """The provider tells what each pattern matches among the known names; the scope tells whose those are."""

    kinds = frozenset({PERMISSIONS})
    topic = "permission_outside_scope"
    code = Code(
        "MQ732",
        "a permission outside the project's part of a vhost",
        "The project owns only some names of the vhost, and a permission reaches names of others. Whoever may change "
        "a project's manifests could so read and delete what belongs to another. Names count that nobody has seen yet, "
        "since a queue may be made tomorrow.\n\nBegin the pattern with `^` and a literal prefix that the project owns, "
        "or write out whole names; the owner of the other names can grant the permission for them, to a user of its "
        "own.",
        bad="scope: {rabbitmq: {vhosts: {/: {names: ['orders.*']}}, users: [mailer]}}\n# and in a manifest:\n"
        "rabbitmq: {vhosts: {/: {permissions: {mailer: {read: '.*'}}}}}",
        good="rabbitmq: {vhosts: {/: {permissions: {mailer: {read: '^orders\\.'}}}}}",
    )

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Look at permissions in vhosts of which the project owns a part."""
        for opinion, vhost, names in beyond(context, self.topic):
            yield context.subjects[opinion.address].at(
                self.code,
                opinion.path,
                f"{opinion.message} grants {names} in vhost `{vhost.name}`, outside the project's part of it",
                help="narrow the pattern to the names that the project owns there",
            )
