"""The journal: what an apply writes of itself on a cluster, so that the next plan knows what this project made.

`pending` before the broker is told, `applied` once it was seen, in bulk per wave; the run itself at its beginning and
its end. What a wave came to is written together with what the next one begins, or with the end of the run. An apply
that can't write it goes on all the same, says so, and the next plan claims less.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

from mqinfra import __version__
from mqinfra.engine.inventory.belief import Seen
from mqinfra.engine.inventory.entries import Declared, origin_of
from mqinfra.engine.inventory.texts import FORMAT_VERSION, HEADER, once_key, run_key, use_key, written
from mqinfra.engine.once import begun_by
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.errors import UserError
from mqinfra.model.event import Ended, Outcome
from mqinfra.model.frozen import copied, dataclass
from mqinfra.model.record import Begun, Header, Inventory, Origin, Record, Run, Standing, Use
from mqinfra.model.scope import Owned
from mqinfra.providers.base.records import RecordStore


@dataclass(frozen=True, slots=True)
class Beside:
    """What is recorded without being a change.

    Attributes:
        records: of what is as it is declared, by address.
        gone: what is recorded and declared by nobody, and either no longer there or claimed by others.
        used: lines of which a run that was killed left nothing to do, by digest.
    """

    records: Mapping[Address, Record] = field(default_factory=lambda: MappingProxyType({}))
    gone: Sequence[Address] = ()
    used: Mapping[str, Use] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to write."""
        return not self.records and not self.gone and not self.used


