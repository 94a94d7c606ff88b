"""What the phases of one run of the planner share: what they are given, and what they have found so far."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass as standard
from dataclasses import field
from typing import Any

from mqinfra.engine import codes
from mqinfra.engine.guard import Guarded
from mqinfra.engine.planning.options import Options
from mqinfra.engine.subjects import subjects_of
from mqinfra.engine.survey import Survey
from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.declaration import Desired
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.model.frozen import dataclass
from mqinfra.model.plan import Uncompared, UndeclaredKeys
from mqinfra.model.reading import Live
from mqinfra.model.record import Record
from mqinfra.model.spec import Spec
from mqinfra.providers.base.anchored import Anchoring
from mqinfra.providers.base.catalogue import Catalogue
from mqinfra.providers.base.kind import Kind
from mqinfra.providers.base.rule import Subject


@dataclass(frozen=True, slots=True)
class Revocation:
    """A delete that no line asks for: our record claims the resource, and nobody declares it any more.

    Attributes:
        record: our record of it.
        entry: the entry that it counts as, for limits on deletes: itself, or the maker that is gone; None where its
            maker stays declared, or counts by its own tombstone.
        maker: the maker with a tombstone, whose consent covers its parts; None where there is none.
        follows: resources whose changes have to be in the plan too, and go first: what replaces it, the maker's own
            delete.
    """

    record: Record
    entry: Address | None = None
    maker: Address | None = None
    follows: tuple[Address, ...] = ()


@standard(slots=True, eq=False, repr=False)
class Planning:
    """The state of one run of the planner; each phase reads what earlier ones found, and adds to it.

    Attributes:
        desired: what the manifests want.
        survey: what was opened and read.
        catalogue: the known kinds.
        options: what the user set.
        subjects: every declared resource of a known kind; once compared, with what is there and its change.
        anchorings: what declared fields came to that mean something only at a moment.
        changes: what has to happen, selected or not.
        diagnostics: what was found.
        existing: per cluster and kind, how many of the resources that the manifests name exist.
        unchanged: per cluster, how many declared resources are as declared.
        undeclared_keys: keys that nobody declared.
        uncompared: secrets' fields whose value could not be looked up.
        outdated: what was read of the resources that a dry run knows to be otherwise.
        revoked: deletes that no line asks for.
        staying: what our records speak of and nobody declares, and why it stays; empty where it needs a line.
        draining: of these, what messages on their way still need.
        parts: of these, the sugar's parts that stay because their maker does, with the maker.
        to_record: what is as declared and in nobody's records.
        to_forget: what nobody declares any more and others claim, so that only our claim is dropped.
        unkept: why no records can be kept on a cluster, where that lets through what would have to be adopted.
        brought: what is not selected, and created because something that is selected needs it.
        unadopted: what a change would write over although nobody's records speak of it, and nobody agreed to that.
        overlapping: clusters on which the project's scope meets another project's, so that nothing is changed there.
    """

    desired: Desired
    survey: Survey
    catalogue: Catalogue
    options: Options
    subjects: dict[Address, Subject] = field(init=False)
    anchorings: dict[Address, Anchoring] = field(default_factory=dict)
    changes: dict[Address, Change] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(init=False)
    existing: Counter[tuple[str, str]] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    undeclared_keys: list[UndeclaredKeys] = field(default_factory=list)
    uncompared: list[Uncompared] = field(default_factory=list)
    outdated: dict[Address, Live | None] = field(default_factory=dict)
    revoked: dict[Address, Revocation] = field(default_factory=dict)
    staying: dict[Address, str] = field(default_factory=dict)
    draining: set[Address] = field(default_factory=set)
    parts: dict[Address, Address] = field(default_factory=dict)
    to_record: list[Address] = field(default_factory=list)
    to_forget: list[Address] = field(default_factory=list)
    unkept: dict[str, str] = field(default_factory=dict)
    brought: set[Address] = field(default_factory=set)
    unadopted: set[Address] = field(default_factory=set)
    overlapping: set[str] = field(default_factory=set)
    _live: dict[str, Mapping[Address, Spec]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with what the survey found."""
        self.subjects = subjects_of(self.desired, self.catalogue)
        self.diagnostics = list(self.survey.diagnostics)

    def kind(self, address: Address) -> Kind[Any] | None:
        """The kind of a resource; None where its cluster has no such kind."""
        return self.catalogue.kind(self.desired.clusters.get(address.cluster, ""), address.kind)

    def owns(self, address: Address) -> bool:
        """Tell whether the project may own a resource."""
        return self.desired.scope.owns(self.desired.clusters.get(address.cluster, ""), address)

    def title(self, address: Address) -> str:
        """What people call one resource of this kind."""
        kind = self.kind(address)
        return kind.title if kind is not None else "resource"

    def put(self, guarded: Guarded) -> None:
        """Put a change in place of what was planned for its resource, with what a guard says of it."""
        self.changes[guarded.change.address] = guarded.change
        self.diagnostics += guarded.diagnostics

    def selected(self, address: Address) -> bool:
        """Tell whether the plan is to hold what happens to a resource."""
        if self.options.selection.everything or address in self.brought:
            return True
        declaration, tombstone = self.desired.declarations.get(address), self.desired.tombstones.get(address)
        broker = self.desired.clusters.get(address.cluster, "")
        known = declaration or tombstone
        if known is not None:
            return self.options.selection.covers(address, broker, known.labels, known.span.file)
        inventory = self.survey.inventories.get(address.cluster)
        record = inventory.records.get(address) if inventory is not None else None
        if record is None:
            return self.options.selection.covers(address, broker, {}, "")
        return self.options.selection.covers(address, broker, record.labels, record.file)

    def live(self, alias: str) -> Mapping[Address, Spec]:
        """Everything that was seen on a cluster."""
        live = self._live.get(alias)
        if live is None:
            reading = self.survey.readings[alias]
            live = {
                address: found.spec
                for some in (reading.neighbours, reading.resources)
                for address, found in some.items()
            }
            self._live[alias] = live
        return live

    def selected_changes(self) -> list[Change]:
        """The changes that the plan is to hold."""
        if self.options.selection.everything:
            return list(self.changes.values())
        return [change for change in self.changes.values() if self.selected(change.address)]

    def errors(self) -> dict[str, list[str]]:
        """Codes of the errors found so far, by the resource that they speak of."""
        errors: dict[str, list[str]] = defaultdict(list)
        for diagnostic in self.diagnostics:
            if diagnostic.severity is Severity.ERROR and diagnostic.address is not None:
                errors[diagnostic.address].append(diagnostic.code)
        for address in self.unadopted:
            if codes.UNADOPTED.id not in errors[str(address)]:
                errors[str(address)].append(codes.UNADOPTED.id)
        for address in self.changes if self.overlapping else ():
            if address.cluster in self.overlapping:
                errors[str(address)].append(codes.OVERLAPPING.id)
        return errors
