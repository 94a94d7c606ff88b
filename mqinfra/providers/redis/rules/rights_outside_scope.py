"""MQ724: a Redis user whose rights reach beyond what the project owns."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.rule import Context, OpinionRule
from mqinfra.providers.redis.rules.deployment import USERS


class RightsOutsideScope(OpinionRule):
    """The provider tells what each pattern reaches, as a name or a prefix and `*`; the scope tells whose that is."""

    kinds = frozenset({USERS})
    topic = "rights_outside_scope"
    code = Code(
        "MQ724",
        "a user's rights reach beyond the project's scope",
        "The project owns some keys of a server, and a user that it declares, or that `access` makes, reaches others: "
        "by a pattern of keys or channels, by a stream that it consumes or publishes to, or by commands that act on "
        "the whole server, such as ACL, CONFIG and FLUSHALL. Whoever may change the project's manifests could so read "
        "and delete what belongs to another.\n\nA pattern has to begin with a name or prefix under `keys` of the "
        "scope; those count for channels too. Narrow it, or leave the user to whoever owns the whole server "
        "(`wholeCluster: true`).",
        bad="scope: {redis: {keys: ['shop:*'], users: ['shop-*']}}\n# and in a manifest:\n"
        "redis: {users: {shop-feed: {commands: [+@read], keys: ['~*']}}}",
        good="scope: {redis: {keys: ['shop:*'], users: ['shop-*']}}\n# and in a manifest:\n"
        "redis: {users: {shop-feed: {commands: [+@read], keys: ['~shop:*']}}}",
    )

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Look at what every declared user reaches."""
        scope = context.desired.scope
        for opinion in context.opinions.get(self.topic, ()):
            subject = context.subjects[opinion.address]
            broker = subject.kind.broker
            if broker in scope.whole:
                continue
            message, advice = f"{opinion.message}, outside the project's scope", opinion.help
            if opinion.about:
                if all(scope.owns(broker, reached) for reached in opinion.about):
                    continue
                message = f"{opinion.message} reaches beyond the project's scope"
                owned = ", ".join(f"`{pattern}`" for pattern in scope.of(broker, opinion.about[0].kind))
                advice = (f"start the pattern with what the project owns: {owned or 'no keys yet'}",)
            yield subject.at(self.code, opinion.path, message, help=advice)
