"""A sweep: an apply is killed at one point after the other, and each time the next apply finishes what it began.

What is left after a crash is known without asking mqinfra: it is where the live state differs from that of an
undisturbed run. The next plan has to show exactly that.
"""

from __future__ import annotations

import json
import random
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mqinfra.cli.main import run
from tests.faults.crash import Crash, Moment, Point

if TYPE_CHECKING:
    from tests.brokers.proxy import Proxy
    from tests.command import Running

State = Mapping[str, object]
"""What there is, by its address in a plan."""
_SEED = 11
_SAMPLE = 3
_SETTLED_WITHIN = 20.0
_APPLY = ("apply", "--auto-approve", "-q")
# A killed holder's lock goes by itself, and until then the next apply waits: a dozen seconds, so at some points only.
_WAITING, _AT_ONCE = ("--lock-timeout", "60"), ("--no-lock",)
_WAITS_EVERY = 10


class Subject(ABC):
    """A broker and a project whose apply is crashed into.

    Attributes:
        root: the project's folder; it is the working directory.
    """

    root: Path

    @property
    @abstractmethod
    def proxy(self) -> Proxy[Any]:
        """What the project's cluster is reached through."""

    @abstractmethod
    def begin(self) -> None:
        """Put the broker back to where the manifests begin, and write those that are to be applied."""

    @abstractmethod
    def live(self) -> State:
        """What the broker holds now, as somebody sees it who asks past mqinfra and past the proxy."""

    @abstractmethod
    def start(self, *arguments: str) -> Running:
        """Start a command line as a process of its own."""

    def planned(self) -> set[str]:
        """The addresses of what a plan would change."""
        assert run(["plan", "-q", "-o", "json=next.json"]) == 0
        return {change["address"] for change in json.loads((self.root / "next.json").read_text())["changes"]}


@dataclass(frozen=True)
class Undisturbed:
    """An apply that nobody disturbed: how many requests it took, the first that wrote, and what it left."""

    requests: int
    first_write: int
    writes: int
    state: State


def undisturbed(subject: Subject) -> Undisturbed:
    """Apply once, without a fault."""
    subject.begin()
    subject.proxy.reset()
    ran = subject.start(*_APPLY).end()
    assert ran.code == 0, ran.text
    requests = subject.proxy.recorder.requests
    first = next(number for number, request in enumerate(requests, 1) if request.mutating)
    writes = sum(request.mutating for request in requests)
    state = settled(subject)
    assert subject.planned() == set()
    return Undisturbed(len(requests), first, writes, state)


def sweep(subject: Subject, *, everything: bool) -> list[Point]:
    """Crash at every request and every reply, or at some that a seed picks; the points at which it was killed."""
    course = undisturbed(subject)
    assert course.requests >= 20, "an apply of 20 requests and more is crashed into"
    points = _every(course) if everything else _some(course)
    killed = [
        point
        for number, point in enumerate(points)
        if crashes(subject, point, course.state, waits=number % _WAITS_EVERY == 0)
    ]
    for moment in Moment:
        times = sum(point.moment is moment for point in killed)
        # Where several connections are read at once, or what was made is waited for, a run may need fewer than another.
        assert times >= (course.requests * 9 // 10 if everything else 1), f"{times} of {course.requests} {moment}s"
    return killed


def crashes(subject: Subject, point: Point, wanted: State, *, waits: bool) -> bool:
    """Crash at a point, plan, and apply again; False where the apply ended before it came there.

    Args:
        subject: what is crashed into.
        point: where.
        wanted: the state that an undisturbed apply leaves.
        waits: the next apply waits until the lock of the killed one has gone, and does not go on without any.
    """
    subject.begin()
    subject.proxy.reset()
    victim = subject.start(*_APPLY)
    Crash(subject.proxy, victim, point)
    code = victim.end().code
    subject.proxy.reset()
    assert code in (0, -9), f"{point}: exit code {code}"
    left = differences(settled(subject), wanted).keys()
    planned = subject.planned()
    assert planned == left, f"{point}: left are {sorted(left - planned)}, planned are {sorted(planned - left)}"
    assert run([*_APPLY, *(_WAITING if waits else _AT_ONCE)]) == 0, point
    live = settled(subject)
    assert live == wanted, f"{point}: {differences(live, wanted)}"
    return code != 0


def _every(course: Undisturbed) -> list[Point]:
    return [Point(number, moment) for moment in Moment for number in range(1, course.requests + 1)]


def _some(course: Undisturbed) -> list[Point]:
    """Some of those at which something may be half done."""
    return [Point(number, moment) for moment in Moment for number in some_writes(course)]


def some_writes(course: Undisturbed) -> list[int]:
    """The numbers of some requests between the first that writes and the last, the same ones each time."""
    picked = random.Random(_SEED)  # noqa: S311 - the same points each time, no secret
    numbers = range(course.first_write, course.first_write + course.writes)
    return sorted(picked.sample(numbers, min(_SAMPLE, len(numbers))))


def differences(one: State, other: State) -> dict[str, tuple[object, object]]:
    """What two states have of each address where they are not the same; None where it is absent."""
    addresses = sorted(one.keys() | other.keys())
    return {each: (one.get(each), other.get(each)) for each in addresses if one.get(each) != other.get(each)}


def settled(subject: Subject) -> State:
    """The live state once it stands still: what was on its way when somebody died may come to pass a little later."""
    deadline = time.monotonic() + _SETTLED_WITHIN
    before = subject.live()
    while True:
        time.sleep(0.05)
        now = subject.live()
        if now == before:
            return now
        assert time.monotonic() < deadline, "the broker does not come to rest"
        before = now
