"""What a project, or the organisation above it, wants of every resource: rules without code.

An organisation's rules come from a file outside a pull request's reach, and nothing of the project takes them back.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from types import MappingProxyType

from pydantic import JsonValue

from mqinfra.model.diagnostic import Severity
from mqinfra.model.frozen import dataclass
from mqinfra.model.selector import Selector
from mqinfra.model.span import Path, Span

OFF = "off"
"""What the project says of a check whose warnings it does not want."""

WEIGHT = {OFF: 0, Severity.INFO: 1, Severity.WARNING: 2, Severity.ERROR: 3}
"""How much each severity weighs."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a number may be.

    Attributes:
        least: smallest value, in the unit that the broker counts in; None for no floor.
        most: largest value; None for no limit.
        texts: both as they were written.
    """

    least: float | None
    most: float | None
    texts: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """One rule.

    Attributes:
        name: its name.
        span: where it is written.
        where: what it is for; None for everything.
        environments: environments that it is for; empty for all.
        severity: how much a violation weighs.
        message: why, and what to do, in the words of whoever wrote it.
        names: pattern that the whole name must match, in RE2's syntax; empty for any name.
        labels: labels that must be there, and their accepted values; none for any value.
        required: fields that a manifest must give a value.
        forbidden: fields that no manifest may give a value.
        accepted: accepted values by field.
        bounds: what numbers may be, by field.
        organisation: it comes from the organisation's file.
        suppressible: a manifest may suppress it.
    """

    name: str
    span: Span
    where: Selector | None = None
    environments: frozenset[str] = frozenset()
    severity: Severity = Severity.ERROR
    message: str = ""
    names: str = ""
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    required: tuple[Path, ...] = ()
    forbidden: tuple[Path, ...] = ()
    accepted: Mapping[Path, tuple[JsonValue, ...]] = field(default_factory=lambda: MappingProxyType({}))
    bounds: Mapping[Path, Bounds] = field(default_factory=lambda: MappingProxyType({}))
    organisation: bool = False
    suppressible: bool = True


@dataclass(frozen=True, slots=True)
class Suppression:
    """A reviewed line that takes findings about some resources for known, until a day.

    Attributes:
        span: its place.
        source: text of the line.
        where: which resources.
        checks: codes, and names of rules.
        until: the last day on which it counts, by the runner's UTC date.
        reason: why.
    """

    span: Span
    source: str | None
    where: Selector
    checks: frozenset[str]
    until: date
    reason: str


@dataclass(frozen=True, slots=True)
class Policy:
    """What holds in one environment.

    Attributes:
        rules: the rules, the organisation's first.
        severities: how much findings of a code weigh, as the project says it: a Severity or `OFF`.
        floors: how much findings of a code weigh at least, as the organisation says it.
        suppressions: lines of the manifests.
        places: where each code stands of which it is said how much findings weigh.
    """

    rules: tuple[PolicyRule, ...] = ()
    severities: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    floors: Mapping[str, Severity] = field(default_factory=lambda: MappingProxyType({}))
    suppressions: tuple[Suppression, ...] = ()
    places: Mapping[str, Span] = field(default_factory=lambda: MappingProxyType({}))

    def __bool__(self) -> bool:
        """Whether it says anything."""
        return bool(self.rules or self.severities or self.floors or self.suppressions)
