"""The applier: brings a plan about, and says of every change only what was seen.

Per cluster, side by side: waves by need; in a wave batches of requests; after a wave one bulk read-back that decides
the outcome. A refusal, a lost reply or a timeout is never the last word: what the read-back shows is. What a wave left
undone and may be sent again is, a bounded number of times; to a cluster that no longer answers nothing more is sent.
Nothing here depends on having run before: the same plan applied again finds what is done already and does the rest.
"""

import queue
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from mqinfra.engine.batch import Batch
from mqinfra.engine.guard_classes import classes_now
from mqinfra.engine.inventory.journal import not_recorded
from mqinfra.engine.keeping import Keeping
from mqinfra.engine.once import begun_by
from mqinfra.engine.order import connected, waves
from mqinfra.engine.pace import Pace
from mqinfra.engine.recheck import Recheck, made_anew, stale_classes
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.errors import UserError
from mqinfra.model.event import Ended, Event, Finished, Outcome, Started, Warned
from mqinfra.model.plan import Plan
from mqinfra.providers.base.session import Session

_LOOKS = 3
"""How often guards are looked at before a wave, until they hold."""


def apply(
    plan: Plan,
    sessions: Mapping[str, Session],
    rechecks: Mapping[Address, Recheck],
    stop: threading.Event,
    pace: Pace | None = None,
    noted: Callable[[Event], None] = lambda _: None,
    keeping: Mapping[str, Keeping] = MappingProxyType({}),
) -> Iterator[Event]:
    """Bring a plan about.

    Args:
        plan: an unblocked plan.
        sessions: open sessions of every cluster with changes, by alias.
        rechecks: what `examine` found, with nothing stale.
        stop: set it to finish what is in flight and send no more.
        pace: how long to wait and how often to try.
        noted: called with every Sent and Ended in the thread in which it happens, before it is handed out: whoever
            stops at once can't wait until it is.
        keeping: the lock and the journal of each cluster that has them, by alias.

    Yields:
        Started, then Sent and Ended as they happen, one Ended per change, Warned where records could not be written,
        then Finished.
    """
    by_cluster: dict[str, list[Change]] = defaultdict(list)
    for change in plan.changes:
        by_cluster[change.address.cluster].append(change)
    yield Started(project=plan.project, environment=plan.environment, digest=plan.digest, changes=len(plan.changes))
    events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()

    def emit(event: Event) -> None:
        noted(event)
        events.put(event)

    runs = {
        alias: _Run(sessions[alias], changes, rechecks, stop, pace or Pace(), emit, keeping.get(alias, Keeping()))
        for alias, changes in by_cluster.items()
    }
    groups = [[runs[alias] for alias in group] for group in connected(plan.changes)]
    pool = ThreadPoolExecutor(max_workers=max(1, len(groups)), thread_name_prefix="apply")
    try:
        futures = [pool.submit(_go, group) for group in groups]
        for future in futures:
            future.add_done_callback(lambda _: events.put(None))
        left = len(groups)
        while left:
            event = events.get()
            if event is None:
                left -= 1
            else:
                yield event
        for future in futures:
            future.result()
    finally:
        # Whoever stops at once does not wait for the answer of a cluster that hangs.
        pool.shutdown(wait=False, cancel_futures=True)
    yield Finished(interrupted=stop.is_set())


def _go(runs: Sequence["_Run"]) -> None:
    """Bring about the changes of clusters that need each other, and note what becomes of them, whatever happens."""
    changes = [change for run in runs for change in run.changes]
    outcomes: dict[Address, Outcome] = {}
    planned = {change.address: change for change in changes}
    with ExitStack() as stack:
        for run in runs:
            run.outcomes, run.planned = outcomes, planned
            stack.callback(run.close)
        for wave in waves(changes):
            for run in runs:
                run.go([change for change in wave if change.address.cluster == run.session.alias])
                if len(runs) > 1 and run.keeping.journal is not None:
                    run.keeping.journal.save()  # others may take long now


