"""Where the time of a plan goes, and of its apply: `python tests/bench/phases.py [apply]` in a project's folder.

A program of its own that calls what `mqinfra` calls, in the same order, and prints the seconds of each step as JSON.
Each second counts once, for the innermost step, so that what the broker and its client take is told apart from ours.
"""

from __future__ import annotations

import gc
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mqinfra.model.plan import Plan
    from mqinfra.providers.base.session import Session

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
            "send": lambda _: "send",
        }
        for call, name in names.items():
            setattr(session, call, self._timed(getattr(session, call), name))
        return session

    def _reading(self, wanted: Any) -> str:
        number = sum(len(addresses) for addresses in wanted.values())
        return f"{self.now}: look for one" if number == 1 else f"{self.now}: read"

    def _timed(self, call: Callable[[Any], Any], name: Callable[[Any], str]) -> Callable[[Any], Any]:
        def timed(argument: Any) -> Any:
            with self.clock.step(name(argument)):
                return call(argument)

        return timed


def main(arguments: list[str]) -> None:
    from mqinfra.cli.main import COLLECT_AFTER  # noqa: PLC0415 - what importing costs is one of the steps

    gc.disable()
    gc.set_threshold(*COLLECT_AFTER)
    from mqinfra.cli.where import Where  # noqa: PLC0415
    from mqinfra.cli.workspace import open_workspace  # noqa: PLC0415
    from mqinfra.engine.planning.planner import make_plan  # noqa: PLC0415
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
            _apply(plan, dict(found.sessions), watched)
    steps = [{"step": name, "wall": wall, "cpu": cpu} for name, (wall, cpu) in clock.steps.items()]
    sys.stdout.write(json.dumps({"changes": len(plan.changes), "steps": steps}) + "\n")


def _apply(plan: Plan, sessions: dict[str, Session], watched: Watched) -> None:
    from mqinfra.engine.applier import apply  # noqa: PLC0415
    from mqinfra.engine.examine import examine  # noqa: PLC0415
    from mqinfra.model.event import fold  # noqa: PLC0415
    from mqinfra.render.report_text import render_report  # noqa: PLC0415
    from mqinfra.render.terminal import Style  # noqa: PLC0415

    gc.freeze()
    gc.enable()
    watched.now = "before writing"
    with watched.clock.step("before writing: compare"):
        rechecks = examine(plan, sessions)
    watched.now = "read-back"
    with watched.clock.step("waves, outcomes, pauses"):
        events = list(apply(plan, sessions, rechecks, threading.Event()))
    with watched.clock.step("show the report"):
        report = fold(events)
        render_report(report, Style())
    if report.exit_code:
        raise SystemExit(f"the apply ended with {report.exit_code}")


if __name__ == "__main__":
    main(sys.argv[1:])
