"""MQ316: a name that the broker would refuse."""

from collections.abc import Iterable, Iterator, Sequence

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.rule import Context, ResourceRule, Subject

REFUSED_NAME = Code(
    "MQ316",
    "the broker would reject the name",
    "Each broker has rules for names: characters, length, reserved words. A Kafka topic's name, for example, has "
    "at most 249 characters out of letters, digits, `.`, `_` and `-`.",
    bad="kafka:\n  topics:\n    orders/created: {partitions: 6}",
    good="kafka:\n  topics:\n    orders.created: {partitions: 6}",
)


class RefusedName(ResourceRule):
    """What a name may look like is the kind's knowledge: `Kind.name_problem`."""

    codes = (REFUSED_NAME,)

    def suspects(self, subjects: Sequence[Subject], _context: Context) -> Iterable[Subject]:
        """Those with whose names the kind finds something wrong."""
        return [subject for subject in subjects if subject.kind.name_problem(subject.address) is not None]

    def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
        """Ask the kind."""
        problem = subject.kind.name_problem(subject.address)
        if problem is not None:
            yield subject.at_entry(REFUSED_NAME, problem.message, help=problem.help)