@dataclass
class _Run:
    """The apply of one cluster; where `unreachable_reason` says why it can't be read, nothing more is sent."""

    session: Session
    changes: Sequence[Change]
    rechecks: Mapping[Address, Recheck]
    stop: threading.Event
    pace: Pace
    emit: Callable[[Event], None]
    keeping: Keeping
    outcomes: dict[Address, Outcome] = field(default_factory=dict)
    planned: Mapping[Address, Change] = field(default_factory=dict)
    unreachable_reason: str = ""
    ended: list[Ended] = field(default_factory=list)
    identities: dict[Address, str] = field(default_factory=dict)
    untouched: set[Address] = field(default_factory=set)

    def go(self, wave: Sequence[Change]) -> None:
        """Bring about the changes of one wave that are this cluster's."""
        if not wave:
            return
        ready: list[Change] = []
        for change in wave:
            left = self.rechecks[change.address].remaining
            missing = [need for need in change.needs if self.outcomes.get(need, Outcome.APPLIED) is not Outcome.APPLIED]
            if left is None:
                self.identities[change.address] = self.rechecks[change.address].identity
                self._end(change, Outcome.APPLIED, already=True, message="already done")
            elif missing:
                self._end(change, Outcome.NOT_ATTEMPTED, message=_waits_for(change, self.planned[missing[0]]))
            elif self.stop.is_set():
                self._end(change, Outcome.NOT_ATTEMPTED, message="the apply was interrupted first")
            else:
                ready.append(left)
        going = self._still_guarded(ready)
        if self.keeping.journal is not None and going:
            self.keeping.journal.before(going)
        self._apply(self._recorded(going))
        self._note()

    def _note(self) -> None:
        if self.keeping.journal is not None and self.ended:
            self.keeping.journal.after(self.ended, self.identities, self.untouched)
        self.ended.clear()

    def close(self) -> None:
        """Say how the run ended."""
        journal = self.keeping.journal
        if journal is None:
            return
        self._note()
        journal.finish(self.outcomes.get(change.address, Outcome.NOT_ATTEMPTED) for change in self.changes)
        if journal.problem:
            self.emit(Warned(cluster=self.session.alias, message=not_recorded(journal.problem, journal.unwritten)))

    def _recorded(self, changes: Sequence[Change]) -> list[Change]:
        """Leave out what is done once and could not be recorded: nothing would keep a later apply from doing it again.

        A plan that was approved by its digest goes all the same: that never fits a second time.
        """
        journal = self.keeping.journal
        why = "nothing is recorded" if journal is None else journal.unrecorded
        if not why or self.keeping.expected:
            return list(changes)
        going: list[Change] = []
        for change in changes:
            if begun_by(change):
                message = f"not sent: it is done once, and that it was begun could not be recorded: {why}"
                self._end(change, Outcome.FAILED, message=message)
            else:
                going.append(change)
        return going

    def _still_guarded(self, changes: Sequence[Change]) -> list[Change]:
        """Leave out what would now take what the plan did not see: messages arrived since, and nobody consented."""
        if self.unreachable_reason or not any(change.guard for change in changes):
            return list(changes)
        try:
            now = self._classes(changes)
        except UserError as error:
            return self._unguarded(changes, error.diagnostics[0].message)
        going: list[Change] = []
        for change in changes:
            stale = stale_classes(change, now.get(change.address, {}))
            if not stale:
                going.append(change)
                continue
            found = "; ".join(f"{item.what}: {item.planned} in the plan, {item.now} now" for item in stale)
            message = f"not sent: it would destroy what the plan did not see ({found}); plan again"
            self._end(change, Outcome.FAILED, message=message)
        return going

    def _classes(self, changes: Sequence[Change]) -> Mapping[Address, Mapping[str, str]]:
        """Read the classes of guards, again where they seem to have moved: a lost answer counts as some.

        Raises:
            UserError: the cluster could not be read.
        """
        for _ in range(_LOOKS - 1):
            try:
                now = classes_now(self.session, changes)
            except UserError:
                continue
            if not any(stale_classes(change, now.get(change.address, {})) for change in changes):
                return now
        return classes_now(self.session, changes)

    def _unguarded(self, changes: Sequence[Change], why: str) -> list[Change]:
        """Leave out the changes with a guard, of which nobody can tell now what they would take."""
        for change in changes:
            if change.guard:
                message = f"not sent: what it would destroy can't be counted now: {why}; plan again"
                self._end(change, Outcome.FAILED, message=message)
        return [change for change in changes if not change.guard]

    def _apply(self, changes: Sequence[Change]) -> None:
        replaces = [change for change in changes if change.action is Action.REPLACE]
        plain = [change for change in changes if change.action is not Action.REPLACE]
        for ended in self._batch(plain):
            self._report(ended)
        if not replaces:
            return
        # A replace is a delete that was seen to be done, and then a create.
        gone: list[Change] = []
        for ended in self._batch([_delete_of(change) for change in replaces]):
            if ended.outcome is Outcome.APPLIED:
                gone.append(next(change for change in replaces if change.address == ended.address))
            else:
                self._report(ended.model_copy(update={"action": Action.REPLACE}))
        for ended in self._batch([made_anew(change, self.session.kinds[change.address.kind]) for change in gone]):
            message = ended.message
            if ended.outcome is not Outcome.APPLIED:
                message = f"deleted, but not recreated: {message}"
            self._report(ended.model_copy(update={"action": Action.REPLACE, "message": message}))

    def _batch(self, changes: Sequence[Change]) -> list[Ended]:
        if not changes:
            return []
        lost = self.keeping.lock.lost
        batch = Batch(self.session, changes, self.stop, self.pace, self.emit, self.unreachable_reason, lost)
        ended = batch.run()
        self.identities.update(batch.identities)
        self.untouched |= batch.untouched
        self.unreachable_reason = batch.unreachable_reason
        return ended

    def _end(self, change: Change, outcome: Outcome, *, message: str, already: bool = False) -> None:
        self._report(
            Ended(address=change.address, action=change.action, outcome=outcome, already=already, message=message)
        )

    def _report(self, ended: Ended) -> None:
        self.outcomes[ended.address] = ended.outcome
        self.ended.append(ended)
        self.emit(ended)


_DONE = {
    Action.CREATE: "created",
    Action.UPDATE: "updated",
    Action.REPLACE: "recreated",
    Action.DELETE: "deleted",
    Action.ADOPT: "adopted",
    Action.FORGET: "forgotten",
}


def _waits_for(change: Change, need: Change) -> str:
    how = "it goes only after" if change.action is Action.DELETE else "it needs"
    return f"{how} `{need.address}`, which was not {_DONE[need.action]}"


def _delete_of(change: Change) -> Change:
    return replace(change, action=Action.DELETE, after=None, differences=())
