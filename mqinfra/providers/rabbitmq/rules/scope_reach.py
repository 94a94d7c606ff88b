"""What patterns reach beyond the project's part of something shared: a file of its own, since several rules ask."""

from collections.abc import Iterator

from mqinfra.model.address import Address
from mqinfra.providers.base.opinion import Opinion
from mqinfra.providers.base.rule import Context

_NAMED = 3


def beyond(context: Context, topic: str) -> Iterator[tuple[Opinion, Address, str]]:
    """Opinions on a topic that are about names which others own, where the project owns a part.

    A name that ends in `*` stands for all that begin so; it is told only where no other name shows the same.

    Yields:
        the opinion, what is shared, and the names in words.
    """
    scope = context.desired.scope
    for opinion in context.opinions.get(topic, ()):
        kind, address = context.subjects[opinion.address].kind, opinion.address
        shared = Address(address.cluster, kind.within, address.path[:1])
        if not scope.shares(kind.broker, shared):
            continue
        outside = [other.name for other in opinion.about if not scope.owns(kind.broker, other)]
        outside = [name for name in outside if not name.endswith("*")] or outside
        if outside:
            shown = ", ".join(f"`{name}`" for name in outside[:_NAMED])
            yield opinion, shared, shown + (f" and {len(outside) - _NAMED:,} more" if len(outside) > _NAMED else "")
