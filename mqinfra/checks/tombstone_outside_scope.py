"""MQ601: a project deletes what it does not own."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.rule import Context, Rule

TOMBSTONE_OUTSIDE_SCOPE = Code(
    "MQ601",
    "removed outside the project's scope",
    "`removed:` names a resource that `scope` in mqinfra.yaml does not cover. A project deletes only what it may "
    "own.\n\nCorrect the name, or let the project that owns the resource remove it.",
    bad="scope: {kafka: {topics: ['orders.*']}}\n# and in a manifest:\nremoved: {kafka/topics/billing.sent: {}}",
    good="removed: {kafka/topics/orders.legacy: {}}",
)


class TombstoneOutsideScope(Rule):
    """Design §6: a tombstone deletes only in scope; found offline too."""

    codes = (TOMBSTONE_OUTSIDE_SCOPE,)

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Look at every tombstone."""
        desired = context.desired
        for address, tombstone in desired.tombstones.items():
            broker = desired.clusters.get(address.cluster)
            if broker is None or desired.scope.owns(broker, address):
                continue
            patterns = ", ".join(f"`{pattern}`" for pattern in desired.scope.of(broker, address.kind))
            part = (
                f"the project owns names in `{address.path[0]}` only" if desired.scope.shares(broker, address) else ""
            )
            yield TOMBSTONE_OUTSIDE_SCOPE.at(
                f"`{address}` is outside what the project may own of `{broker}/{address.kind}`",
                span=tombstone.span,
                source=tombstone.source,
                address=str(address),
                help=part
                or (
                    f"the project's scope is {patterns}" if patterns else "the project's scope has nothing of the kind"
                ),
            )
