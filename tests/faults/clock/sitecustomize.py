"""Sets the time of day of this interpreter wrong, before anything else is imported; Python looks for it by its name.

`time.monotonic` stays, and so does what libraries of C read by themselves.
"""

from __future__ import annotations

import datetime as dt
import os
import time
from datetime import date, datetime
from typing import Any

_AHEAD = int(os.environ["TESTS_CLOCK_AHEAD"])
_LATER = dt.timedelta(seconds=_AHEAD)
_seconds, _nanoseconds, _local, _utc = time.time, time.time_ns, time.localtime, time.gmtime


class _Like(type):
    """Takes what the broken-down types of C make for its own."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, cls.__mro__[1])


class Moment(datetime, metaclass=_Like):
    """A moment that is read off the wrong clock."""

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> Any:
        return datetime.now(tz) + _LATER

    @classmethod
    def today(cls) -> Any:
        return cls.now()


class Day(date, metaclass=_Like):
    """A day that is read off the wrong clock."""

    @classmethod
    def today(cls) -> Any:
        return Moment.now().date()


vars(time).update(
    time=lambda: _seconds() + _AHEAD,
    time_ns=lambda: _nanoseconds() + _AHEAD * 1_000_000_000,
    localtime=lambda seconds=None: _local(_seconds() + _AHEAD if seconds is None else seconds),
    gmtime=lambda seconds=None: _utc(_seconds() + _AHEAD if seconds is None else seconds),
)
vars(dt).update(datetime=Moment, date=Day)
