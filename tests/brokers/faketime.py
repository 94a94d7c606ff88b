"""A library of Debian's that tells a process another time of day than the system's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.brokers.debian import unpacked
from tests.brokers.errors import BrokerError

if TYPE_CHECKING:
    from pathlib import Path


def installed() -> Path:
    """The library, fetched when it is not there yet."""
    root = unpacked("faketime", ("bookworm",), ("libfaketime",))
    found = sorted(root.glob("usr/lib/*/faketime/libfaketime.so.1"))
    if not found:
        raise BrokerError(f"{root} has no libfaketime")
    return found[0]


def wrong_by(seconds: int) -> dict[str, str]:
    """The environment of a process whose time of day is so many seconds ahead; how long it waits is not changed.

    Not for librdkafka: it waits on conditions until a time of day, which the library leaves as it is, and so it never
    comes to an end or never waits.
    """
    return {"LD_PRELOAD": str(installed()), "FAKETIME": f"{seconds:+d}", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
