"""MQ501: something that should exist and should be deleted at once."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Related
from mqinfra.providers.base.rule import Context, Rule

DECLARED_AND_REMOVED = Code(
    "MQ501",
    "both declared and removed",
    "A manifest declares the resource, and `removed:` names it for deletion. Only one can be intended, so nothing "
    "is done.\n\n"
    "Delete the entry to have the resource deleted; delete the line under `removed:` to keep it.",
    bad="kafka:\n  topics:\n    orders: {partitions: 6}\nremoved:\n  kafka/topics/orders: {}",
    good="removed:\n  kafka/topics/orders: {reason: replaced by orders.v2}",
)


class DeclaredAndRemoved(Rule):
    """The tombstone is where to look first: it is the newer line, most often."""

    codes = (DECLARED_AND_REMOVED,)

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Look for tombstones of declared resources."""
        for address, tombstone in context.desired.tombstones.items():
            declaration = context.desired.declarations.get(address)
            if declaration is None:
                continue
            origin = declaration.origins[0]
            label = "declared here" if origin.by is None else f"declared here, by {origin.by}"
            yield DECLARED_AND_REMOVED.at(
                f"`{address}` is both declared and removed",
                span=tombstone.span,
                source=tombstone.source,
                label="removed here",
                address=str(address),
                related=(Related(span=origin.span, label=label, source=declaration.positions.line(origin.span)),),
                help="delete the entry to have it deleted, or the line under `removed:` to keep it",
            )
