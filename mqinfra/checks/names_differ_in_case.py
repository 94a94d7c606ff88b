"""MQ603: names that only differ in upper and lower case."""

from collections.abc import Iterator

from mqinfra.checks.rule import Context, Rule, Subject
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity


class NamesDifferInCase(Rule):
    """Brokers tell them apart; people, file systems and dashboards don't."""

    code = Code(
        "MQ603",
        "names differ only in upper and lower case",
        "Two resources of one kind on one cluster have names that differ only in case. For the broker these are two "
        "things; people take them for one, and send to the wrong one.\n\nRename one, or remove the one that is a slip.",
        severity=Severity.WARNING,
        bad="kafka:\n  topics:\n    orders.created: {partitions: 6}\n    Orders.created: {partitions: 6}",
        good="kafka:\n  topics:\n    orders.created: {partitions: 6}",
    )

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Compare the names of each kind without their case."""
        for subjects in context.by_kind.values():
            first: dict[tuple[str, str], Subject] = {}
            for subject in subjects:
                other = first.setdefault((subject.address.cluster, subject.address.text.lower()), subject)
                if other is not subject:
                    yield subject.at_entry(
                        self.code,
                        f"`{subject.address.name}` and `{other.address.name}` differ only in upper and lower case",
                        related=other.related(f"`{other.address.name}` is declared here"),
                        help="rename one, or remove the one that is a slip",
                    )
