"""What a rule sees and what it returns. Rules read specs by path, so that they need to import no provider."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, ClassVar

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.code import Code
from mqinfra.model.declaration import Declaration, Desired
from mqinfra.model.diagnostic import Diagnostic, Related, Severity
from mqinfra.model.errors import Bug
from mqinfra.model.reading import Live, Reading
from mqinfra.model.span import Path
from mqinfra.providers.base.cluster_view import ClusterView
from mqinfra.providers.base.kind import Kind


@dataclass(frozen=True, slots=True)
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
        if self.live is None:
            return declared
        if self.declaration.lifecycle.ignore and self.declaration.lifecycle.ignores(path):
            return self.live.value(path)
        if declared is not None:
            return declared
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

    def assumed(self, *path: str) -> JsonValue:
        """The value in force; where nobody set one and none was read, the broker's built-in default of the key."""
        value = self.value(*path)
        if value is None and len(path) == 2:
            table = self.kind.settings.get(path[0])
            setting = table.get(path[1]) if table is not None else None
            return setting.default if setting is not None else None
        return value

    def declares(self, *paths: Path) -> bool:
        """Tell whether the manifest itself gives a value to one of the fields."""
        return any(self.fields.get(path) is not None for path in paths)

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

    def at_entry(self, code: Code, message: str, **rest: Any) -> Diagnostic:  # noqa: ANN401 - see Code.at
        """Make a diagnostic that points at the resource's own entry, or at the sugar that made it."""
        origin = self.declaration.origins[0]
        if origin.because is not None and not rest.get("label"):
            rest["label"] = f"made by {origin.because}"
        source = self.declaration.positions.line(origin.span)
        return code.at(message, span=origin.span, source=source, address=str(self.address), **rest)

    def related(self, label: str, path: Path = ()) -> tuple[Related, ...]:
        """Point at a second place of a finding: a field, or the entry itself; nothing when it stands nowhere."""
        positions = self.declaration.positions
        span = positions.span(path) if path else self.declaration.span
        return () if span is None else (Related(span=span, label=label, source=positions.line(span)),)


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

    @cached_property
    def by_kind(self) -> Mapping[str, tuple[Subject, ...]]:
        """The subjects by `BROKER/KIND`, grouped once for all rules."""
        grouped: dict[Kind[Any], list[Subject]] = {}
        for subject in self.subjects.values():
            grouped.setdefault(subject.kind, []).append(subject)
        merged: dict[str, tuple[Subject, ...]] = {}
        for kind, subjects in grouped.items():
            name = f"{kind.broker}/{kind.name}"
            merged[name] = (*merged.get(name, ()), *subjects)
        return merged

    @cached_property
    def views(self) -> Mapping[str, ClusterView]:
        """Each cluster on which something is declared, by alias."""
        declared: dict[str, dict[Address, Declaration]] = {}
        for address, subject in self.subjects.items():
            declared.setdefault(address.cluster, {})[address] = subject.declaration
        return {alias: self._view(alias, some) for alias, some in declared.items()}

    @cached_property
    def kinds_on(self) -> Mapping[str, frozenset[str]]:
        """The kinds of which something is declared, as `BROKER/KIND`, by alias."""
        kinds: dict[str, set[str]] = {}
        for kind, subjects in self.by_kind.items():
            for alias in {subject.address.cluster for subject in subjects}:
                kinds.setdefault(alias, set()).add(kind)
        return {alias: frozenset(some) for alias, some in kinds.items()}

    def _view(self, alias: str, declared: Mapping[Address, Declaration]) -> ClusterView:
        removed = frozenset(address for address in self.desired.tombstones if address.cluster == alias)
        reading = self.readings.get(alias)
        if reading is None:
            return ClusterView(declared, self.desired.scope, removed)
        live = {address: known.spec for address, known in (*reading.others.items(), *reading.resources.items())}
        return ClusterView(declared, self.desired.scope, removed, live, reading.facts)


class Rule(ABC):
    """One rule.

    Attributes:
        codes: all that it reports.
    """

    codes: ClassVar[tuple[Code, ...]]

    def report(self, context: Context) -> Iterator[Diagnostic]:
        """Find what is wrong.

        Raises:
            Bug: the rule found something that is not among its codes, so that docs and `explain` would not know it.
        """
        ids = {code.id for code in self.codes}
        for diagnostic in self.check(context):
            if diagnostic.code not in ids:
                raise Bug(f"the rule {type(self).__name__} reported {diagnostic.code}, which it does not list")
            yield diagnostic

    @abstractmethod
    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Find what is wrong; callers use `report`."""


class ResourceRule(Rule):
    """A rule that looks at one resource at a time.

    Attributes:
        kinds: `BROKER/KIND` texts of what it looks at; empty for everything.
    """

    kinds: ClassVar[frozenset[str]] = frozenset()

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Look at each resource."""
        for kind, subjects in context.by_kind.items():
            if not self.kinds or kind in self.kinds:
                for subject in subjects:
                    yield from self.look_at(subject, context)

    @abstractmethod
    def look_at(self, subject: Subject, context: Context) -> Iterator[Diagnostic]:
        """Find what is wrong with one resource."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a declared resource.

    Attributes:
        code: what is wrong.
        address: the declared resource that it is told of.
        message: what is wrong, in words.
        help: what to do now.
        path: the field that it is about; empty for the resource as a whole.
        severity: how much it weighs; None for what its code says.
    """

    code: Code
    address: Address
    message: str
    help: tuple[str, ...] = ()
    path: Path = ()
    severity: Severity | None = None


class ClusterRule(Rule):
    """A rule that looks at a whole cluster at once.

    Attributes:
        kinds: `BROKER/KIND` texts; it looks at the clusters on which something of one of them is declared.
    """

    kinds: ClassVar[frozenset[str]]

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Look at each cluster, and say what is found at the text that it is about."""
        for alias, view in context.views.items():
            if self.kinds & context.kinds_on[alias]:
                for found in self.look_at(view):
                    subject = context.subjects[found.address]
                    rest = {"help": found.help, "severity": found.severity}
                    if found.path:
                        yield subject.at(found.code, found.path, found.message, **rest)
                    else:
                        yield subject.at_entry(found.code, found.message, **rest)

    @abstractmethod
    def look_at(self, view: ClusterView) -> Iterator[Finding]:
        """Find what is wrong on one cluster."""


def in_order_of_codes(*rules: Rule) -> tuple[Rule, ...]:
    """Sort rules by the first of their codes."""
    return tuple(sorted(rules, key=lambda rule: rule.codes[0].id))
