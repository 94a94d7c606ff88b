"""MQ603: names that only differ in upper and lower case, or in how Unicode writes the same letters."""

import unicodedata
from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.providers.base.rule import Context, Rule, Subject

NAMES_DIFFER_IN_CASE = Code(
    "MQ603",
    "names look alike",
    "Two resources of one kind on one cluster have names that differ only in case, or in how Unicode writes the "
    "same letters: `é` may be one character or two. The broker treats them as two resources; people take them for "
    "one, and send to the wrong one.\n\n"
    "Rename one, or remove the one that is a mistake.",
    severity=Severity.WARNING,
    bad="kafka:\n  topics:\n    orders.created: {partitions: 6}\n    Orders.created: {partitions: 6}",
    good="kafka:\n  topics:\n    orders.created: {partitions: 6}",
)


class NamesDifferInCase(Rule):
    """Brokers tell them apart; people, file systems and dashboards don't."""

    codes = (NAMES_DIFFER_IN_CASE,)

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Compare the names of each kind without their case and in one form of Unicode."""
        for subjects in context.by_kind.values():
            first: dict[tuple[str, str], Subject] = {}
            for subject in subjects:
                other = first.setdefault((subject.address.cluster, _alike(subject.address.text)), subject)
                if other is not subject:
                    by_case = subject.address.text.lower() == other.address.text.lower()
                    how = (
                        "differ only in upper and lower case"
                        if by_case
                        else "look alike, but are different names to the broker"
                    )
                    yield subject.at_entry(
                        NAMES_DIFFER_IN_CASE,
                        f"`{subject.address.name}` and `{other.address.name}` {how}",
                        related=other.related(f"`{other.address.name}` is declared here"),
                        help="rename one, or remove the one that is a mistake",
                    )


def _alike(text: str) -> str:
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()
