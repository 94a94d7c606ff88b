"""Faults a proxy can play on one api's requests, switchable while clients are connected."""

from __future__ import annotations

import enum
import threading
from collections import Counter
from dataclasses import dataclass


class Verdict(enum.Enum):
    """What becomes of one request."""

    FORWARD = enum.auto()
    SWALLOW_REPLY = enum.auto()  # the broker gets the request, the client never gets the answer
    DROP_REQUEST = enum.auto()  # the broker never gets the request, the connection stays open
    CUT = enum.auto()  # the broker gets the request, then both sides of the connection close


@dataclass
class _Planned:
    verdict: Verdict
    api: str | None
    nth: int
    seen: int = 0


class Faults:
    """The faults asked for. An `nth` counts from the call that asks for the fault, starting at 1."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._planned: list[_Planned] = []
        self._delays: dict[str | None, float] = {}
        self._counts: Counter[str] = Counter()
        self._black_hole = False

    def swallow_reply(self, api: str, nth: int = 1) -> None:
        """Forward the n-th request of an api and drop the broker's answer to it."""
        self._plan(Verdict.SWALLOW_REPLY, api, nth)

    def drop_request(self, api: str, nth: int = 1) -> None:
        """Lose the n-th request of an api on its way to the broker."""
        self._plan(Verdict.DROP_REQUEST, api, nth)

    def cut_after(self, api: str | None, nth: int = 1) -> None:
        """Forward the n-th request (of an api, or of all), then close the client's connection."""
        self._plan(Verdict.CUT, api, nth)

    def delay(self, seconds: float, api: str | None = None) -> None:
        """Hold every request (of an api, or of all) for a while before forwarding it; 0 ends that."""
        with self._lock:
            self._delays[api] = seconds

    def black_hole(self, on: bool = True) -> None:  # noqa: FBT001, FBT002 - a switch
        """Accept connections and requests and never forward nor answer anything."""
        with self._lock:
            self._black_hole = on

    @property
    def is_black_hole(self) -> bool:
        with self._lock:
            return self._black_hole

    def clear(self) -> None:
        with self._lock:
            self._planned.clear()
            self._delays.clear()
            self._counts.clear()
            self._black_hole = False

    def judge(self, api: str) -> tuple[int, float, Verdict]:
        """For one request: its number among its api's requests, how long to hold it, what to do with it."""
        with self._lock:
            self._counts[api] += 1
            number = self._counts[api]
            held = self._delays.get(api, self._delays.get(None, 0.0))
            if self._black_hole:
                return number, held, Verdict.DROP_REQUEST
            verdict = Verdict.FORWARD
            for planned in list(self._planned):
                if planned.api not in (None, api):
                    continue
                planned.seen += 1
                if planned.seen == planned.nth:
                    verdict = planned.verdict
                    self._planned.remove(planned)
            return number, held, verdict

    def _plan(self, verdict: Verdict, api: str | None, nth: int) -> None:
        if nth < 1:
            raise ValueError(f"requests are counted from 1, not {nth}")
        with self._lock:
            self._planned.append(_Planned(verdict, api, nth))
