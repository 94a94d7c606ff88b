"""Changes that go on for long after the broker said yes: driven to their end, and said where they stand meanwhile."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.errors import UserError
from mqinfra.model.event import Advanced, Ended, Event, Outcome
from mqinfra.providers.base.gradual import Gradual
from mqinfra.providers.base.request import Lost, Refused, UnderWay
from mqinfra.providers.base.session import Session

_AGAIN = "run the same command again: it goes on where this one stopped"
_STILL = 15.0
"""Seconds without any progress after which that is said."""
_OFTEN = 2.0
"""Seconds between two words on how far one is."""


@dataclass(slots=True)
class _Course:
    """What was seen of one change.

    Attributes:
        since: when it began.
        grown: when it was last seen to be further.
        standing: where it stood then.
        told: when that was last said.
        said: what was said.
    """

    since: float
    grown: float
    standing: UnderWay
    told: float = 0.0
    said: UnderWay | None = None


class GradualChanges:
    """Drives the changes of one batch.

    Args:
        session: the cluster.
        emit: takes events.
        patience: seconds that the user waits for one of them.
    """

    def __init__(self, session: Session, emit: Callable[[Event], None], patience: float) -> None:
        self._session, self._emit, self._patience = session, emit, patience
        self._courses: dict[Address, _Course] = {}
        self._over: set[Address] = set()

    def step(self, accepted: Iterable[Change], stopped: str) -> dict[Address, Ended | None]:
        """Do what is next.

        Args:
            accepted: changes that the broker accepted and that were not seen to be done.
            stopped: why nothing more may be done; empty when it may.

        Returns:
            those that are not to be read back yet: None while one goes on, or how it ended.
        """
        some = [
            change
            for change in accepted
            if change.address not in self._over and isinstance(self._session.kinds[change.address.kind], Gradual)
        ]
        known = {address: course.standing for address, course in self._courses.items()} if stopped else {}
        # What was sent a moment ago may be over already, or go on: only a step more tells.
        standings = {**self._standings([one for one in some if one.address not in known]), **known}
        found = {one.address: self._verdict(one, standings[one.address]) for one in some if one.address in standings}
        return {
            one.address: found[one.address] or _unfinished(one, stopped, self._courses[one.address].standing)
            if stopped
            else found[one.address]
            for one in some
            if one.address in found
        }

    def _standings(self, some: list[Change]) -> Mapping[Address, UnderWay | Refused | Lost]:
        if not some:
            return {}
        try:
            standings = self._session.go_on(some)
        except UserError as error:
            # Only of what was seen to go on is it known that there is more to it than to be read back.
            return {one.address: Lost(str(error)) for one in some if one.address in self._courses}
        self._over.update(one.address for one in some if one.address not in standings)
        return standings

    def _verdict(self, change: Change, standing: UnderWay | Refused | Lost) -> Ended | None:
        now = time.monotonic()
        course = self._courses.get(change.address)
        if isinstance(standing, Refused) and not standing.retry:
            return _ended(change, Outcome.FAILED, standing.message, standing.help)
        if not isinstance(standing, UnderWay):
            last = course.standing if course is not None else UnderWay("begun")
            standing = replace(last, hindrance=standing.message)
        if course is None:
            course = self._courses[change.address] = _Course(now, now, standing)
        if standing.mark != course.standing.mark:
            course.grown = now
        elif not standing.hindrance and standing.mark and now - course.grown > _STILL:
            standing = replace(standing, hindrance=f"nothing has moved for {now - course.grown:.0f} s")
        course.standing = standing
        self._tell(change.address, course, now)
        if now - course.since < self._patience:
            return None
        return _unfinished(change, f"not finished within {self._patience:g} s", standing)

    def _tell(self, address: Address, course: _Course, now: float) -> None:
        new, old = course.standing, course.said
        stumbles = bool(new.hindrance) != bool(old.hindrance if old is not None else "")
        if old is not None and not stumbles and (new.message == old.message or now - course.told < _OFTEN):
            return
        course.told, course.said = now, new
        self._emit(Advanced(address=address, message=new.message, hindrance=new.hindrance))


def _unfinished(change: Change, why: str, standing: UnderWay) -> Ended:
    stalled = f"; it does not go on: {standing.hindrance}" if standing.hindrance else ""
    return _ended(change, Outcome.UNKNOWN, f"{why}, and still under way: {standing.message}{stalled}", (_AGAIN,))


def _ended(change: Change, outcome: Outcome, message: str, advice: tuple[str, ...]) -> Ended:
    return Ended(address=change.address, action=change.action, outcome=outcome, message=message, help=advice)
