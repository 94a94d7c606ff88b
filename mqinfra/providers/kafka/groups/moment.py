"""Places in a log as people name them: its ends, a moment, so long ago, or an offset."""

from datetime import datetime
from enum import Enum

from mqinfra.model.frozen import dataclass
from mqinfra.model.unit import parse_ms

_HELP = "`earliest`, `latest`, a time such as `2026-11-29T08:00:00Z`, or so long ago as `2h`"
_ZONE = "say the time of day and the time zone, as in `2026-11-29T08:00:00Z`"


class End(Enum):
    """An end of a log."""

    EARLIEST = "earliest"
    LATEST = "latest"


@dataclass(frozen=True, slots=True)
class Time:
    """A point in time: the first record that is not older is meant, or the end where there is none.

    Attributes:
        ms: milliseconds since 1970.
    """

    ms: int


@dataclass(frozen=True, slots=True)
class Ago:
    """So long before the plan is made.

    Attributes:
        ms: milliseconds.
    """

    ms: int


Place = End | Time | Ago | int
"""A number is an offset, the same in each partition."""


def parse(text: str, *, offsets: bool) -> Place:
    """Read a place.

    Args:
        text: as it stands in a manifest.
        offsets: an offset may be meant.

    Raises:
        ValueError: it is none; the message says what would be.
    """
    for end in End:
        if text == end.value:
            return end
    if offsets and text.isdecimal():
        return int(text)
    ago = parse_ms(text)
    if ago is not None and ago > 0:
        return Ago(ago)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"invalid place `{text}`: {_HELP}{', or an offset' if offsets else ''}") from None
    if moment.tzinfo is None:
        raise ValueError(f"invalid place `{text}`: {_ZONE}")
    return Time(int(moment.timestamp() * 1_000))
