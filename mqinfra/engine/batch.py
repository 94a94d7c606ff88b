"""One batch of changes that may go together: send, read back, send again what is safe to, and say how each ended."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from pydantic import JsonValue

from mqinfra.engine.arrival import arrived
from mqinfra.engine.comparator import comparator_of
from mqinfra.engine.gradual import GradualChanges
from mqinfra.engine.overwrites import changed_meanwhile, to_be_overwritten, without
from mqinfra.engine.pace import Pace
from mqinfra.engine.recheck import is_done, made_otherwise, recheck
from mqinfra.model.address import Address, text_of
from mqinfra.model.change import Action, Change
from mqinfra.model.errors import UserError
from mqinfra.model.event import Ended, Event, Outcome, Sent
from mqinfra.model.reading import Live, Reading
from mqinfra.model.setting import Unit
from mqinfra.model.unit import format_bytes, format_ms
from mqinfra.providers.base.capabilities import TakesEffect
from mqinfra.providers.base.request import Accepted, Lost, Refused, Request, Result
from mqinfra.providers.base.session import Session


class Batch:
    """Sends changes through one session and finds out what came of them.

    Attributes:
        unreachable_reason: why the cluster can't be read any more; empty while it answers. Nothing
            is sent while it does not.
        identities: the broker's own ids of what was seen to be done, where it has any.
        untouched: what the broker refused, and did nothing of for certain.
    """

    def __init__(
        self,
        session: Session,
        changes: Sequence[Change],
        stop: threading.Event,
        pace: Pace,
        emit: Callable[[Event], None],
        unreachable_reason: str = "",
        lost: Callable[[], str] = lambda: "",
    ) -> None:
        self._lost = lost
        self._session, self._stop, self._pace, self._emit = session, stop, pace, emit
        self.unreachable_reason = unreachable_reason
        self._planned = {change.address: change for change in changes}
        self.identities: dict[Address, str] = {}
        self.untouched: set[Address] = set()
        self._ended: dict[Address, Ended] = {}
        self._before: dict[Address, Live] = {}
        self._compared: set[Address] = set()

    def run(self) -> list[Ended]:
        """Send everything, and return one outcome per change, sorted by address."""
        todo = dict(self._planned)
        for attempt in range(1, self._pace.attempts + 1):
            results = self._send(list(todo.values()))
            again = self._settle({address: todo[address] for address in results}, results)
            unsent = todo.keys() - results.keys()
            why = self._why_stop()
            if why or attempt == self._pace.attempts or not (again or unsent):
                for address in unsent:
                    self._end(address, Outcome.NOT_ATTEMPTED, why or "the cluster did not answer in time")
                for address, result in again.items():
                    self._give_up(address, result)
                break
            todo = self._left(again) | {address: todo[address] for address in unsent}
            self._stop.wait(min(self._pace.longest_wait, self._pace.first_wait * 4**attempt))
        return [self._ended[address] for address in sorted(self._ended, key=text_of)]

    def _why_end(self) -> str:
        """Why nothing more is to be done; empty when more is."""
        if self._stop.is_set():
            return "the apply was interrupted first"
        lost = self._lost()
        return f"the lock was lost first: {lost}" if lost else ""

    def _why_stop(self) -> str:
        """Why no more may be sent; empty when more may."""
        if why := self._why_end():
            return why
        return f"the cluster stopped answering before: {self.unreachable_reason}" if self.unreachable_reason else ""

    def _send(self, changes: Sequence[Change]) -> dict[Address, Result]:
        """Send the requests in order, until the user stops it or nobody answers; keep the worst result per resource."""
        results: dict[Address, Result] = {}
        held: set[Address] = set()
        for planned in self._session.requests(changes):
            request = without(planned, held)
            if not self._why_stop():
                conflicts = self._overwritten(request)
                results.update(conflicts)
                held |= conflicts.keys()
                request = without(request, held)
            if not request.body:
                continue
            why = self._why_stop()
            if why:
                half = Refused(f"only part of it was sent: {why}", ("run the same command again to finish",))
                results.update({address: half for address in request.body if address in results})
                continue
            self._emit(Sent(cluster=self._session.alias, request=request.api, addresses=tuple(request.body)))
            answers = self._session.send(request)
            for address, result in answers.items():
                results[address] = _worse(results.get(address), result)
            if all(isinstance(result, Lost) for result in answers.values()):
                # Each request without an answer takes as long as the user's patience: look first who is there.
                self._look_for(answers)
        return results

    def _overwritten(self, request: Request) -> dict[Address, Refused]:
        """Why resources that a request would overwrite stay as they are: each is looked at before its first write.

        A cluster that does not answer is asked for a while, and nothing is sent until it does.
        """
        asked = to_be_overwritten(self._session, self._planned, request.body.keys() - self._compared)
        self._compared.update(asked)
        reading = self._look_for(asked) if asked else None
        deadline = time.monotonic() + self._pace.lost
        while asked and reading is None and time.monotonic() < deadline and not self._stop.is_set():
            time.sleep(self._pace.first_wait)
            reading = self._look_for(asked)
        return changed_meanwhile(self._session, self._planned, asked, reading) if reading is not None else {}

    def _settle(self, sent: Mapping[Address, Change], results: dict[Address, Result]) -> dict[Address, Result]:
        """Look until each sent change is seen, refused for good, or worth sending again (which it returns)."""
        waiting, again = dict(sent), dict[Address, Result]()
        started, pause = time.monotonic(), self._pace.first_wait
        gradual = GradualChanges(self._session, self._emit, self._pace.gradual)
        while waiting:
            accepted = [one for address, one in waiting.items() if isinstance(results[address], Accepted)]
            under_way = gradual.step(accepted, self._why_end())
            if any(verdict is None for verdict in under_way.values()):
                started = time.monotonic()  # what is beside it is given up only once that is over
            looked = {address: change for address, change in waiting.items() if address not in under_way}
            asked = arrived(self._session, looked, results, self._pace, self._look_for) if looked else looked
            reading = self._look_for(asked) if asked else None
            elapsed = time.monotonic() - started
            before = len(waiting)
            verdicts: dict[Address, Ended | Result | None] = {**under_way}
            for address, change in (looked if asked is None else asked).items():
                verdicts[address] = self._judge(change, results[address], reading, elapsed)
            for address, verdict in self._in_force(verdicts, elapsed).items():
                if verdict is None:
                    continue
                del waiting[address]
                if isinstance(verdict, Ended):
                    self._ended[address] = verdict
                else:
                    again[address] = verdict
            if len(waiting) < before:
                started = time.monotonic()
                if asked is not None and len(asked) < len(looked):
                    continue  # the next portion may be there by now
            if waiting:
                time.sleep(pause)
                pause = min(self._pace.longest_wait, pause * 2)
        return again

    def _in_force(
        self, verdicts: Mapping[Address, Ended | Result | None], elapsed: float
    ) -> dict[Address, Ended | Result | None]:
        """Keep looking for what was read back, but is not in force yet."""
        done = [
            self._planned[address]
            for address, verdict in verdicts.items()
            if isinstance(verdict, Ended)
            and verdict.outcome is Outcome.APPLIED
            and isinstance(self._session.kinds[address.kind], TakesEffect)
        ]
        try:
            pending = self._session.not_in_force(done) if done else {}
        except UserError as error:
            pending = {change.address: f"it can't be read: {error}" for change in done}
        found = dict(verdicts)
        for address, why in pending.items():
            message = f"written, but not in force within {self._pace.settle:g} s: {why}"
            late = elapsed >= self._pace.settle
            found[address] = self._ending(self._planned[address], Outcome.UNKNOWN, message) if late else None
        return found

    def _judge(self, change: Change, result: Result, reading: Reading | None, elapsed: float) -> Ended | Result | None:
        """Decide on one change after one look: its end, its result if it may be sent again, None to keep looking."""
        address = change.address
        if reading is None:
            if elapsed < self._pace.settle:
                return None
            return self._ending(change, Outcome.UNKNOWN, f"it could not be read back: {self.unreachable_reason}")
        if address in reading.denied:
            return self._ending(change, Outcome.UNKNOWN, f"it can't be seen: {reading.denied[address]}")
        live = reading.resources.get(address)
        conflict = isinstance(result, Refused) and result.conflict
        comparator = comparator_of(self._session, address)
        if not conflict and is_done(self._planned[address], live, comparator, ours=isinstance(result, Accepted)):
            return self._applied(change, live, result)
        if live is not None:
            self._before[address] = live
        match result:
            case Refused(retry=False):
                return self._refused(change, result, live)
            case Refused():
                return result
            case Lost():
                return result if elapsed >= self._pace.lost else None
            case Accepted():
                return self._accepted(change, live, result, elapsed)

    def _accepted(self, change: Change, live: Live | None, result: Accepted, elapsed: float) -> Ended | None:
        """Decide on what the broker took and does not look so."""
        if result.proven:
            return self._applied(change, live, result)
        other = self._overtaken(change.address, live)
        if other and elapsed >= self._pace.lost:
            message = f"another value was read back: {other}; someone else is changing it"
            advice = "find out who else changes this cluster, then plan again"
            return self._ending(change, Outcome.FAILED, message, (advice,))
        if elapsed < self._pace.settle:
            return None
        return self._ending(
            change,
            Outcome.UNKNOWN,
            f"the broker accepted it, but it was not seen within {self._pace.settle:g} s"
            f"{self._otherwise(change.address, live)}",
            ("look at the broker's log, then run the same command again",),
        )

    def _refused(self, change: Change, result: Refused, live: Live | None) -> Ended:
        if result.untouched or result.conflict:
            self.untouched.add(change.address)
        found = self._otherwise(change.address, live) if not result.conflict else ""
        return self._ending(change, Outcome.FAILED, result.message + found, result.help)

    def _applied(self, change: Change, live: Live | None, result: Result) -> Ended:
        if live is not None:
            self.identities[change.address] = live.identity
        return self._ending(change, Outcome.APPLIED, result.note if isinstance(result, Accepted) else "")

    def _otherwise(self, address: Address, live: Live | None) -> str:
        """How what is there differs from what was to be made, for the end of a message; empty when there is nothing."""
        change = self._planned[address]
        if live is None or change.action is not Action.CREATE:
            return ""
        stale = made_otherwise(change, live, comparator_of(self._session, address))
        return f"; someone else created one: {'; '.join(map(str, stale))}" if stale else ""

    def _overtaken(self, address: Address, live: Live | None) -> str:
        """Values of an update that are neither what it wants nor what the plan saw, so that no delay explains them."""
        change = self._planned[address]
        if live is None or change.action is not Action.UPDATE:
            return ""
        own = live.spec.fields()
        stale = {item.what for item in recheck(change, live, change.guard, comparator_of(self._session, address)).stale}
        return ", ".join(
            f"`{'.'.join(item.path)}` {_text(own.get(item.path), item.unit)}"
            for item in change.differences
            if ".".join(item.path) in stale
        )

    def _left(self, again: Mapping[Address, Result]) -> dict[Address, Change]:
        """What is still to do of changes that go again: an update may have been done in part."""
        left: dict[Address, Change] = {}
        for address in again:
            change = self._planned[address]
            live = self._before.get(address)
            rest = (
                recheck(change, live, change.guard, comparator_of(self._session, address)).remaining if live else change
            )
            left[address] = rest or change
        return left

    def _give_up(self, address: Address, result: Result) -> None:
        change = self._planned[address]
        if isinstance(result, Refused):
            self._ended[address] = self._ending(change, Outcome.FAILED, result.message, result.help)
        else:
            message = result.message if isinstance(result, Lost) else "no answer"
            again = ("run the same command again: it detects what is done and finishes the rest",)
            self._ended[address] = self._ending(change, Outcome.FAILED, f"not done, no answer: {message}", again)

    def _look_for(self, addresses: Iterable[Address]) -> Reading | None:
        """Read resources; None when the cluster does not answer."""
        wanted: dict[str, list[Address]] = defaultdict(list)
        for address in sorted(addresses, key=text_of):
            wanted[address.kind].append(address)
        try:
            reading = self._session.look(wanted)
        except UserError as error:
            self.unreachable_reason = str(error)
            return None
        self.unreachable_reason = ""
        return reading

    def _end(self, address: Address, outcome: Outcome, message: str) -> None:
        self._ended[address] = self._ending(self._planned[address], outcome, message)

    @staticmethod
    def _ending(change: Change, outcome: Outcome, message: str, advice: tuple[str, ...] = ()) -> Ended:
        return Ended(address=change.address, action=change.action, outcome=outcome, message=message, help=advice)


def _text(value: JsonValue, unit: Unit | None) -> str:
    if value is None:
        return "reset to the broker's default"
    if isinstance(value, bool) or not isinstance(value, int) or unit is None:
        return str(value)
    return format_ms(value) if unit is Unit.MS else format_bytes(value)


def _worse(one: Result | None, other: Result) -> Result:
    """The result that says less about success: lost, then refused, then accepted."""
    if isinstance(one, Accepted) and isinstance(other, Accepted):
        return replace(other, proven=one.proven and other.proven)
    if one is None or isinstance(one, Accepted):
        return other
    return other if isinstance(other, Lost) and not isinstance(one, Lost) else one