class Journal:
    """What one apply writes on one cluster.

    Attributes:
        problem: why something could not be written, for people; empty as long as everything was.
        unwritten: the resources of which that is so.
    """

    def __init__(
        self,
        store: RecordStore | None,
        inventory: Inventory,
        declared: Declared,
        run: Run,
        *,
        scope: Owned | None = None,
        beside: Beside | None = None,
        resting: Iterable[Change] = (),
        lost: Callable[[], str] = lambda: "",
    ) -> None:
        """Begin; nothing is written yet.

        Args:
            store: where the records are; None where the cluster keeps none.
            inventory: what they say, as it was read under the lock.
            declared: what records are made of.
            run: this run, without its number, its beginning and its end.
            scope: what the project may own on the cluster, for the header; None for nothing.
            beside: what is recorded without being a change.
            resting: the changes of the run, of which some may rest on lines that it uses up.
            lost: why the lock is no longer held; then nothing more is written, because somebody else may be writing.
        """
        self._store, self._declared, self._lost = store, declared, lost
        self._records = dict(inventory.records)
        self._before: dict[Address, Record | None] = {}
        self._begun = False
        self._resting: dict[str, set[Address]] = defaultdict(set)
        self._once: dict[Address, tuple[str, ...]] = {}
        for change in resting:
            self._once[change.address] = begun_by(change)
            for line in change.consents:
                self._resting[line].add(change.address)
        number = max((known.number for known in inventory.runs), default=0) + 1
        self._run = replace(run, number=number, started=_now())
        beside = beside or Beside()
        header = Header(FORMAT_VERSION, __version__, scope or Owned())
        self._texts: dict[str, str | None] = {}
        if header != inventory.header:
            self._texts[HEADER] = written(header)
        self._put(beside.records)
        for address in beside.gone:
            self._drop(address)
        self._using: set[str] = set()
        for line, use in beside.used.items():
            self._texts[use_key(line)] = written(use)
        for line, use in inventory.uses.items():
            if _forgettable(use):
                self._texts[use_key(line)] = None
        self.problem = inventory.unavailable and f"they can't be read: {inventory.unavailable}"
        self.unwritten: set[Address] = {*beside.records} if self.problem else set()

    @property
    def unrecorded(self) -> str:
        """Why what is about to be sent is in no record; empty where it is."""
        return self.problem or ("the cluster keeps none" if self._store is None else "")

    def before(self, changes: Iterable[Change]) -> None:
        """Write what is about to be sent, and that this run began."""
        if not self._begun:
            self._texts[run_key(self._run)] = written(self._run)
            self._begun = True
        for change in changes:
            before = self._records.get(change.address)
            self._before[change.address] = before
            for line in change.consents:
                if line in self._resting and line not in self._using:
                    self._using.add(line)
                    self._texts[use_key(line)] = written(replace(self._use, begun=True))
            pending = self._declared.pending(change, before)
            if pending is not None:
                self._put({change.address: pending})
            self._begin(change.address)
        self.save()

    def after(
        self, ended: Sequence[Ended], identities: Mapping[Address, str], untouched: Collection[Address] = ()
    ) -> None:
        """Note how changes ended. It is written by the next `before`, `save` or `finish`.

        Args:
            ended: one per change.
            identities: the broker's own ids of what was seen.
            untouched: of which the broker did nothing for certain.
        """
        for end in ended:
            self._end(end, identities.get(end.address, ""), untouched=end.address in untouched)

    def finish(self, outcomes: Iterable[Outcome]) -> None:
        """Write that the run has ended, and how."""
        for line, left in self._resting.items():
            # A line of which something is left to do, because the run failed there, lets the next run finish it.
            if not left:
                self._texts[use_key(line)] = written(self._use)
            elif line in self._using:
                self._texts[use_key(line)] = None
        counted = Counter(outcome.value for outcome in outcomes)
        self._run = replace(self._run, finished=_now(), outcome=dict(sorted(counted.items())))
        self._texts[run_key(self._run)] = written(self._run)
        self.save()

    def save(self) -> None:
        """Write what was noted and is not written yet, if anything; what is recorded without being a change too."""
        texts, self._texts = self._texts, {}
        if not texts or self._store is None:
            return
        if not self.problem:
            lost = self._lost()
            if lost:
                self.problem = f"the lock was lost: {lost}"
        if not self.problem:
            try:
                self._store.save(texts)
            except UserError as error:
                self.problem = error.diagnostics[0].message
            else:
                return
        keys = texts.keys()
        self.unwritten |= {address for address in {*self._records, *self._before} if address.key in keys}

    def _begin(self, address: Address, *, done: bool = False) -> None:
        for digest in self._once.get(address, ()):
            self._texts[once_key(digest)] = written(Begun(self._run.number, self._run.started[:10], done))

    @property
    def _use(self) -> Use:
        return Use(self._run.number, self._run.started[:10])

    def _end(self, end: Ended, identity: str, *, untouched: bool) -> None:
        address = end.address
        sent = address in self._before
        before = self._before.get(address, self._records.get(address))
        untouched = untouched or end.outcome is Outcome.NOT_ATTEMPTED
        if end.outcome is Outcome.APPLIED:
            self._begin(address, done=True)
            for left in self._resting.values():
                left.discard(address)
            if end.action is Action.DELETE:
                self._drop(address)
            elif address in self._declared.declarations:
                self._put({address: self._seen(end, identity, before, sent=sent)})
            return
        if sent and untouched:
            self._texts.update({once_key(digest): None for digest in self._once.get(address, ())})
        if sent and end.action is not Action.DELETE and (untouched or self._nothing_changed(end, before)):
            if before is not None:
                self._put({address: before})
            else:
                self._drop(address)

    def _seen(self, end: Ended, identity: str, before: Record | None, *, sent: bool) -> Record:
        """The record of what was seen to be as it is declared."""
        noted = self._records.get(end.address)
        if sent and end.action is Action.CREATE and noted is not None and noted.standing is Standing.PENDING:
            # What was about to be made says all that was made of the entry.
            return copied(noted, standing=Standing.APPLIED, identity=identity)
        seen = Seen(identity, self._declared.declarations[end.address].spec.fields)
        known = before if before is not None and self._declared.believes(end.address, before, seen) else None
        # What was so already was made by an apply that was cut off, which recorded it first, or else by somebody else.
        found = known.origin if known is not None else Origin.FOUND
        origin = origin_of(end.action, known) if sent else found
        return self._declared.record(end.address, origin, identity, noted)

    @staticmethod
    def _nothing_changed(end: Ended, before: Record | None) -> bool:
        """Whether the record of before the change still says the most that may be claimed.

        An update that failed may have been done in part; what then is claimed is that of before and what was wanted.
        """
        if end.outcome is Outcome.UNKNOWN:
            return False
        return end.action is not Action.UPDATE or before is None

    def _put(self, records: Mapping[Address, Record]) -> None:
        for address, record in records.items():
            self._records[address] = record
            self._texts[address.key] = written(record)

    def _drop(self, address: Address) -> None:
        if self._records.pop(address, None) is not None:
            self._texts[address.key] = None


def silent(declared: Declared, run: Run) -> Journal:
    """The journal of a cluster that keeps no records."""
    return Journal(None, Inventory(), declared, run)


def changed_since(before: Inventory, now: Inventory) -> bool:
    """Whether anybody has applied, or written records, between two readings; also where that can't be told."""
    known = before.known and now.known
    return not known or (before.header, before.runs, before.records) != (now.header, now.runs, now.records)


def not_recorded(problem: str, unwritten: Collection[Address]) -> str:
    """What is said where records could not be written."""
    number = len(unwritten)
    some = f"{number:,} resource is" if number == 1 else f"{number:,} resources are"
    return f"records could not be written: {problem}; {some} not recorded"


_REMEMBERED = timedelta(days=62)
"""Twice the days that consent may last, so that no line outlives what is remembered of it."""


def _forgettable(use: Use) -> bool:
    try:
        return date.fromisoformat(use.day) + _REMEMBERED < datetime.now(UTC).date()
    except ValueError:
        return False


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
