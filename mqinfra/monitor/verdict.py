"""What a state's rule says: the state, which rule it was, and the numbers that it rests on."""

from mqinfra.model.frozen import dataclass
from mqinfra.model.health import State
from mqinfra.model.unit import format_ms

_STEPS = (86_400, 3_600, 60)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How something is doing.

    Attributes:
        state: the state.
        rule: the rule that says so.
        reason: why, as a clause with numbers.
        eta: seconds until it has caught up; None where that can't be told.
    """

    state: State
    rule: str
    reason: str
    eta: float | None = None


def span(seconds: float) -> str:
    """A time in words, as exact as somebody reads it: `4s`, `12m`, `4h`."""
    step = next((step for step in _STEPS if seconds >= 2 * step), 1)
    return format_ms(int(seconds // step * step) * 1_000) if seconds >= 1 else "under 1s"


def messages(number: int) -> str:
    """So many messages."""
    return f"{number:,} message" if number == 1 else f"{number:,} messages"


def waiting(number: int) -> str:
    """That so many messages wait: `1 message waits`."""
    return f"{messages(number)} {'waits' if number == 1 else 'wait'}"


def rate(per_second: float) -> str:
    """So many per second: `300/s`, `0.4/s`."""
    size = abs(per_second)
    return f"{size:,.0f}/s" if size >= 10 else f"{size:.1f}/s" if size >= 0.1 else f"{size * 60:.1f}/min"
