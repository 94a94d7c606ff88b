"""Faults that a proxy can play on requests, switchable while clients are connected."""

from __future__ import annotations

import enum
import threading
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.brokers.recorder import ANY, MUTATING

if TYPE_CHECKING:
    from tests.brokers.recorder import Request


class Verdict(enum.Enum):
    """What becomes of one request."""

    FORWARD = enum.auto()
    RESET = enum.auto()  # the server never gets it, the client's connection is reset
    DROP_REQUEST = enum.auto()  # the server never gets it, the connection stays open
    SWALLOW_REPLY = enum.auto()  # the server gets it, the client never gets the answer
    CUT = enum.auto()  # the server gets it and answers, then both sides of the connection close without the answer
    ANSWER = enum.auto()  # the server never gets it, the proxy answers it


@dataclass(frozen=True)
class Judgement:
    """For one request: its number among those that count with it, how long to hold it, what to do with it."""

    number: int
    held: float
    verdict: Verdict
    answer: bytes = b""


@dataclass
class _Planned:
    verdict: Verdict
    of: str
    nth: int
    answer: bytes = b""
    seen: int = 0


class Faults:
    """The faults asked for.

    `of` says which requests a fault is about and counts: those of a name, `reading`, `mutating` or `any`. An `nth`
    counts from the call that asks for the fault, starting at 1.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._planned: list[_Planned] = []
        self._delays: dict[str, float] = {}
        self._counts: Counter[str] = Counter()
        self._black_hole = False
        self._drip = 0.0

    def reset_before(self, nth: int = 1, of: str = ANY) -> None:
        """Reset the client's connection instead of forwarding the n-th request."""
        self._plan(_Planned(Verdict.RESET, of, nth))

    def drop_request(self, nth: int = 1, of: str = MUTATING) -> None:
        """Lose the n-th request on its way to the server."""
        self._plan(_Planned(Verdict.DROP_REQUEST, of, nth))

    def swallow_reply(self, nth: int = 1, of: str = MUTATING) -> None:
        """Forward the n-th request and drop the server's answer to it; the connection stays open."""
        self._plan(_Planned(Verdict.SWALLOW_REPLY, of, nth))

    def cut_after(self, nth: int = 1, of: str = MUTATING) -> None:
        """Forward the n-th request, and close the client's connection when the server has answered."""
        self._plan(_Planned(Verdict.CUT, of, nth))

    def answer(self, answer: bytes, nth: int = 1, of: str = ANY) -> None:
        """Answer the n-th request in place of the server."""
        self._plan(_Planned(Verdict.ANSWER, of, nth, answer))

    def delay(self, seconds: float, of: str = ANY) -> None:
        """Hold every request for a while before it is forwarded; 0 ends that."""
        with self._lock:
            self._delays[of] = seconds

    def black_hole(self, on: bool = True) -> None:  # noqa: FBT001, FBT002 - a switch
        """Accept connections and requests and never forward nor answer anything."""
        with self._lock:
            self._black_hole = on

    @property
    def is_black_hole(self) -> bool:
        with self._lock:
            return self._black_hole

    def drip(self, pause: float) -> None:
        """Send every answer byte by byte, with a pause of so many seconds after each; 0 ends that."""
        with self._lock:
            self._drip = pause

    @property
    def pause(self) -> float:
        with self._lock:
            return self._drip

    def clear(self) -> None:
        with self._lock:
            self._planned.clear()
            self._delays.clear()
            self._counts.clear()
            self._black_hole = False
            self._drip = 0.0

    def judge(self, request: Request) -> Judgement:
        """Count the request, and say what becomes of it."""
        labels = (request.name, request.sort, ANY)
        with self._lock:
            self._counts[request.counted_as] += 1
            number = self._counts[request.counted_as]
            held = next((self._delays[label] for label in labels if label in self._delays), 0.0)
            if self._black_hole:
                return Judgement(number, held, Verdict.DROP_REQUEST)
            verdict, answer = Verdict.FORWARD, b""
            for planned in list(self._planned):
                if planned.of not in labels:
                    continue
                planned.seen += 1
                if planned.seen == planned.nth:
                    verdict, answer = planned.verdict, planned.answer
                    self._planned.remove(planned)
            return Judgement(number, held, verdict, answer)

    def _plan(self, planned: _Planned) -> None:
        if planned.nth < 1:
            raise ValueError(f"requests are counted from 1, not {planned.nth}")
        with self._lock:
            self._planned.append(planned)
