"""MQ602: a manifest declares what belongs to the broker."""

from collections.abc import Iterable, Iterator, Sequence

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.rule import Context, ResourceRule, Subject

INTERNAL_RESOURCE = Code(
    "MQ602",
    "the name is reserved by the broker",
    "Brokers and their tools keep their own state in resources such as `__consumer_offsets` or `amq.topic`. They "
    "create these themselves and break when someone else changes them, so mqinfra neither declares nor deletes "
    "them.\n\n"
    "Remove the entry, or choose another name.",
    bad="kafka:\n  topics:\n    __consumer_offsets: {partitions: 50}",
    good="kafka:\n  topics:\n    orders.offsets: {partitions: 50}",
)


class InternalResource(ResourceRule):
    """What belongs to the broker is the kind's knowledge: `Kind.internal`."""

    codes = (INTERNAL_RESOURCE,)

    def suspects(self, subjects: Sequence[Subject], _context: Context) -> Iterable[Subject]:
        """Those of which the kind says so."""
        return [subject for subject in subjects if subject.kind.internal(subject.address) is not None]

    def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
        """Ask the kind."""
        reason = subject.kind.internal(subject.address)
        if reason is not None:
            yield subject.at_entry(
                INTERNAL_RESOURCE,
                f"`{subject.address.name}` can't be declared: {reason}",
                help="remove the entry, or choose another name",
            )
