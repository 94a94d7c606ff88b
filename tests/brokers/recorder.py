"""What clients asked of a server, as a proxy between them saw it."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections import Counter
from typing import Generic, TypeVar

_MOST_RECORDED = 200_000
ANY, READING, MUTATING = "any", "reading", "mutating"


class Request(ABC):
    """One request as it came."""

    @property
    @abstractmethod
    def name(self) -> str:
        """What it asks for, in the broker's words: `CreateTopics`, `PUT`, `xgroup|create`."""

    @property
    @abstractmethod
    def mutating(self) -> bool:
        """Whether it may change what the broker holds; refused ones count too."""

    @property
    @abstractmethod
    def raw(self) -> bytes:
        """Every byte of it."""

    @property
    def sort(self) -> str:
        return MUTATING if self.mutating else READING

    @property
    def counted_as(self) -> str:
        """Among which requests the callbacks of a proxy number it."""
        return self.name


R = TypeVar("R", bound=Request)


class Recorder(Generic[R]):
    """The requests seen since the last `clear`, oldest first; bounded."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: list[R] = []
        self.overflowed = False

    def add(self, request: R) -> None:
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
    def requests(self) -> list[R]:
        with self._lock:
            return list(self._requests)

    def mutating(self) -> list[R]:
        """The requests that asked the server to change something; no dry runs."""
        return [request for request in self.requests if request.mutating]

    def counts(self) -> Counter[str]:
        """How often each was asked for, by name."""
        return Counter(request.name for request in self.requests)

    def of(self, name: str) -> list[R]:
        return [request for request in self.requests if request.name == name]
