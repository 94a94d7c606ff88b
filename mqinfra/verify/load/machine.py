"""How busy the client's machine is: where somebody else takes its processors, a rate that is missed proves nothing."""

from pathlib import Path

_STAT = Path("/proc/stat")
_IDLE = (3, 4)


class Machine:
    """Watches the processors from when it is made."""

    def __init__(self) -> None:
        self._before = _ticks()

    def taken(self) -> float | None:
        """The share of all processors that was taken since then; None where the system does not tell."""
        now = _ticks()
        if now is None or self._before is None:
            return None
        every = sum(now) - sum(self._before)
        idle = sum(now[at] - self._before[at] for at in _IDLE)
        return 1 - idle / every if every > 0 else None


def _ticks() -> list[int] | None:
    try:
        with _STAT.open(encoding="ascii") as file:
            return [int(word) for word in file.readline().split()[1:9]]
    except (OSError, ValueError):  # another system
        return None
