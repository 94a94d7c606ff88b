"""Running an apply: events to progress, signals to a clean stop, and what the report says in every case.

The first Ctrl-C (or SIGTERM) sends nothing new, waits for what is in flight and reads it back. A second one ends the
process at once and says what is not known.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from types import FrameType
from typing import NoReturn

from mqinfra.cli import spans
from mqinfra.cli.console import Console
from mqinfra.cli.region import Region
from mqinfra.engine.applier import apply
from mqinfra.engine.keeping import Keeping
from mqinfra.engine.pace import Pace
from mqinfra.engine.recheck import Recheck
from mqinfra.model.address import Address
from mqinfra.model.errors import UserError
from mqinfra.model.event import Ended, Event, Finished, Outcome, Report, Sent, Started, fold
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.plan import Plan
from mqinfra.providers.base.session import Session
from mqinfra.render.events import event_json
from mqinfra.render.live import LiveList


class StoppedAtOnceError(BaseException):
    """The user did not want to wait for what is in flight. No `Exception`, so that nothing on the way takes it."""


class Course:
    """What has happened of an apply so far: enough for a report at any moment.

    Attributes:
        plan: what is applied.
        seen: the events, in their order.
        noted: what happened on the clusters, also what has not been handed out as an event yet.
        events: every event is written to stdout as a JSON line.
    """

    def __init__(self, plan: Plan, talk: Console, *, events: bool) -> None:
        """Begin.

        Args:
            plan: what is applied.
            talk: the console.
            events: write every event to stdout as a JSON line.
        """
        self.plan, self._talk, self.events = plan, talk, events
        self.seen: list[Event] = []
        self.noted: list[Event] = []

    def add(self, event: Event) -> None:
        """Note an event, and write it for whoever reads events."""
        self.seen.append(event)
        if (traced := spans.current()) is not None:
            traced.event(event)
        if self.events:
            try:
                self._talk.data(event_json(event))
            except UserError as error:  # whatever nobody can read, what was begun is brought to its end
                self._talk.diagnostics(error.diagnostics)

    @property
    def report(self) -> Report:
        """The report of an apply that came to its end."""
        return fold(self.seen)

    def cut_off(self, reason: str, code: ExitCode, *, interrupted: bool = False) -> Report:
        """The report of an apply that did not: what was sent and not read back is unknown, the rest was not begun."""
        plan = self.plan
        if not self.seen:
            started = Started(
                project=plan.project, environment=plan.environment, digest=plan.digest, changes=len(plan.changes)
            )
            self.add(started)
        handed_out = {id(event) for event in self.seen}
        for event in [event for event in self.noted if id(event) not in handed_out]:
            self.add(event)
        ended = {event.address for event in self.seen if isinstance(event, Ended)}
        sent = {address for event in self.seen if isinstance(event, Sent) for address in event.addresses}
        for change in plan.changes:
            if change.address not in ended:
                unknown = change.address in sent
                self.add(
                    Ended(
                        address=change.address,
                        action=change.action,
                        outcome=Outcome.UNKNOWN if unknown else Outcome.NOT_ATTEMPTED,
                        message="it was sent, but not read back" if unknown else "",
                    )
                )
        self.add(Finished(interrupted=interrupted))
        return fold(self.seen).model_copy(update={"reason": reason, "ended_with": code})


def run_plan(
    course: Course,
    sessions: Mapping[str, Session],
    rechecks: Mapping[Address, Recheck],
    talk: Console,
    *,
    timeout: float,
    keeping: Mapping[str, Keeping],
) -> None:
    """Apply and show progress; the course has the events.

    Args:
        course: the plan, and where its events go.
        sessions: open sessions by alias.
        rechecks: what `examine` found.
        talk: the console.
        timeout: seconds that the user waits for an answer.
        keeping: the lock and the journal of each cluster.

    Raises:
        StoppedAtOnceError: the user interrupted it twice.
    """
    stop = threading.Event()
    style = talk.style(sys.stderr)
    # Events on the same terminal are a list of their own.
    live = _live(course, talk) if talk.shows_live and not (course.events and sys.stdout.isatty()) else None
    with talk.below(Region(live.lines)) if live is not None else nullcontext(), _stopping(stop, talk):
        pace, noted = Pace.within(timeout), course.noted.append
        for event in apply(course.plan, sessions, rechecks, stop, pace, noted, keeping):
            course.add(event)
            if live is not None:
                talk.info(live.feed(event, style))
            elif not course.events:
                talk.event(event, style)


def _live(course: Course, talk: Console) -> LiveList:
    return LiveList(course.plan, time.monotonic, colour=talk.style(sys.stderr).colour, verbose=talk.settings.verbose)


@contextmanager
def _stopping(stop: threading.Event, talk: Console) -> Iterator[None]:
    def handle(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise StoppedAtOnceError
        stop.set()
        talk.info("interrupted: sending nothing new, finishing what is in flight (interrupt again to stop at once)")

    old = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)


def leave(code: ExitCode) -> NoReturn:
    """End the process at once: threads wait for answers that nobody will read, and a plain exit would wait for them."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
