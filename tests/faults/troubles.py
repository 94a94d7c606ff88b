"""What else goes wrong in the middle of an apply, and what has to be true afterwards, whatever it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.faults.sweep import Subject, Undisturbed, differences, settled

if TYPE_CHECKING:
    from tests.brokers.proxy import Proxy
    from tests.command import Ran

Arm = Callable[["Proxy[Any]", int], None]
"""Makes it happen at the n-th request."""
_DRIP = 0.3


def at_request(number: int, happens: Callable[[], None]) -> Callable[[int, object], None]:
    """Let something happen when the n-th request comes; for `Proxy.on_request`."""
    left = number

    def at(_: int, __: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            happens()

    return at


def _hang(proxy: Proxy[Any], number: int) -> None:
    proxy.on_request = at_request(number, proxy.faults.black_hole)


def _drip(proxy: Proxy[Any], number: int) -> None:
    proxy.on_request = at_request(number, lambda: proxy.faults.drip(_DRIP))


TROUBLES: dict[str, Arm] = {
    "hangs from a request on": _hang,
    "answers byte by byte from a request on": _drip,
    "never answers a request": lambda proxy, number: proxy.faults.swallow_reply(number, "any"),
    "never gets a request": lambda proxy, number: proxy.faults.drop_request(number, "any"),
    "resets a connection": lambda proxy, number: proxy.faults.reset_before(number, "any"),
    "is cut off after a request": lambda proxy, number: proxy.faults.cut_after(number, "any"),
}
_TIMEOUT = "2"
_WITHIN = 60.0


def survives(subject: Subject, course: Undisturbed, arm: Arm, number: int) -> Ran:
    """Apply with a trouble at the n-th request: it ends in time, and the next apply ends as if nothing had been."""
    subject.begin()
    subject.proxy.reset()
    running = subject.start("apply", "--auto-approve", "-o", "json", "--timeout", _TIMEOUT)
    arm(subject.proxy, number)
    ran = running.end(_WITHIN)
    subject.proxy.reset()
    subject.proxy.cut_all()
    assert ran.code in (0, 1, 4), f"{number}: {ran.text}"
    if ran.code == 4:
        ended = {result["outcome"] for result in ran.json()["results"]}
        assert ended & {"unknown", "failed", "not attempted"}, ended
    if ran.code == 0:
        assert subject.planned() == set(), f"{number}: {ran.text}"
    again = subject.start("apply", "--auto-approve", "--lock-timeout", "60").end()
    assert again.code == 0, f"{number}: {ran.text}{again.text}"
    live = settled(subject)
    assert live == course.state, f"{number}: {differences(live, course.state)}"
    return ran
