"""Why messages wait."""

from collections.abc import Iterator, Sequence

from mqinfra.model.diagnosis import Suspect
from mqinfra.providers.base.verification.evidence import many
from mqinfra.providers.base.verification.examination import Attempt, Examination, Lane, Reader, grown
from mqinfra.verify.diagnosis.finding import Finding

OFTEN = 5
"""Deliveries from which a message counts as one that always fails."""
AWAY_MS = 60_000
"""Milliseconds without a word after which who holds a message counts as away."""
_MOST = 0.6
"""Share of what waits from which one part has nearly all."""
_FEW = 10
"""Messages below which parts are not compared."""
_LARGE = 1_000
"""A prefetch count from which one reader can hold what others could do."""
_HOARD = 100


def of_lag(seen: Examination) -> Iterator[Finding]:
    """Find what holds messages up, if any wait."""
    lost = sum(one.lost for one in seen.lanes)
    if lost:
        yield Finding(Suspect.OVERTAKEN, 95, f"{many(lost, 'message')} were deleted before they were read")
    waiting = sum(one.waiting for one in seen.lanes)
    if not waiting:
        return
    if seen.readers is not None and not seen.readers:
        yield Finding(Suspect.NOBODY, 100, f"{many(waiting, 'message')} wait, and nobody is connected")
        yield from _left(seen)
        return
    yield from _changing(seen)
    yield from _unowned(seen)
    yield from _failing(seen)
    yield from _left(seen)
    yield from _held(seen)
    yield from _hot(seen, waiting)
    yield from _pace(seen)


def _changing(seen: Examination) -> Iterator[Finding]:
    unstable = [state for state in seen.states if state != seen.stable]
    if unstable or seen.changed:
        told = f"states {', '.join(seen.states)}" if unstable else f"always {seen.stable}"
        came = f"; {many(seen.changed, 'reader')} came or went" if seen.changed else ""
        sure = 90 if seen.changed or len(unstable) > 1 else 65
        yield Finding(Suspect.REBALANCING, sure, f"in {seen.seconds:.0f} s: {told}{came}")


def _unowned(seen: Examination) -> Iterator[Finding]:
    some = [one for one in seen.lanes if one.owner == "" and one.waiting]
    if some:
        told = f"nobody reads {_names(some)}, where {many(sum(one.waiting for one in some), 'message')} wait"
        yield Finding(Suspect.UNOWNED, 95, told)


def _failing(seen: Examination) -> Iterator[Finding]:
    """By deliveries that are counted, by redeliveries without an end, or by one part that stands among others."""
    often = [one for one in seen.attempts if one.times >= OFTEN]
    if often:
        told = f"{many(len(often), 'message')} delivered {OFTEN} times or more and not done: {_attempts(often)}"
        yield Finding(Suspect.POISON, 95, told)
    elif seen.redelivered and not seen.finished:
        told = f"{seen.redelivered:,.1f} messages/s are delivered again, and none was finished in {seen.seconds:.0f} s"
        yield Finding(Suspect.POISON, 90, told)
    moved = {one.name: grown(one.done) for one in seen.lanes}
    still = [one for one in seen.lanes if one.waiting and one.owner != "" and moved[one.name] == 0]
    if still and any(moved.values()) and len(seen.lanes) > 1:
        where = ", ".join(f"{one.name} at {one.next}" if one.next else one.name for one in still[:3])
        told = f"others get on, and nothing was finished in {where}, where {still[0].waiting:,} wait"
        yield Finding(Suspect.POISON, 88, told)


def _left(seen: Examination) -> Iterator[Finding]:
    by_reader: dict[str, list[Attempt]] = {}
    for one in seen.attempts:
        if one.idle_ms >= AWAY_MS:
            by_reader.setdefault(one.reader, []).append(one)
    for reader, some in by_reader.items():
        longest = max(one.idle_ms for one in some) // 1_000
        told = f"{many(len(some), 'message')} delivered to `{reader}` and not done for up to {longest:,} s"
        yield Finding(Suspect.LEFT, 90, told)


def _held(seen: Examination) -> Iterator[Finding]:
    holding = [one for one in seen.readers or () if one.held]
    bounded = [one for one in holding if one.prefetch]
    full = [one for one in bounded if (one.held or 0) >= (one.prefetch or 0)]
    if full and not seen.finished and len(full) == len(seen.readers or ()):
        held = sum(one.held or 0 for one in full)
        told = f"{held:,} held by {_readers(full)}, all that is allowed, and none finished in {seen.seconds:.0f} s"
        yield Finding(Suspect.HELD, 90, told)
    total = sum(one.held or 0 for one in holding)
    for one in holding:
        held = one.held or 0
        loose = one.prefetch is not None and (one.prefetch == 0 or one.prefetch > _LARGE)
        if loose and held >= _HOARD and held >= total * _MOST:
            limit = f"a prefetch count of {one.prefetch:,}" if one.prefetch else "no prefetch count"
            others = len(seen.readers or ()) - 1
            told = f"`{one.name}` holds {held:,} of {total:,} by {limit}; {many(others, 'other reader')}"
            yield Finding(Suspect.HOARDED, 90 if others or not seen.finished else 65, told)


def _hot(seen: Examination, waiting: int) -> Iterator[Finding]:
    if len(seen.lanes) < 2 or waiting < _FEW:
        return
    top = max(seen.lanes, key=lambda one: one.waiting)
    if top.waiting >= max(waiting * _MOST, 2 * waiting / len(seen.lanes)):
        arrived, all_arrived = grown(top.came), seen.arrived
        came = f"; {arrived:,} of {all_arrived:,} that came meanwhile went there" if arrived and all_arrived else ""
        told = f"{top.name} has {top.waiting:,} of {waiting:,} that wait in {len(seen.lanes)}{came}"
        yield Finding(Suspect.HOT, 65 if grown(top.done) == 0 and seen.finished else 85, told)


def _pace(seen: Examination) -> Iterator[Finding]:
    waits, finished, seconds = seen.waits, seen.finished, seen.seconds
    if finished == 0:
        told = f"{many(sum(one.waiting for one in seen.lanes), 'message')} wait; none was finished in {seconds:.0f} s"
        yield Finding(Suspect.STUCK, 60, f"{told}; connected: {_readers(seen.readers or ())}")
    elif finished and finished > 0 and len(waits) > 1 and waits[-1] > waits[0] and seconds:
        came = f"{seen.arrived / seconds:,.1f}" if seen.arrived is not None else "more"
        told = f"{finished / seconds:,.1f} messages/s are finished and {came} come"
        yield Finding(Suspect.SLOW, 80, f"{told}: {waits[0]:,} waited, then {waits[-1]:,}")


def _names(some: Sequence[Lane]) -> str:
    shown = ", ".join(one.name for one in some[:3])
    return f"{shown} and {len(some) - 3} more" if len(some) > 3 else shown


def _attempts(some: Sequence[Attempt]) -> str:
    return ", ".join(f"{one.id} {one.times:,} times" for one in some[:3])


def _readers(some: Sequence[Reader]) -> str:
    shown = ", ".join(f"`{one.name}`" for one in some[:2])
    return f"{shown} and {len(some) - 2} more" if len(some) > 2 else shown
