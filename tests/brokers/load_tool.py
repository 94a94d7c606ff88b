"""What a broker's own load tool says of one run, as somebody else's measure of the same load."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run of load came to.

    Attributes:
        rate: messages per second that were consumed.
        p50: milliseconds within which half of them came, or were acknowledged where a tool tells only that.
        p99: and nearly all.
    """

    rate: float
    p50: float
    p99: float
