"""`kill -9` of a command line at a chosen request, or at a chosen reply of the broker, by what a proxy counts."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.brokers.recorder import ANY

if TYPE_CHECKING:
    from tests.brokers.proxy import Proxy
    from tests.brokers.recorder import Request
    from tests.command import Running


class Moment(enum.Enum):
    """When a process dies."""

    REQUEST = enum.auto()  # the request is lost with it
    REPLY = enum.auto()  # the broker has acted, and nobody learns of it


@dataclass(frozen=True)
class Point:
    """The n-th request, or the reply to it; counted from 1, among all that a crash is about."""

    number: int
    moment: Moment

    def __str__(self) -> str:
        return f"{self.moment.name.lower()} {self.number}"


class Crash:
    """Kills a process at a point, and cuts its connections, so that nothing which it left in a buffer goes on.

    `of` says which requests count: those that are `reading`, `mutating`, or `any`.
    """

    def __init__(self, proxy: Proxy[Any], victim: Running, point: Point, of: str = ANY) -> None:
        self._proxy, self._victim, self._left, self._of = proxy, victim, point.number, of
        if point.moment is Moment.REPLY:
            proxy.on_reply = self._count
        else:
            proxy.on_request = self._count

    def _count(self, _: int, request: Request) -> None:
        if self._of not in (ANY, request.sort):
            return
        self._left -= 1
        if self._left == 0:
            self._victim.kill()
            self._proxy.cut_all()
