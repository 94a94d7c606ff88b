"""MQ513: a part of something is owned that is not there, and that the project may not make."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.rule import Context, ResourceRule, Subject


class VhostMissing(ResourceRule):
    """An entry without fields of its own only holds what lies in it, and declares nothing where a part is owned."""

    code = Code(
        "MQ513",
        "a shared vhost is not there",
        "The project owns a part of the vhost: some names in it, and not the vhost itself. So it can't make it, and "
        "the vhost does not exist on the cluster.\n\nHave whoever owns the vhost make it, or correct its name. If it "
        "is this project's as a whole, say so under `scope:`.",
        bad="scope: {rabbitmq: {vhosts: {/shopp: {names: ['orders.*']}}}}\n# and in a manifest:\n"
        "rabbitmq: {vhosts: {/shopp: {queues: {orders.created: {}}}}}",
        good="scope: {rabbitmq: {vhosts: {/shop: {names: ['orders.*']}}}}",
    )

    def look_at(self, subject: Subject, context: Context) -> Iterator[Diagnostic]:
        """Look for bare entries of which nothing is live."""
        if subject.reading is None or subject.live is not None or subject.address in subject.reading.denied:
            return
        if holds_a_part(subject, context):
            title, name = subject.kind.title, subject.address.name
            yield subject.at_entry(
                self.code,
                f"{title} `{name}` is not there, and it is not this project's to make",
                help=f"have its owner make it, or correct the name; a {title} that is the project's as a whole has no "
                "`names` under `scope:`",
            )


def holds_a_part(subject: Subject, context: Context) -> bool:
    """Tell whether an entry says nothing of a thing of which the project owns a part, but what lies in it."""
    shares = context.desired.scope.shares(subject.kind.broker, subject.address)
    return shares and all(value is None for value in subject.fields.values())
