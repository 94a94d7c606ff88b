"""`apply --wait`: wait until messages are through what nobody declares any more, and delete it in the same run."""

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager

from mqinfra.cli.console import Console
from mqinfra.cli.planning import Planned
from mqinfra.engine.unattended import only
from mqinfra.model.address import Address
from mqinfra.model.event import Report, joined
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.plan import Plan
from mqinfra.render.terminal import clean, plural

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 5.0

PlanAgain = Callable[[], AbstractContextManager[Planned]]
CarryOut = Callable[[Planned, Plan], Report]


def drains(plan: Plan) -> frozenset[Address]:
    """What stays after a plan only until messages are through it."""
    return frozenset(item.address for item in plan.undeclared if item.drains)


def drained(
    report: Report, waiting: Collection[Address], again: PlanAgain, carry_out: CarryOut, wait: float, talk: Console
) -> Report:
    """Wait, and delete what is drained, all of it or, when time is over, nothing.

    Args:
        report: of the apply so far, which did all that it was to.
        waiting: what waits for messages, as the plan said.
        again: plans again, for as long as its context lasts.
        carry_out: applies deletes that were planned again.
        wait: seconds to wait at most.
        talk: the console.

    Returns:
        The report of the whole run.
    """
    end, last = time.monotonic() + wait, ""
    try:
        for _ in _looks(end):
            with again() as planned:
                left = drains(planned.plan) & set(waiting)
                if not left and planned.plan.complete:
                    return _deleted(report, waiting, planned, carry_out, talk)
                said = _left(left, planned)
            if said != last:
                talk.info(f"waiting: {said}")
                last = said
    except KeyboardInterrupt:
        talk.info("interrupted: what is left drains by itself, and goes with a later apply")
        return report.model_copy(update={"interrupted": True, "reason": "interrupted while waiting"})
    why = f"not drained within {wait:g} s: {last}"
    talk.error(f"{why}; it drains by itself, and goes with a later apply")
    return report.model_copy(update={"reason": why, "ended_with": ExitCode.PARTIAL})


def _deleted(
    report: Report, waiting: Collection[Address], planned: Planned, carry_out: CarryOut, talk: Console
) -> Report:
    plan = planned.plan
    held = {str(change.address) for change in plan.blocked if change.address in waiting}
    if held:
        talk.diagnostics(found for found in plan.diagnostics if found.address is None or found.address in held)
        why = f"drained, but not deleted: {plural(len(held), 'delete')} blocked"
        return report.model_copy(update={"reason": why, "ended_with": ExitCode.REFUSED})
    rest = only(plan, waiting)
    return joined(report, carry_out(planned, rest)) if rest.changes else report


def _looks(end: float) -> Iterator[None]:
    """Look at once, then with longer and longer pauses, the last time when the time is over."""
    pause = _FIRST_PAUSE
    yield
    while (rest := end - time.monotonic()) > 0:
        time.sleep(min(pause, rest))
        pause = min(_LONGEST_PAUSE, pause * 2)
        yield


def _left(addresses: Collection[Address], planned: Planned) -> str:
    """How much is left, for people: `312 messages in 2 of 5 resources`."""
    down = [cluster.alias for cluster in planned.plan.clusters if not cluster.reachable]
    if down:
        return f"{', '.join(down)} can't be read"
    number, holding = 0, 0
    for alias in sorted({address.cluster for address in addresses}):
        some = [address for address in sorted(addresses) if address.cluster == alias]
        for figures in planned.survey.sessions[alias].figures(some).values():
            number += figures.messages or 0
            holding += bool(figures.messages)
    first = clean(str(min(addresses)))
    more = f" and {len(addresses) - 1:,} more" if len(addresses) > 1 else ""
    return f"`{first}`{more}: {plural(number, 'message')} left" if holding else f"`{first}`{more} not drained yet"
