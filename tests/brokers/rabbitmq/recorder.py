"""What clients asked of the management API as a proxy saw it, and the faults that the proxy can play on them."""

from __future__ import annotations

import enum
import threading
from collections import Counter
from dataclasses import dataclass
from typing import Literal

_MOST_RECORDED = 200_000
_MUTATING = frozenset({"PUT", "POST", "DELETE", "PATCH"})

# Which requests a fault is about, and counts.
Which = Literal["any", "reading", "mutating"]


@dataclass(frozen=True)
class Request:
    """One request: its method, its target with all percent-encoding as it came, and its body."""

    method: str
    path: str
    body: bytes

    @property
    def mutating(self) -> bool:
        return self.method in _MUTATING

    @property
    def sort(self) -> Which:
        return "mutating" if self.mutating else "reading"

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class Recorder:
    """The requests seen since the last `clear`, oldest first; bounded."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: list[Request] = []
        self.overflowed = False

    def add(self, request: Request) -> None:
        with self._lock:
            if len(self._requests) < _MOST_RECORDED:
                self._requests.append(request)
            else:
                self.overflowed = True

    def clear(self) -> None:
        with self._lock:
            self._requests.clear()
            self.overflowed = False

    @property
    def requests(self) -> list[Request]:
        with self._lock:
            return list(self._requests)

    def mutating(self) -> list[Request]:
        """The requests that asked the server to change something, refused ones too."""
        return [request for request in self.requests if request.mutating]


class Verdict(enum.Enum):
    """What becomes of one request."""

    FORWARD = enum.auto()
    RESET = enum.auto()  # the server never gets the request, the client's connection is reset
    SWALLOW_REPLY = enum.auto()  # the server has answered, the client's connection closes without the answer
    ANSWER = enum.auto()  # the server never gets the request, the proxy answers it
    HOLD = enum.auto()  # the server never gets the request, the client's connection stays open


@dataclass(frozen=True)
class Judgement:
    """For one request: its number among the reading or the mutating ones, how long to hold it, what to do with it."""

    number: int
    held: float
    verdict: Verdict
    status: int


@dataclass
class _Planned:
    verdict: Verdict
    of: Which
    nth: int
    status: int
    seen: int = 0


class Faults:
    """The faults asked for. An `nth` counts from the call that asks for the fault, starting at 1."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._planned: list[_Planned] = []
        self._delays: dict[Which, float] = {}
        self._counts: Counter[Which] = Counter()
        self._black_hole = False

    def reset_before(self, nth: int = 1, of: Which = "any") -> None:
        """Reset the client's connection instead of forwarding the n-th request."""
        self._plan(_Planned(Verdict.RESET, of, nth, 0))

    def swallow_reply(self, nth: int = 1, of: Which = "mutating") -> None:
        """Forward the n-th request, and close the client's connection when the server has answered."""
        self._plan(_Planned(Verdict.SWALLOW_REPLY, of, nth, 0))

    def answer(self, status: int = 503, nth: int = 1, of: Which = "any") -> None:
        """Answer the n-th request with a status, as a proxy does whose server is away."""
        self._plan(_Planned(Verdict.ANSWER, of, nth, status))

    def delay(self, seconds: float, of: Which = "any") -> None:
        """Hold every request for a while before it is forwarded; 0 ends that."""
        with self._lock:
            self._delays[of] = seconds

    def black_hole(self, on: bool = True) -> None:  # noqa: FBT001, FBT002 - a switch
        """Accept connections and requests and never forward nor answer anything."""
        with self._lock:
            self._black_hole = on

    def clear(self) -> None:
        with self._lock:
            self._planned.clear()
            self._delays.clear()
            self._counts.clear()
            self._black_hole = False

    def judge(self, request: Request) -> Judgement:
        with self._lock:
            self._counts[request.sort] += 1
            number = self._counts[request.sort]
            held = self._delays.get(request.sort, self._delays.get("any", 0.0))
            if self._black_hole:
                return Judgement(number, held, Verdict.HOLD, 0)
            verdict, status = Verdict.FORWARD, 0
            for planned in list(self._planned):
                if planned.of not in {"any", request.sort}:
                    continue
                planned.seen += 1
                if planned.seen == planned.nth:
                    verdict, status = planned.verdict, planned.status
                    self._planned.remove(planned)
            return Judgement(number, held, verdict, status)

    def _plan(self, planned: _Planned) -> None:
        if planned.nth < 1:
            raise ValueError(f"requests are counted from 1, not {planned.nth}")
        with self._lock:
            self._planned.append(planned)
