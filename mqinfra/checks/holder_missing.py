"""MQ513: a part of something is owned that is not there, and that the project may not make."""

from collections.abc import Iterable, Iterator, Sequence

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.rule import Context, ResourceRule, Subject

HOLDER_MISSING = Code(
    "MQ513",
    "a shared resource does not exist",
    "The project owns some names in a resource that holds others, and not that resource itself, so it can't create "
    "it; and the resource does not exist on the cluster.\n\n"
    "Ask its owner to create it, or correct its name. If this project owns all of it, say so under `scope:`.",
    bad="scope: {rabbitmq: {vhosts: {/shopp: {names: ['orders.*']}}}}\n# and in a manifest:\n"
    "rabbitmq: {vhosts: {/shopp: {queues: {orders.created: {}}}}}",
    good="scope: {rabbitmq: {vhosts: {/shop: {names: ['orders.*']}}}}",
)


class HolderMissing(ResourceRule):
    """An entry without fields of its own only holds what lies in it, and declares nothing where a part is owned."""

    codes = (HOLDER_MISSING,)

    def suspects(self, subjects: Sequence[Subject], context: Context) -> Iterable[Subject]:
        """None where no part of anything is owned."""
        return subjects if context.desired.scope.parts else ()

    def look_at(self, subject: Subject, context: Context) -> Iterator[Diagnostic]:
        """Look for bare entries of which nothing is live."""
        if subject.reading is None or subject.live is not None or subject.address in subject.reading.denied:
            return
        if holds_a_part(subject, context):
            title, name = subject.kind.title, subject.address.name
            yield subject.at_entry(
                HOLDER_MISSING,
                f"{title} `{name}` does not exist, and this project may not create it",
                help=f"ask its owner to create it, or correct the name; to own the whole {title}, leave out `names` "
                "under `scope:`",
            )


def holds_a_part(subject: Subject, context: Context) -> bool:
    """Tell whether an entry says nothing of a thing of which the project owns a part, but what lies in it."""
    shares = context.desired.scope.shares(subject.kind.broker, subject.address)
    return shares and all(value is None for value in subject.fields.values())
