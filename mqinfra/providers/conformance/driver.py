"""The driver: entries in, plans and reports out, through the same engine as the command line."""

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from types import MappingProxyType
from typing import Any

from mqinfra.engine.applier import apply
from mqinfra.engine.examine import examine
from mqinfra.engine.planning.options import Options
from mqinfra.engine.planning.planner import make_plan
from mqinfra.engine.survey import survey
from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration, Desired, Lifecycle, Origin, Tombstone
from mqinfra.model.event import Outcome, Report, fold
from mqinfra.model.plan import Plan
from mqinfra.model.reading import Reading
from mqinfra.model.scope import Scope
from mqinfra.model.setting import Problem
from mqinfra.model.span import Path, Span
from mqinfra.model.spec import Spec
from mqinfra.providers.base.catalogue import Catalogue
from mqinfra.providers.base.kind import Kind
from mqinfra.providers.base.sample import Entry, Sample
from mqinfra.providers.base.session import Session


class ConformanceError(AssertionError):
    """A promise that the provider does not keep."""


class _Nowhere:
    """Positions of entries that no file holds: the path itself, so that findings can be told apart."""

    def span(self, path: Path) -> Span | None:
        return Span(".".join(path) or "entry", 1, 1)

    key_span = span

    def line(self, span: Span) -> str | None:  # noqa: ARG002 - the protocol's signature
        return None


class Driver:
    """Plans and applies entries of one kind on one cluster.

    Args:
        catalogue: the catalogue with the provider.
        broker: the broker's type.
        open_session: opens a session on the cluster under test.
        sample: the kind's sample.
    """

    alias = "it"

    def __init__(self, catalogue: Catalogue, broker: str, open_session: Callable[[], Session], sample: Sample) -> None:
        self.catalogue, self.broker, self.sample = catalogue, broker, sample
        self._open = open_session
        self.kind = self._kind(sample.kind)

    def _kind(self, name: str) -> Kind[Any]:
        kind = self.catalogue.kind(self.broker, name)
        if kind is None:
            raise ConformanceError(f"{self.broker} has no kind {name}")
        return kind

    def address(self, name: str) -> Address:
        """Address of a resource of the sample, which a kind without names makes of its naming fields."""
        sample = self.sample
        if not sample.named_by:
            return Address(self.alias, sample.kind, (*sample.under, name))
        return Address(
            self.alias, sample.kind, sample.under, self.kind.placement.pairs_of(self.named(name, sample.minimal))
        )

    def named(self, name: str, entry: Entry) -> Entry:
        """The entry that a resource of the sample has, which says the resource's name where it has none."""
        return {**entry, self.sample.named_by: name} if self.sample.named_by else entry

    def bind(self, entry: Entry) -> Spec:
        """Bind an entry as the manifests do: settings in canonical form, then the kind's own rules."""
        return self._bind(self.kind, entry)

    def _bind(self, kind: Kind[Any], entry: Entry) -> Spec:
        data = dict(entry)
        for field, table in kind.settings.items():
            values = data.get(field)
            if isinstance(values, dict):
                bound = {}
                for key, value in values.items():
                    setting = table.get(key)
                    parsed = setting.parse(value) if setting is not None else value
                    if isinstance(parsed, Problem):
                        raise ConformanceError(f"the sample does not bind: {parsed.message}")
                    bound[key] = parsed
                data[field] = bound
        return kind.spec.model_validate(data)

    def suits(self) -> bool:
        """Tell whether the sample is for this cluster, by what it says of itself."""
        with self._open() as session:
            return self.sample.suits(session.facts)

    def prepare(self, count: int) -> None:
        """Make what the first resources of the sample need, other than themselves.

        Raises:
            ConformanceError: it was not made.
        """
        for need in self.sample.needs:
            kind = self._kind(need.kind)
            names = [(self.sample.name(number),) for number in range(count)] if need.each else [()]
            spec = self._bind(kind, need.entry)
            self.converge(self._wanting({Address(self.alias, need.kind, (*need.path, *name)): spec for name in names}))

    def desired(
        self,
        entries: Mapping[str, Entry],
        removed: Mapping[str, frozenset[str]] | None = None,
        lifecycle: Lifecycle | None = None,
    ) -> Desired:
        """Desired state of the given entries and tombstones."""
        specs = {self.address(name): self.bind(self.named(name, entry)) for name, entry in sorted(entries.items())}
        tombstones = {
            self.address(name): Tombstone(Span(name, 1, 1), even_if)
            for name, even_if in sorted((removed or {}).items())
        }
        return self._wanting(specs, tombstones, lifecycle)

    def _wanting(
        self,
        specs: Mapping[Address, Spec],
        tombstones: Mapping[Address, Tombstone] = MappingProxyType({}),
        lifecycle: Lifecycle | None = None,
    ) -> Desired:
        declarations = {
            address: Declaration(spec, _Nowhere(), (Origin(Span(str(address), 1, 1)),), {}, lifecycle or Lifecycle())
            for address, spec in specs.items()
        }
        return Desired(
            "conformance",
            "it",
            declarations,
            tombstones,
            {self.alias: self.broker},
            Scope(whole=frozenset({self.broker})),
        )

    def plan(self, desired: Desired) -> Plan:
        """Plan it. The driver keeps no records, so that all that it made is to be adopted."""
        with ExitStack() as stack:
            return make_plan(
                desired, survey(desired, lambda _: self._open(), stack), self.catalogue, Options(adopt=True)
            )

    def apply(self, plan: Plan) -> Report:
        """Apply it, through a session of its own."""
        with self._open() as session:
            sessions = {self.alias: session}
            rechecks = examine(plan, sessions)
            return fold(apply(plan, sessions, rechecks, threading.Event()))

    def read(self, names: Sequence[str]) -> Reading:
        """Read resources by name."""
        with self._open() as session:
            return session.read({self.sample.kind: [self.address(name) for name in names]})

    def converge(self, desired: Desired) -> Plan:
        """Plan, apply, and prove that a second plan has nothing to do. Returns the first plan.

        Raises:
            ConformanceError: something was blocked, failed, or is left to do.
        """
        plan = self.plan(desired)
        demand(not plan.blocked, f"blocked: {[str(d.message) for d in plan.diagnostics]}")
        report = self.apply(plan)
        for result in report.results:
            demand(result.outcome is Outcome.APPLIED, f"{result.address} is {result.outcome}: {result.message}")
        again = self.plan(desired)
        demand(not again.changes, f"the second plan has changes: {[_short(again)]}")
        return plan


def demand(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - reads as an assertion
    """Raise what the provider fails to do.

    Raises:
        ConformanceError: it does not hold.
    """
    if not holds:
        raise ConformanceError(otherwise)


def _short(plan: Plan) -> list[str]:
    return [
        f"{change.address}: " + ", ".join(f"{'.'.join(d.path)} {d.before}→{d.after}" for d in change.differences)
        for change in plan.changes
    ]
