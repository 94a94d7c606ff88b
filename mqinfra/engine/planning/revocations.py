"""What goes although no line names it: routes and rights that nobody declares any more, and what sugar no longer makes.

Only what our own record claims, and never on a hint of a lost file: a document that is missing, a section that emptied
and manifests without anything delete nothing. Everything else that is no longer declared stays, and is listed.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from mqinfra.engine import codes
from mqinfra.engine.guard import Guarded, undo_of_delete
from mqinfra.engine.planning.claims import claim_of, foreign_owners, maker_address, unclaimed
from mqinfra.engine.planning.draining import still_needed
from mqinfra.engine.planning.state import Planning, Revocation
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, Reason, Undo
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.holding import Holding
from mqinfra.model.reading import Live, Reading
from mqinfra.model.record import Inventory, Record
from mqinfra.model.wording import each_named
from mqinfra.providers.base.capabilities import Opening, Routing, having, rests_on
from mqinfra.providers.base.kind import Kind

_SECTION = 2
"""A section of so many entries that empties at once deletes nothing until a line says so."""


def plan_revocations(state: Planning) -> None:
    """Plan the delete of what our records claim, goes by itself, and nobody declares any more."""
    for alias, inventory in state.survey.inventories.items():
        reading = state.survey.readings.get(alias)
        if reading is not None and inventory.known and inventory.records:
            _Cluster(state, inventory, reading).plan()


@dataclass(eq=False, repr=False)
class _Cluster:
    """One cluster whose records claim something that is no longer declared."""

    state: Planning
    inventory: Inventory
    reading: Reading
    going: dict[Address, Revocation] = field(default_factory=dict)
    partly_seen: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """Note the kinds of which something may not be seen."""
        self.partly_seen = frozenset(denied.kind for denied in self.reading.denied)

    def plan(self) -> None:
        """Decide what goes, and why the rest stays."""
        staying = self.state.staying
        for address, record in self._no_longer_declared():
            others = foreign_owners(self.state, address)
            if others:
                self.state.to_forget.append(address)
                staying[address] = f"claimed by {each_named(others)}; only this project's claim is dropped"
                continue
            why = self._why_not(address, record)
            if why is None:
                self.going[address] = self._revocation(address, record)
            else:
                staying[address] = why
        if self.going and not self.state.desired.declarations:
            staying |= dict.fromkeys(self.going, "the manifests declare nothing at all")
            self.going.clear()
        self._keep_what_vanished()
        self._keep_last_routes()
        self._keep_what_opens()
        self._keep_what_drains()
        for address, revocation in self.going.items():
            self.state.revoked[address] = revocation
            self.state.existing[address.cluster, address.kind] += 1
            self.state.put(Guarded(self._change(address, revocation)))

    def _no_longer_declared(self) -> Iterator[tuple[Address, Record]]:
        desired, live = self.state.desired, self.reading.resources
        for address, record in self.inventory.records.items():
            if address not in desired.declarations and address in live and address not in desired.tombstones:
                yield address, record

    def _why_not(self, address: Address, record: Record) -> str | None:
        """Why a resource stays; empty where it needs a line, as all of its kind do; None when it goes."""
        live, kind = self.reading.resources[address], self.state.kind(address)
        if kind is None:
            return "this cluster has no such kind"
        internal = kind.internal(address)
        if internal is not None:
            return internal
        name = f"{self.reading.type}/{address.kind}"
        if self._left_out(address, record):
            return f"not in {self.state.desired.environment}"
        removed = any(maker in self.state.desired.tombstones for maker in self._makers(record))
        if name in self.state.desired.unpruned and not removed:
            return f"`prune: {{{name}: none}}`"
        if address.kind in self.partly_seen:
            return f"not all {kind.name} can be seen"
        why = unclaimed(self.state, address, record, live, self.reading)
        if why:
            return why
        caller = self.reading.facts.traits.get("user")
        if kind.holding is Holding.RIGHT and caller and caller in (*address.path, *dict(address.pairs).values()):
            return f"mqinfra is logged in as `{caller}`"
        if record.protect:
            return "`lifecycle.protect` outlives its entry: adopt it again without, and then drop it"
        if not record.makers:
            return None if kind.goes_by_itself(live.spec) else ""
        return self._why_sugar_stays(address, record, kind, live)

    def _why_sugar_stays(self, address: Address, record: Record, kind: Kind[Any], live: Live) -> str | None:
        """What sugar made goes with its sugar, and so stays where the maker does that nobody declares any more.

        A right is no part of its maker, nor is a route to it from what is still declared.
        """
        staying = [maker for maker in self._makers(record) if self._stays(maker)]
        if not staying or (kind.holding is Holding.RIGHT and kind.goes_by_itself(live.spec)):
            return None
        if kind.holding is Holding.ROUTE and kind.goes_by_itself(live.spec):
            nesting = kind.placement.nesting(address)
            ends = (end for end in rests_on(kind, address) if end not in nesting)
            # Asked for each: `isdisjoint` would walk through all declarations.
            if any(end in self.state.desired.declarations for end in ends):
                return None
        self.state.parts[address] = staying[0]
        return f"it goes with `{staying[0]}`"

    def _left_out(self, address: Address, record: Record) -> bool:
        """Whether the environment does not manage the resource, or what made it."""
        desired = self.state.desired
        some = (address, *self._makers(record))
        return any(desired.leaves_out(one, record.labels, record.file) for one in some)

    def _makers(self, record: Record) -> list[Address]:
        alias = self.reading.alias
        return [maker for key in record.makers if (maker := maker_address(alias, key)) is not None]

    def _stays(self, maker: Address) -> bool:
        """Whether a maker is there, or may be, although no entry and no tombstone speaks of it."""
        desired = self.state.desired
        if maker in desired.declarations or maker in desired.tombstones:
            return False
        if maker.kind not in self.state.survey.sessions[maker.cluster].kinds:
            return False  # nothing but sugar, such as an entry of `access`
        if maker in self.reading.resources or maker in self.reading.denied:
            return True
        listed = self.reading.listed.get(maker.kind)
        return maker not in self.inventory.records and (listed is None or maker in listed)

    def _revocation(self, address: Address, record: Record) -> Revocation:
        desired = self.state.desired
        makers = self._makers(record)
        removed = [maker for maker in makers if maker in desired.tombstones]
        entry: Address | None = address
        if any(maker in desired.declarations for maker in makers) or removed:
            entry = None
        elif makers and makers[0].kind in self.state.survey.sessions[address.cluster].kinds:
            entry = makers[0]
        elif makers:
            # An entry that is nothing but sugar counts once, whatever it made: among the resources of its kind.
            entry = Address(address.cluster, address.kind, (makers[0].key,))
        follows = tuple(maker for maker in removed if maker in self.state.changes)
        return Revocation(record, entry, removed[0] if removed else None, follows)

    def _keep_what_vanished(self) -> None:
        """Delete nothing of a document that is missing, or of a section that emptied, until a line says so."""
        desired = self.state.desired
        by_document: dict[str, list[Address]] = defaultdict(list)
        by_section: dict[str, list[Address]] = defaultdict(list)
        entries: dict[str, set[Address]] = defaultdict(set)
        declared = {f"{address.cluster}/{address.kind}" for address in desired.declarations}
        for address, record in self.inventory.records.items():
            if not record.makers and address not in desired.declarations and address not in desired.tombstones:
                entries[f"{address.cluster}/{address.kind}"].add(address)
        for address, revocation in self.going.items():
            record = revocation.record
            if revocation.maker is not None:
                continue  # a tombstone was reviewed
            document = f"topology/{record.topology}"
            if record.topology and record.topology not in desired.topologies and document not in desired.vanished:
                by_document[document].append(address)
                continue
            for entry in self._makers(record) or [address]:
                section = f"{entry.cluster}/{entry.kind}"
                emptied = section not in declared and len(entries[section]) >= _SECTION
                if emptied and section not in desired.vanished:
                    by_section[section].append(address)
                    break
        for name, some in (*sorted(by_document.items()), *sorted(by_section.items())):
            self.state.diagnostics.append(_vanished(name, some))
            for address in some:
                self.state.staying[address] = f"all of `{name}` is missing; `removed: {{{name}: {{}}}}` confirms that"
                del self.going[address]

    def _keep_last_routes(self) -> None:
        """Leave what is the last route of a resource that stays, whose messages would be dropped without it.

        Only other routes that are declared count: those which nobody declares may be leftovers just as well, and losing
        their records must not let this one go.
        """
        by_kind: dict[str, list[Address]] = defaultdict(list)
        for address, revocation in self.going.items():
            if revocation.maker is None:
                by_kind[address.kind].append(address)
        for name, some in by_kind.items():
            kind = self.state.survey.sessions[self.reading.alias].kinds[name]
            if isinstance(kind, Routing):
                for address, source in self._last_routes(kind, some):
                    self.state.staying[address] = f"`{source}` would be left without a declared route"
                    del self.going[address]

    def _keep_what_opens(self) -> None:
        """Leave what lets others in when it goes, or locks us out; a line that names it takes it."""
        kinds = having(self.state.survey.sessions[self.reading.alias].kinds, Opening)
        if not any(address.kind in kinds for address in self.going):
            return
        seen = (*self.reading.neighbours.items(), *self.reading.resources.items())
        live = {address: found.spec for address, found in seen}
        going = {*self.going, *(address for address in self.state.desired.tombstones if address in live)}
        for kind in kinds.values():
            for address, why in kind.needing_a_line(live, going, self.reading.facts).items():
                if self.going.pop(address, None) is not None:
                    self.state.staying[address] = why

    def _keep_what_drains(self) -> None:
        """Leave what messages on their way still need; a later plan finds it again."""
        if not self.going:
            return
        removed = self.state.desired.tombstones.keys() & self.reading.resources.keys()
        for address, why in self._needed({*self.going, *removed}).items():
            if self.going.pop(address, None) is not None:
                self.state.staying[address] = why
                self.state.draining.add(address)

    def _needed(self, going: set[Address]) -> dict[Address, str]:
        session = self.state.survey.sessions[self.reading.alias]
        return still_needed(session, self.reading, going, self.state.changes)

    def _last_routes(self, kind: Routing, some: Sequence[Address]) -> Iterator[tuple[Address, Address]]:
        sources = {address: source for address in some if (source := kind.leads_from(address)) is not None}
        asked = {source for source in sources.values() if self._stays_with_routes(source)}
        if not asked:
            return
        name = next(iter(sources)).kind
        kept = {
            kind.leads_from(address)
            for address in self.state.desired.declarations
            if address.kind == name and address.cluster == self.reading.alias
        }
        for address, source in sources.items():
            if source in asked and source not in kept:
                yield address, source

    def _stays_with_routes(self, source: Address) -> bool:
        """Whether messages may go on coming to where a route begins: what could be the project's, and stays."""
        desired, kind = self.state.desired, self.state.kind(source)
        if source in desired.declarations or kind is None:
            return True
        ours = desired.scope.owns(self.reading.type, source) and kind.internal(source) is None
        return ours and source not in desired.tombstones and source not in self.going

    def _change(self, address: Address, revocation: Revocation) -> Change:
        live, record, kind = self.reading.resources[address], revocation.record, self.state.kind(address)
        return Change(
            address=address,
            action=Action.DELETE,
            reason=Reason.SUGAR_GONE if record.makers else Reason.NOT_DECLARED,
            before=live.spec.to_json(),
            identity=live.identity,
            undo=undo_of_delete(kind) if kind is not None else Undo.NO,
            origin=record.sugar or None,
            claim=claim_of(self.state, record),
            made_by=tuple(self._makers(record)),
        )


def _vanished(name: str, some: Sequence[Address]) -> Diagnostic:
    what = "document" if name.startswith("topology/") else "section"
    number = f"{len(some):,} {'resource' if len(some) == 1 else 'resources'}"
    return codes.VANISHED.at(
        f"all of {what} `{name}` is missing from the manifests, so {number} that would go with it "
        f"{'stays' if len(some) == 1 else 'stay'}: `{some[0]}`" + (", ..." if len(some) > 1 else ""),
        help=("if a file is missing, restore it", f"if it is gone on purpose, write: `removed: {{{name}: {{}}}}`"),
    )
