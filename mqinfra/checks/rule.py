"""What a rule sees and what it returns. Rules read specs by path, so that they need to import no provider."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.code import Code
from mqinfra.model.declaration import Declaration, Desired
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.model.reading import Live, Reading
from mqinfra.model.span import Path
from mqinfra.providers.base.kind import Kind


@dataclass(frozen=True)
class Subject:
    """One declared resource under examination.

    Attributes:
        address: the resource.
        kind: its kind.
        declaration: what was declared.
        fields: its declared fields by path, computed once for all rules.
        live: what is there; None when it is absent or unknown.
        change: what the plan does with it; None when nothing.
        reading: the reading of its cluster; None offline and when the cluster could not be read.
    """

    address: Address
    kind: Kind[Any]
    declaration: Declaration
    fields: Mapping[Path, JsonValue]
    live: Live | None = None
    change: Change | None = None
    reading: Reading | None = None

    def value(self, *path: str) -> JsonValue:
        """The value in force after an apply: the declared one, else what the live resource has; None if unknown."""
        declared = self.fields.get(path)
        if declared is not None:
            return declared
        if self.live is None:
            return None
        return self.live.inherited.get(path) if path in self.fields else self.live.value(path)

    def number(self, *path: str) -> float | None:
        """The value in force as a number; None when it is unknown or none."""
        value = self.value(*path)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return value
        try:
            return float(str(value))
        except ValueError:
            return None

    def at(self, code: Code, path: Path, message: str, **rest: Any) -> Diagnostic:  # noqa: ANN401 - see Code.at
        """Make a diagnostic that points at the text behind a field."""
        positions = self.declaration.positions
        span = positions.span(path)
        return code.at(
            message,
            span=span,
            source=positions.line(span) if span is not None else None,
            address=str(self.address),
            **rest,
        )

    def at_key(self, code: Code, path: Path, message: str, **rest: Any) -> Diagnostic:  # noqa: ANN401 - see Code.at
        """Make a diagnostic that points at the key of a field."""
        positions = self.declaration.positions
        span = positions.key_span(path)
        return code.at(
            message,
            span=span,
            source=positions.line(span) if span is not None else None,
            address=str(self.address),
            **rest,
        )


@dataclass(frozen=True)
class Context:
    """The whole under examination.

    Attributes:
        desired: what is declared.
        subjects: every declared resource of a known kind, sorted by address.
        readings: readings by alias; empty offline.
    """

    desired: Desired
    subjects: Mapping[Address, Subject]
    readings: Mapping[str, Reading] = field(default_factory=lambda: MappingProxyType({}))


class Rule(ABC):
    """One rule.

    Attributes:
        code: what it reports.
        kinds: `BROKER/KIND` texts that it applies to; empty for all.
    """

    code: ClassVar[Code]
    kinds: ClassVar[frozenset[str]] = frozenset()

    def applies_to(self, subject: Subject) -> bool:
        """Tell whether the rule looks at a kind of resource."""
        return not self.kinds or f"{subject.kind.broker}/{subject.kind.name}" in self.kinds

    @abstractmethod
    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Find what is wrong. Rules about single resources derive from `ResourceRule`."""


class ResourceRule(Rule):
    """A rule that looks at one resource at a time."""

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Look at each resource."""
        for subject in context.subjects.values():
            if self.applies_to(subject):
                yield from self.look_at(subject, context)

    @abstractmethod
    def look_at(self, subject: Subject, context: Context) -> Iterator[Diagnostic]:
        """Find what is wrong with one resource."""


__all__ = ["Context", "ResourceRule", "Rule", "Severity", "Subject"]
