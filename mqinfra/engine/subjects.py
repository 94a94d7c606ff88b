"""What the rules look at: declared resources with their kinds, before and without any cluster."""

from datetime import UTC, date, datetime
from typing import Any

from mqinfra.checks.rulebook import RULES, run
from mqinfra.model.address import Address
from mqinfra.model.declaration import Desired
from mqinfra.model.diagnostic import Diagnostic, in_order
from mqinfra.providers.base.catalogue import Catalogue
from mqinfra.providers.base.kind import Kind
from mqinfra.providers.base.rule import Context, Rule, Subject


def subjects_of(desired: Desired, catalogue: Catalogue) -> dict[Address, Subject]:
    """What the rules look at: every declared resource of a known kind, its fields computed once."""
    subjects: dict[Address, Subject] = {}
    kinds: dict[tuple[str, str], Kind[Any] | None] = {}
    names = desired.names
    for address, declaration in desired.declarations.items():
        at = address.cluster, address.kind
        if at not in kinds:
            kinds[at] = catalogue.kind(desired.clusters.get(address.cluster, ""), address.kind)
        kind = kinds[at]
        if kind is not None:
            declared = names.declared(address) if names else None
            subjects[address] = Subject(address, kind, declaration, declaration.spec.fields(), declared=declared)
    return subjects


def rules_for(desired: Desired, catalogue: Catalogue) -> tuple[Rule, ...]:
    """The rules to run: those that know no broker, and those of the brokers that the environment has."""
    return (*RULES, *catalogue.of(desired.clusters.values()).rules)


def check_offline(desired: Desired, catalogue: Catalogue, today: date | None = None) -> list[Diagnostic]:
    """Run the rules without any cluster, for `validate`.

    Args:
        desired: what is declared.
        catalogue: known brokers and kinds.
        today: the day by which lines with an end count; the UTC date unless given.
    """
    context = Context(desired, subjects_of(desired, catalogue), today=today or datetime.now(UTC).date())
    return in_order(run(context, rules_for(desired, catalogue)))
