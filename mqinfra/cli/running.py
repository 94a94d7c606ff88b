"""Running an apply: events to progress, signals to a clean stop, and the report in every case.

The first Ctrl-C (or SIGTERM) sends nothing new, waits for what is in flight and reads it back. A second one ends the
process at once and says what is not known.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

from mqinfra.cli.console import Console
from mqinfra.engine.applier import apply
from mqinfra.engine.batch import Pace
from mqinfra.engine.fingerprint import Standing
from mqinfra.model.address import Address
from mqinfra.model.errors import UserError
from mqinfra.model.event import Event, Report, fold
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.plan import Plan
from mqinfra.providers.base.session import Session
from mqinfra.render.events import Progress, event_json, event_line


def run_plan(
    plan: Plan,
    sessions: Mapping[str, Session],
    standings: Mapping[Address, Standing],
    talk: Console,
    *,
    timeout: float,
    events: bool,
) -> Report:
    """Apply, show progress, and return the report.

    Args:
        plan: the plan.
        sessions: open sessions by alias.
        standings: what `examine` found.
        talk: the console.
        timeout: seconds that the user waits for an answer.
        events: write every event to stdout as a JSON line.
    """
    stop, seen = threading.Event(), list[Event]()
    style = talk.style(sys.stderr)
    progress = Progress(style) if talk.talks_to_terminal else None
    with _stopping(stop, talk, seen, plan):
        for event in apply(plan, sessions, standings, stop, Pace.within(timeout)):
            seen.append(event)
            if events:
                try:
                    talk.data(event_json(event))
                except UserError as error:  # whatever nobody can read, what was begun is brought to its end
                    talk.diagnostics(error.diagnostics)
            if progress is not None:
                talk.progress(progress.feed(event))
            elif not events:
                talk.talk(event_line(event, style))
    return fold(seen)


@contextmanager
def _stopping(stop: threading.Event, talk: Console, seen: list[Event], plan: Plan) -> Iterator[None]:
    def handle(_number: int, _frame: FrameType | None) -> None:
        if not stop.is_set():
            stop.set()
            talk.talk("\ninterrupted: nothing new is sent; finishing what is in flight (once more to stop at once)")
            return
        known = {result.address for result in fold(seen).results}
        unknown = [str(change.address) for change in plan.changes if change.address not in known]
        talk.talk(
            f"stopped at once: {len(known)} of {len(plan.changes)} changes were seen to end; unknown: "
            + ", ".join(unknown[:10])
            + (f" and {len(unknown) - 10} more" if len(unknown) > 10 else "")
            + "\nrun the same command again: it finds what was done and does the rest"
        )
        sys.stderr.flush()
        # Threads wait for answers that nobody will read; there is nothing left to close in order.
        os._exit(ExitCode.INTERRUPTED)

    old = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)
