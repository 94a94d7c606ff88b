"""What a verification concluded: one judgement per check and resource."""

from enum import StrEnum

from mqinfra.model.address import Address
from mqinfra.model.span import Span
from mqinfra.model.written import Written


class Result(StrEnum):
    """How a check ended. Nothing passes of which nothing was seen."""

    PASS = "pass"  # noqa: S105 - a result, and no password
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    SKIPPED = "skipped"


class Mode(StrEnum):
    """How near a verification comes to what is in use."""

    PASSIVE = "passive"
    """It reads, and sends nothing."""
    CLONE = "clone"
    """Messages go through copies with the live settings, under names of their own."""
    SHADOW_BIND = "shadow-bind"
    """Messages go through the real exchange into queues of their own."""
    IN_PLACE = "in-place"
    """Messages go through the real thing, and every consumer sees them."""


class Judgement(Written):
    """What was concluded of one check on one resource.

    Attributes:
        check: the check's id, `V03`.
        name: its name, `loss`.
        address: the resource.
        result: the conclusion.
        mode: how it was looked at; None where it was not.
        requirement: what was asked, as a sentence: `no acknowledged message is lost`.
        span: where the manifest asks for it; the entry where it follows from that.
        evidence: what was seen, with numbers, in a line.
        offenders: ids of messages, or names, that are wrong; the first ten.
        more: how many more there are.
        causes: what is probably behind it, the likeliest first.
        fix: what to change, in the manifest or on the broker.
        open: what a pass does not prove.
        samples: how many operations it was judged by.
        seconds: how long its procedure took.
    """

    check: str
    name: str
    address: Address
    result: Result
    mode: Mode | None = None
    requirement: str
    span: Span | None = None
    evidence: str
    offenders: tuple[str, ...] = ()
    more: int = 0
    causes: tuple[str, ...] = ()
    fix: str = ""
    open: str = ""
    samples: int = 0
    seconds: float = 0.0
