"""Where a plan's time goes, measured inside one process: `python tests/bench/phases.py` in a project's folder.

It calls what `mqinfra plan` calls, in the same order, and prints the seconds of each step as JSON. The time that the
broker and its client take is told apart from ours by timing the calls of the session.
"""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mqinfra.providers.base.session import Session

_BEGUN = time.perf_counter(), time.process_time()


class Clock:
    """Adds up wall and processor seconds by step."""

    def __init__(self) -> None:
        self.steps: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.add(name, time.perf_counter() - wall, time.process_time() - cpu)

    def add(self, name: str, wall: float, cpu: float) -> None:
        self.steps[name][0] += wall
        self.steps[name][1] += cpu

    def timed(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """The same call, under the clock."""

        def under_the_clock(*arguments: Any) -> Any:
            with self.step(name):
                return call(*arguments)

        return under_the_clock


def main() -> None:
    clock = Clock()
    from mqinfra.cli.planning import parse_options  # noqa: PLC0415 - what importing costs is one of the steps
    from mqinfra.cli.workspace import open_workspace  # noqa: PLC0415
    from mqinfra.engine.planner import make_plan  # noqa: PLC0415
    from mqinfra.engine.survey import survey  # noqa: PLC0415
    from mqinfra.render.plan_text import render_plan  # noqa: PLC0415
    from mqinfra.render.terminal import Style  # noqa: PLC0415

    clock.add("start", time.perf_counter() - _BEGUN[0], time.process_time() - _BEGUN[1])
    with clock.step("load"):
        workspace = open_workspace(None)
    options = parse_options((), (), ())

    def opener(alias: str) -> Session:
        with clock.step("connect"):
            session = workspace.opener(alias)
        for name in ("read", "figures", "dry_run"):
            setattr(session, name, clock.timed(f"session.{name}", getattr(session, name)))
        return session

    with ExitStack() as stack:
        with clock.step("survey"):
            found = survey(workspace.loaded.desired, opener, stack, options.selection)
        with clock.step("plan"):
            plan = make_plan(workspace.loaded.desired, found, workspace.catalogue, options)
        with clock.step("render"):
            render_plan(plan, Style())
    steps = {name: {"wall": wall, "cpu": cpu} for name, (wall, cpu) in clock.steps.items()}
    sys.stdout.write(json.dumps({"changes": len(plan.changes), "steps": steps}) + "\n")


if __name__ == "__main__":
    main()
