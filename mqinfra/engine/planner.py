"""The planner: desired and live in, a Plan out. It decides nothing by itself; diff, guard, order and checks do.

1. compare every declared resource, bury what is entombed;
2. read figures for what would destroy something, and weigh it;
3. run the rules over the whole, and the broker's dry run over what is selected;
4. block what an error speaks of, order, fingerprint and digest the rest.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import partial
from itertools import chain
from types import MappingProxyType
from typing import Any

from mqinfra import __version__
from mqinfra.checks.registry import run
from mqinfra.engine import codes, guard
from mqinfra.engine.carried import carried_along
from mqinfra.engine.catching_up import pauses, read_again
from mqinfra.engine.consent import permit_of
from mqinfra.engine.consequences import explained
from mqinfra.engine.desired import desired_digest
from mqinfra.engine.diff import compare
from mqinfra.engine.fingerprint import fingerprint
from mqinfra.engine.losses import finished, weigh_losses
from mqinfra.engine.measure import lenient, measure_of
from mqinfra.engine.order import cycles, held_back, left_behind, needs_of
from mqinfra.engine.selection import Selection
from mqinfra.engine.subjects import rules_for, subjects_of
from mqinfra.engine.survey import Survey
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, CostKind
from mqinfra.model.declaration import Desired, Tombstone
from mqinfra.model.diagnostic import Diagnostic, Severity, in_order
from mqinfra.model.loss import Loss
from mqinfra.model.plan import ForeignKey, Plan, PlanCluster, Uncompared, plan_digest
from mqinfra.model.reading import Figures, Live, Reading
from mqinfra.model.setting import did_you_mean
from mqinfra.model.span import Path, Span
from mqinfra.providers.base.catalogue import Catalogue
from mqinfra.providers.base.kind import Kind, Objection
from mqinfra.providers.base.losses import LossView
from mqinfra.providers.base.rule import Context, Subject


@dataclass(frozen=True, slots=True)
class Options:
    """What the user may set for a plan.

    Attributes:
        selection: what narrows it.
        max_deletes: limits on deletes, by `ALIAS/KIND`.
        degraded: go on although a cluster is degraded.
        today: the day by which consent counts, the runner's UTC date.
    """

    selection: Selection = field(default_factory=Selection)
    max_deletes: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    degraded: bool = False
    today: date = field(default_factory=lambda: datetime.now(UTC).date())


def make_plan(desired: Desired, survey: Survey, catalogue: Catalogue, options: Options | None = None) -> Plan:
    """Plan one environment. Reads figures and asks for dry runs through the sessions; writes nothing."""
    planning = _Planning(desired, survey, catalogue, options or Options())
    plan = planning.plan()
    for pause in pauses():
        if not planning.outdated:
            break
        time.sleep(pause)
        newer = read_again(planning.survey, planning.outdated)
        if newer is not None:
            planning = _Planning(desired, newer, catalogue, options or Options())
            plan = planning.plan()
    return plan


class _Planning:
    """The state of one run of the planner; each step reads what earlier steps found."""

    def __init__(self, desired: Desired, survey: Survey, catalogue: Catalogue, options: Options) -> None:
        self.desired, self.survey, self.catalogue, self.options = desired, survey, catalogue, options
        self.changes: dict[Address, Change] = {}
        self.foreign: list[ForeignKey] = []
        self.uncompared: list[Uncompared] = []
        self.found: list[Diagnostic] = list(survey.diagnostics)
        self.seen: Counter[tuple[str, str]] = Counter()
        self.unchanged: Counter[str] = Counter()
        self.subjects = subjects_of(desired, catalogue)
        self.outdated: dict[Address, Live | None] = {}

    def plan(self) -> Plan:
        self._compare()
        self._bury()
        self._carry()
        self._weigh()
        self._lose()
        self._check()
        selected = [change for change in self.changes.values() if self._selected(change.address)]
        impossible = {codes.REPLACE.id, codes.IMPOSSIBLE.id, codes.BY_HAND.id}
        errors = self._errors()
        possible = [change for change in selected if impossible.isdisjoint(errors.get(str(change.address), ()))]
        self.found += guard.over_limit(possible, self.seen, self.options.max_deletes)
        self._ask_health(possible)
        self._dry_run(selected)
        ordered = self._ordered(explained(selected, self.survey))
        self.found += [*cycles(ordered), *left_behind(ordered, self.desired.declarations, self.changes)]
        return self._finish(ordered)

    def _compare(self) -> None:
        for address, subject in self.subjects.items():
            reading = self.survey.readings.get(address.cluster)
            if reading is None:
                continue
            if address in reading.denied:
                span = subject.declaration.span
                self._denied(address, reading.denied[address], span, subject.declaration.positions.line(span))
                continue
            live = reading.resources.get(address)
            if live is not None:
                self.seen[address.cluster, address.kind] += 1
            measure = lenient(measure_of(self.survey.sessions[address.cluster], address), partial(self._told, address))
            comparison = compare(address, subject.declaration, subject.fields, live, measure)
            if comparison.foreign:
                self.foreign.append(ForeignKey(address=address, keys=comparison.foreign))
            change = comparison.change
            if change is None:
                self.unchanged[address.cluster] += 1
            else:
                if live is not None:
                    judged = guard.judge(change, subject.declaration, live, subject.kind, reading.facts)
                    change = guard.cost_others(judged.change, comparison.foreign)
                    self.found += judged.diagnostics
                self.changes[address] = change
            self.subjects[address] = Subject(
                address, subject.kind, subject.declaration, subject.fields, live, change, reading
            )

    def _told(self, address: Address, path: Path, why: str) -> None:
        self.uncompared.append(Uncompared(address=address, field=".".join(path), reason=why))

    def _carry(self) -> None:
        carried = carried_along(self.changes, self.subjects, self.survey.sessions)
        for address, change in carried.items():
            self.changes[address] = change
            self.unchanged[address.cluster] -= 1

    def _denied(self, address: Address, reason: str, span: Span, source: str | None) -> None:
        kind = self._kind(address)
        title = kind.title if kind is not None else "resource"
        message = f"{title} `{address.name}` can't be seen: {reason}"
        self.found.append(codes.DENIED.at(message, span=span, source=source, address=str(address)))

    def _bury(self) -> None:
        for address, tombstone in self.desired.tombstones.items():
            reading = self.survey.readings.get(address.cluster)
            kind = self._kind(address)
            if kind is None:
                self.found.append(
                    codes.NOT_SUPPORTED.at(
                        f"`{address}` is of a kind that this cluster does not have",
                        span=tombstone.span,
                        source=tombstone.source,
                        address=str(address),
                    )
                )
                continue
            if reading is None or address in self.desired.declarations:
                continue
            if address in reading.denied:
                self._denied(address, reading.denied[address], tombstone.span, tombstone.source)
                continue
            live = reading.resources.get(address)
            if live is None:
                self.found.append(_gone(address, tombstone, kind, reading))
                continue
            self.seen[address.cluster, address.kind] += 1
            buried = guard.bury(address, tombstone, live, kind, self.options.today)
            self.changes[address] = buried.change
            self.found += buried.diagnostics

    def _weigh(self) -> None:
        by_cluster: dict[str, list[Change]] = defaultdict(list)
        for change in self.changes.values():
            if change.action in (Action.DELETE, Action.REPLACE):
                by_cluster[change.address.cluster].append(change)
        for alias, changes in by_cluster.items():
            figures = self.survey.sessions[alias].figures([change.address for change in changes])
            for change in changes:
                kind = self._kind(change.address)
                if kind is None:
                    continue
                address = change.address
                permit = permit_of(
                    address,
                    self.desired.tombstones.get(address),
                    self.desired.declarations.get(address),
                    self.options.today,
                )
                weighed = guard.weigh(change, figures.get(address, Figures()), permit, kind, self.desired.declarations)
                self.changes[change.address] = weighed.change
                self.found += weighed.diagnostics

    def _lose(self) -> None:
        """Count what changes destroy besides deleting, and hold it against what `allowed:` consents to."""
        by_cluster: dict[str, dict[Address, Change]] = defaultdict(dict)
        for address, change in self.changes.items():
            by_cluster[address.cluster][address] = change
        for alias, changes in by_cluster.items():
            session, reading = self.survey.sessions[alias], self.survey.readings[alias]
            speaking = [kind for kind in session.kinds.values() if type(kind).losses is not Kind.losses]
            if not speaking:
                continue
            view = LossView(changes, {**reading.others, **reading.resources}, reading.facts)
            losses: dict[Address, list[Loss]] = defaultdict(list)
            for kind in speaking:
                for address, loss in kind.losses(view):
                    losses[address].append(loss)
            counted = session.count(list(dict.fromkeys(chain.from_iterable(losses.values())))) if losses else {}
            for address, some in losses.items():
                kind = session.kinds[address.kind]
                weighed = weigh_losses(changes[address], some, counted, self.desired, kind, self.options.today)
                self.changes[address] = weighed.change
                self.found += weighed.diagnostics
        self.found += finished(self.desired, self.changes, self.options.today, self.survey.readings)

    def _ask_health(self, changes: Sequence[Change]) -> None:
        """Hold back what a degraded cluster takes badly: deletes, moves, and what drops messages."""
        if self.options.degraded:
            return
        by_cluster: dict[str, list[Change]] = defaultdict(list)
        for change in changes:
            kind = self._kind(change.address)
            drops = change.losses or any(cost.kind is CostKind.UNKNOWN for cost in change.costs)
            if change.destructive or drops or (kind is not None and kind.weighty):
                by_cluster[change.address.cluster].append(change)
        for alias, some in by_cluster.items():
            causes = "; ".join(self.survey.sessions[alias].health())
            if causes:
                self.found += [self._unwell(change, causes) for change in some]

    def _unwell(self, change: Change, causes: str) -> Diagnostic:
        return codes.UNWELL.at(
            f"`{change.address}` is held back: cluster `{change.address.cluster}` is degraded: {causes}",
            span=change.span,
            address=str(change.address),
            help="wait until the cluster is healthy; if this change is what fixes it, add --degraded",
        )

    def _check(self) -> None:
        rules = rules_for(self.desired, self.catalogue)
        self.found += run(Context(self.desired, self.subjects, self.survey.readings), rules)

    def _selected(self, address: Address) -> bool:
        declaration, tombstone = self.desired.declarations.get(address), self.desired.tombstones.get(address)
        known = declaration or tombstone
        if known is None:
            return False
        broker = self.desired.clusters.get(address.cluster, "")
        return self.options.selection.covers(address, broker, known.labels, known.span)

    def _dry_run(self, selected: Sequence[Change]) -> None:
        held = self._errors()
        by_cluster: dict[str, list[Change]] = defaultdict(list)
        for change in selected:
            if str(change.address) not in held:
                by_cluster[change.address.cluster].append(change)
        for alias, changes in by_cluster.items():
            objections = self.survey.sessions[alias].dry_run(changes)
            read = self.survey.readings[alias].resources
            self.outdated |= {item.address: read.get(item.address) for item in objections if item.outdated}
            self.found += [self._objection(item) for item in objections if not item.unchecked]
            self.found += _unchecked(alias, [item for item in objections if item.unchecked])

    def _objection(self, objection: Objection) -> Diagnostic:
        address, problem = objection.address, objection.problem
        kind = self._kind(address)
        message = f"{kind.title if kind is not None else 'resource'} `{address.name}`: {problem.message}"
        subject = self.subjects.get(address)
        if subject is not None:
            return subject.at_key(codes.REFUSED, objection.path, message, help=problem.help)
        tombstone = self.desired.tombstones[address]
        return codes.REFUSED.at(
            message, span=tombstone.span, source=tombstone.source, address=str(address), help=problem.help
        )

    def _errors(self) -> dict[str, list[str]]:
        errors: dict[str, list[str]] = defaultdict(list)
        for diagnostic in self.found:
            if diagnostic.severity is Severity.ERROR and diagnostic.address is not None:
                errors[diagnostic.address].append(diagnostic.code)
        return errors

    def _ordered(self, selected: Sequence[Change]) -> list[Change]:
        planned = {change.address: change for change in selected}
        ordered: list[Change] = []
        for address in sorted(planned):
            change = planned[address]
            needs = needs_of(change, self.desired.declarations, planned)
            ordered.append(change.needing(needs) if needs else change)
        return ordered

    def _finish(self, ordered: Sequence[Change]) -> Plan:
        held = held_back(ordered, self._errors())
        changes = [_sealed(change, held.get(change.address, ())) for change in ordered]
        clusters = self._clusters()
        return Plan(
            tool_version=__version__,
            project=self.desired.project,
            environment=self.desired.environment,
            selection=self.options.selection.texts,
            clusters=clusters,
            changes=tuple(changes),
            foreign=tuple(item for item in self.foreign if self._selected(item.address)),
            uncompared=tuple(item for item in self.uncompared if self._selected(item.address)),
            diagnostics=tuple(in_order(self._softened())),
            desired=desired_digest(self.desired),
            digest=plan_digest(self.desired.project, self.desired.environment, clusters, changes),
        )

    def _softened(self) -> Iterable[Diagnostic]:
        """Errors about resources that are not selected are shown as warnings: they hold nothing back."""
        by_text = {str(address): address for address in (*self.desired.declarations, *self.desired.tombstones)}
        for diagnostic in self.found:
            if diagnostic.severity is Severity.ERROR and diagnostic.address is not None:
                address = by_text.get(diagnostic.address)
                if address is not None and not self._selected(address):
                    yield diagnostic.model_copy(update={"severity": Severity.WARNING})
                    continue
            yield diagnostic

    def _clusters(self) -> tuple[PlanCluster, ...]:
        named = {address.cluster for address in {*self.desired.declarations, *self.desired.tombstones}}
        clusters = []
        for alias in sorted((named & set(self.desired.clusters)) - self.survey.skipped):
            reading = self.survey.readings.get(alias)
            broker = self.desired.clusters[alias]
            if reading is None:
                clusters.append(PlanCluster(alias=alias, type=broker, reachable=False))
                continue
            clusters.append(
                PlanCluster(
                    alias=alias,
                    type=broker,
                    cluster_id=reading.facts.cluster_id,
                    product=reading.facts.product,
                    version=reading.facts.version,
                    brokers=reading.facts.brokers,
                    endpoint=reading.facts.endpoint,
                    source=reading.source,
                    unchanged=self.unchanged[alias],
                )
            )
        return tuple(clusters)

    def _kind(self, address: Address) -> Kind[Any] | None:
        return self.catalogue.kind(self.desired.clusters.get(address.cluster, ""), address.kind)


def _gone(address: Address, tombstone: Tombstone, kind: Kind[Any], reading: Reading) -> Diagnostic:
    """What a tombstone names is not there: it is done, or misspelt."""
    names = {a.name: a for a in (*reading.resources, *reading.others) if a.kind == address.kind}
    close = did_you_mean(address.name, names)
    hint = f"; if the name is misspelt: {close}" if close.startswith("did you mean") else ""
    return codes.LINE_DONE.at(
        f"{kind.title} `{address.name}` does not exist: nothing left to delete",
        span=tombstone.span,
        source=tombstone.source,
        address=str(address),
        help=f"remove the line{hint}",
    )


def _sealed(change: Change, blocked_by: tuple[str, ...]) -> Change:
    """A change with its fingerprint and what blocks it; most creates have both already, and are not copied."""
    mark = fingerprint(change)
    if mark == change.fingerprint and not blocked_by:
        return change
    return replace(change, fingerprint=mark, blocked_by=blocked_by)


def _unchecked(alias: str, objections: Sequence[Objection]) -> list[Diagnostic]:
    """One warning per cause: a right that is missing concerns every change alike."""
    by_cause: dict[tuple[str, str], list[Address]] = defaultdict(list)
    for item in objections:
        by_cause[item.problem.message, item.problem.help].append(item.address)
    return [
        codes.UNCHECKED.at(
            f"{message} ({len(addresses)} {'change' if len(addresses) == 1 else 'changes'} unchecked, "
            f"such as `{addresses[0]}`)",
            address=alias,
            help=advice,
        )
        for (message, advice), addresses in by_cause.items()
    ]
