"""Where the time of a plan goes, and of its apply: `python tests/bench/phases.py [apply]` in a project's folder.

A program of its own that calls what `mqinfra` calls, in the same order, and prints the seconds of each step as JSON.
Each second counts once, for the innermost step, so that what the broker and its client take is told apart from ours.
What mqinfra does while a dry run is under way counts as the dry run.
"""

from __future__ import annotations

import gc
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mqinfra.engine.keeping import Basis
    from mqinfra.model.record import Owner
    from mqinfra.providers.base.records import RecordStore
    from mqinfra.providers.base.session import Session

# A script's folder comes first where modules are looked for; `kafka` means the client, not the file beside this one.
sys.path[:] = [place for place in sys.path if Path(place).resolve() != Path(__file__).resolve().parent]

_BEGUN = time.perf_counter(), time.process_time()


class Clock:
    """Gives wall and processor seconds to the innermost step. Only one thread works at a time here."""

    def __init__(self) -> None:
        self.steps: dict[str, list[float]] = {}
        self._open = ["start and imports"]
        self._at = _BEGUN

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        self._book()
        self._open.append(name)
        yield
        self._book()
        self._open.pop()

    def _book(self) -> None:
        now = time.perf_counter(), time.process_time()
        spent = self.steps.setdefault(self._open[-1], [0.0, 0.0])
        spent[0] += now[0] - self._at[0]
        spent[1] += now[1] - self._at[1]
        self._at = now


class Watched:
    """Puts the calls of a session under the clock; `now` says what they are for."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.now = clock, "survey"

    def watch(self, session: Session) -> Session:
        names: dict[str, Callable[[Any], str]] = {
            "read": self._reading,
            "look": self._reading,
            "dry_run": lambda _: "dry run",
            "send": self._sending,
        }
        for call, name in names.items():
            setattr(session, call, self._timed(getattr(session, call), name))
        self._watch_records(session)
        return session

    def _watch_records(self, session: Session) -> None:
        stores = session.records

        def records(owner: Owner) -> RecordStore | None:
            store = stores(owner)
            if store is not None:
                for call, name in {"load": "read", "save": "write", "others": "find others'"}.items():
                    setattr(store, call, self._timed(getattr(store, call), _always(f"records: {name}")))
            return store

        session.records = records  # type: ignore[method-assign]

    def _sending(self, _request: Any) -> str:
        self.now = "read-back"
        return "send"

    def _reading(self, wanted: Any) -> str:
        number = sum(len(addresses) for addresses in wanted.values())
        return f"{self.now}: look for one" if number == 1 else f"{self.now}: read"

    def _timed(self, call: Callable[[Any], Any], name: Callable[[Any], str]) -> Callable[[Any], Any]:
        def timed(*arguments: Any) -> Any:
            with self.clock.step(name(arguments[0] if arguments else None)):
                return call(*arguments)

        return timed


def _always(text: str) -> Callable[[Any], str]:
    return lambda _: text


def main(arguments: list[str]) -> None:
    from mqinfra.cli.main import COLLECT_AFTER  # noqa: PLC0415 - what importing costs is one of the steps

    gc.disable()
    gc.set_threshold(*COLLECT_AFTER)
    from mqinfra.cli.where import Where  # noqa: PLC0415
    from mqinfra.cli.workspace import open_workspace  # noqa: PLC0415
    from mqinfra.engine.keeping import Basis  # noqa: PLC0415
    from mqinfra.engine.planning.planner import make_plan  # noqa: PLC0415
    from mqinfra.engine.selection import Selection  # noqa: PLC0415
    from mqinfra.engine.survey import survey  # noqa: PLC0415
    from mqinfra.render.plan_text import render_plan  # noqa: PLC0415
    from mqinfra.render.terminal import Style  # noqa: PLC0415

    clock = Clock()
    watched = Watched(clock)
    with clock.step("load manifests"):
        workspace = open_workspace(Where())

    def opener(alias: str) -> Session:
        with clock.step("connect"):
            return watched.watch(workspace.opener(alias))

    with ExitStack() as stack:
        with clock.step("survey: sort"):
            found = survey(workspace.loaded.desired, opener, stack)
        with clock.step("compare, check, order, digest"):
            plan = make_plan(workspace.loaded.desired, found, workspace.catalogue)
        with clock.step("show the plan"):
            render_plan(plan, Style())
        if arguments == ["apply"]:
            _apply(Basis(plan, workspace.loaded.desired, found, Selection()), watched)
    steps = [{"step": name, "wall": wall, "cpu": cpu} for name, (wall, cpu) in clock.steps.items()]
    sys.stdout.write(json.dumps({"changes": len(plan.changes), "steps": steps}) + "\n")


def _apply(basis: Basis, watched: Watched) -> None:
    """Apply as the command does: under the lock, with the journal, and reading again what it reads again."""
    from mqinfra.cli.locking import whoami  # noqa: PLC0415
    from mqinfra.engine.applier import apply  # noqa: PLC0415
    from mqinfra.engine.examine import examine  # noqa: PLC0415
    from mqinfra.engine.keeping import keep, read_under_lock  # noqa: PLC0415
    from mqinfra.model.event import fold  # noqa: PLC0415
    from mqinfra.render.report_text import render_report  # noqa: PLC0415
    from mqinfra.render.terminal import Style  # noqa: PLC0415

    plan, sessions, clock = basis.plan, basis.survey.sessions, watched.clock
    with ExitStack() as stack:
        with clock.step("lock"):
            locks = {
                alias: stack.enter_context(session.lock(basis.owner, "bench", 1.0))
                for alias, session in sessions.items()
            }
        watched.now = "under the lock"
        with clock.step("under the lock: compare"):
            found, undisturbed = read_under_lock(basis, locks)
            rechecks = examine(plan, sessions, undisturbed)
            keeping = keep(found, locks, whoami(), undisturbed)
        gc.freeze()
        gc.enable()
        watched.now = "before the writes"
        with clock.step("waves, outcomes, records' texts, pauses"):
            events = list(apply(plan, sessions, rechecks, threading.Event(), keeping=keeping))
    with clock.step("show the report"):
        report = fold(events)
        render_report(plan, report, Style())
    if report.exit_code:
        raise SystemExit(f"the apply ended with {report.exit_code}")


if __name__ == "__main__":
    main(sys.argv[1:])
